import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';

/** Branch that holds the log and nothing else; it shares no commit with the protected branch. */
export const EVIDENCE_BRANCH = 'refs/heads/patchwarden/evidence';

/** Where a clone keeps its copy of a remote's log, and how to bring it up to date (the pattern also matches nothing). */
export const evidenceTracking = (remote: string) => {
  const ref = `refs/remotes/${remote}/patchwarden/evidence`;
  return { ref, refspec: `+${EVIDENCE_BRANCH}*:${ref}*` } as const;
};

/** Trailer by which a commit names the state of the log it was made after: `<size>:<root hex>`. */
export const EVIDENCE_TRAILER = 'Patchwarden-Evidence';

/** Name in the state store of the last log state that this controller saw, as {@link formatHead} writes it. */
export const REMEMBERED_HEAD = 'evidence/head';

/** File of the branch with the signed size and root. @see C2SP tlog-tiles */
export const CHECKPOINT_PATH = 'checkpoint';

/** Size and root of the log at one moment; the root as lower-case hex. */
export interface LogHead {
  readonly size: number;
  readonly root: string;
}

export const formatHead = (head: LogHead): string => `${head.size}:${head.root}`;

/** @returns undefined when the text is not `<size>:<64 hex digits>`. */
export function parseHead(text: string): LogHead | undefined {
  const [, size, root] = /^(0|[1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  return size && root ? { size: Number(size), root } : undefined;
}

/** An entry with its number in the log, from 0. */
export interface Logged<E extends EvidenceEntry = EvidenceEntry> {
  readonly index: number;
  readonly entry: E;
}

/** One reason why the evidence does not verify. */
export interface EvidenceProblem {
  /** Number of the entry from 0; null where it is about a commit or file. */
  readonly entry: number | null;
  /** A sentence that names the entry (number and type), commit or file. */
  readonly message: string;
}

/** An action that was announced and whose end is not logged: it runs now, or it was interrupted. */
export interface OpenRun {
  readonly entry: number;
  readonly run: string;
  readonly asset: string;
}

/** What the evidence was found to be. */
export interface EvidenceVerdict {
  readonly ok: boolean;
  /** Empty when the bytes themselves do not verify. */
  readonly entries: readonly Logged[];
  /** Size and root that the entries really have. */
  readonly head: LogHead;
  /** No failure, since they may be under way. */
  readonly open: readonly OpenRun[];
  readonly problems: readonly EvidenceProblem[];
}
