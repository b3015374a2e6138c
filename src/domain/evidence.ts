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

export type EvidenceType = EvidenceEntry['type'];

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
