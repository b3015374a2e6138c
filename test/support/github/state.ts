import type { MergeMethod } from './backend.ts';

export type Role = 'read' | 'triage' | 'write' | 'maintain' | 'admin';
/** GitHub's resource names: contents, issues, pull_requests, statuses, checks, administration, members, metadata. */
export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

export interface User {
  readonly id: number;
  /** May be changed by a rename; the id stays. */
  login: string;
  readonly type: 'User' | 'Bot';
  role: Role | null;
}

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly installationId: number;
  readonly permissions: Permissions;
  readonly botId: number;
  /** PEM; with it the signature of the app's JSON Web Token is verified. */
  readonly publicKey?: string;
}

export interface Token {
  readonly userId: number;
  /** Classic personal token. */
  readonly scopes?: readonly string[];
  /** Fine-grained personal token, or an installation's. */
  readonly permissions?: Permissions;
  /** Installation token: slug of its app. */
  readonly app?: string;
  /** Milliseconds. */
  readonly expiresAt?: number;
}

export interface Protection {
  readonly approvals?: number;
  readonly dismissStale?: boolean;
  readonly codeOwners?: boolean;
  /** An app id pins who may post the check. */
  readonly checks?: readonly { readonly context: string; readonly appId?: number }[];
  readonly strict?: boolean;
  /** Merges only through a queue, by that method. */
  readonly queue?: MergeMethod;
  readonly enforceAdmins?: boolean;
  readonly allowForcePushes?: boolean;
  readonly allowDeletions?: boolean;
  readonly signatures?: boolean;
  /** The same as a ruleset instead of branch protection. */
  readonly ruleset?: boolean;
  /** Logins of people, and slugs of apps, on the bypass list. */
  readonly bypass?: readonly string[];
}

export interface Comment {
  readonly id: number;
  readonly userId: number;
  readonly app: string | null;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
}

export interface IssueEvent {
  readonly id: number;
  readonly event: string;
  readonly actorId: number;
  readonly app: string | null;
  readonly createdAt: string;
  readonly commitId?: string;
  readonly label?: string;
  readonly rename?: { readonly from: string; readonly to: string };
  readonly reviewerId?: number;
  readonly team?: string;
  readonly dismissed?: { readonly reviewId: number; readonly message: string | null };
}

export type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';

export interface Review {
  readonly id: number;
  readonly userId: number;
  body: string;
  state: ReviewState;
  readonly commitId: string;
  readonly submittedAt: string | null;
}

export interface Pull {
  readonly id: number;
  readonly head: string;
  base: string;
  headSha: string;
  baseSha: string;
  readonly draft: boolean;
  readonly createdHeadSha: string;
  mergedAt: string | null;
  mergedById: number | null;
  mergeSha: string | null;
  /** null until somebody has asked for it. */
  mergeable: boolean | null;
  readonly reviews: Review[];
  readonly requested: { users: number[]; teams: string[] };
  autoMerge: { readonly byId: number; readonly method: MergeMethod } | null;
}

export interface Issue {
  readonly id: number;
  readonly number: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  stateReason: 'completed' | 'not_planned' | 'duplicate' | 'reopened' | null;
  readonly userId: number;
  readonly app: string | null;
  labels: string[];
  assignees: number[];
  readonly createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  closedById: number | null;
  readonly comments: Comment[];
  readonly events: IssueEvent[];
  readonly pull?: Pull;
}

export interface Status {
  readonly id: number;
  readonly sha: string;
  readonly state: 'error' | 'failure' | 'pending' | 'success';
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creatorId: number;
  readonly createdAt: string;
}

export interface CheckRun {
  readonly id: number;
  readonly app: string;
  readonly headSha: string;
  name: string;
  status: string;
  conclusion: string | null;
  detailsUrl: string | null;
  externalId: string;
  startedAt: string;
  completedAt: string | null;
  output: { title: string | null; summary: string | null; text: string | null };
}

/** Plain data, so that a copy of it is a moment of the past. */
export interface State {
  nextId: number;
  nextNumber: number;
  branches: Map<string, string>;
  readonly users: User[];
  readonly issues: Issue[];
  /** Numbers of issues that somebody deleted. */
  readonly deleted: Set<number>;
  readonly statuses: Status[];
  readonly checks: CheckRun[];
  /** Numbers of the pull requests in the merge queue, first in first, with who put them there. */
  readonly queue: {
    readonly number: number;
    readonly byId: number;
    readonly branch: string;
    readonly head: string;
  }[];
  /** Label name → id. */
  readonly labels: Map<string, number>;
}

const ROLES: readonly Role[] = ['read', 'triage', 'write', 'maintain', 'admin'];

export function atLeast(role: Role | null, needed: Role): boolean {
  return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
