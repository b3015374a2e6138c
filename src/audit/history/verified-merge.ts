import type { Git } from '../../ports/git.ts';
import type { PolicyEngine } from '../../ports/policy-engine.ts';
import type { VerifiedApproval } from './approval.ts';
import type { Content } from './content.ts';
import type { Change, ChangeGit } from './gather-change.ts';
import type { LoggedExport } from './logged-objects.ts';

/** What a merge is judged with. */
export interface HistoryDeps {
  readonly git: ChangeGit & Pick<Git, 'mergeTree'>;
  readonly policy: Pick<PolicyEngine, 'change'>;
}

/** A merge on the protected branch that stands. */
export interface VerifiedMerge {
  readonly commit: string;
  /** The head it landed on, and the head it brought. */
  readonly base: string;
  readonly head: string;
  /** Its committer time. */
  readonly at: string;
  readonly pull: number;
  readonly kind: string;
  readonly scope: string;
  readonly contentDigest: string;
  /** Empty where the machine alone moved the lock of a ring that merges by itself. */
  readonly approvals: readonly VerifiedApproval[];
  readonly merger: string;
  readonly paths: Content['paths'];
  /** `<size>:<root>` of the evidence log that it names; null where it names none. */
  readonly evidence: string | null;
  /** Where a forge made it: the export, and the raw commits of the pull request. */
  readonly exported?: Pick<LoggedExport, 'commit' | 'commits'>;
}

/** The bot alone moved locks of rings that merge by themselves. */
export const machineOnly = ({ people, content }: Change): boolean =>
  people.botOnly &&
  content.autoRing &&
  people.authors.every((a) => a === 'bot') &&
  content.paths.every((p) => p.class === 'lock');
