import type { EvidenceEntry } from '../../contracts/generated/evidence-entry.ts';
import type { ApprovalObject } from './approval.ts';

/** A merge that a forge made, as the evidence keeps what the bot exported of it. */
export interface LoggedExport {
  /** Id of the export, a commit that the bot signed. */
  readonly commit: string;
  /** The raw commit object. */
  readonly object: string;
  /** Raw commits of the pull request, oldest first. */
  readonly commits: readonly string[];
}

/** Signed objects from the evidence, for what no reference keeps any more. */
export interface LoggedObjects {
  readonly approval: ApprovalObject;
  /** By the id of the merge on the protected branch. */
  readonly exported: (merge: string) => Promise<LoggedExport | undefined>;
}

/** What the evidence keeps. Nothing of it is believed: each object must still have its id and its signature. */
export function loggedObjects(entries: readonly EvidenceEntry[]): LoggedObjects {
  const approvals = new Map(entries.flatMap((e) => (e.type === 'approval' ? [[e.commit, e.object]] : [])));
  const exported = new Map(entries.flatMap((e) => (e.type === 'export' ? [[e.merge, e] as const] : [])));
  return {
    approval: async (commit) => approvals.get(commit),
    exported: async (merge) => exported.get(merge),
  };
}
