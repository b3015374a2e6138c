import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import type { Logged } from '../domain/evidence.ts';
import type { ProvenMerge } from '../domain/finding-proof.ts';
import { lockKey } from '../domain/purl.ts';
import type { VerifiedMerge } from './history/judge-merge.ts';

/** A finding on an asset as the proof asks about it. */
export interface ProofSubject {
  readonly asset: string;
  readonly stream: string | null;
  readonly name: string | null;
  readonly arch: string | null;
  readonly advisory: string | null;
  /** Other ids of the same vulnerability. */
  readonly names: readonly string[];
  readonly records: readonly string[];
}

export const provenMerge = (merge: VerifiedMerge): ProvenMerge => {
  const { commit, at, pull, kind, scope, merger, approvals } = merge;
  return {
    ...{ commit, at, pull, kind, scope, merger },
    approvals: approvals.map(({ commit: id, person, teams }) => ({ commit: id, person, teams })),
  };
};

/** The newest merge that changed a path. */
export const mergeOfPath = (merges: readonly VerifiedMerge[], path: string): VerifiedMerge | undefined =>
  merges.findLast((m) => m.paths.some((p) => p.path === path));

/** The key and entry of the finding's package in a lock. */
export function entryFor(lock: PatchLock | undefined, { stream, name, arch }: ProofSubject) {
  if (!lock || stream === null || name === null || arch === null) return undefined;
  const keys = [arch, 'all', 'noarch'].map((a) => lockKey(stream, name, a));
  const key = keys.find((k) => Object.hasOwn(lock.entries, k));
  const entry = key === undefined ? undefined : lock.entries[key];
  return key === undefined || entry === undefined ? undefined : { key, entry };
}

/**
 * The merge since which a lock has this entry in this version, without a break: of several promotions of the same bytes the first.
 * @param lockAt reads a lock as a verified merge brought it
 */
export async function bringingMerge(
  merges: readonly VerifiedMerge[],
  lockAt: (merge: string) => Promise<PatchLock | undefined>,
  path: string,
  of: { readonly key: string; readonly entry: { readonly version: string; readonly sha256: string } },
): Promise<VerifiedMerge | undefined> {
  let first: VerifiedMerge | undefined;
  for (const merge of merges.filter((m) => m.paths.some((p) => p.path === path)).reverse()) {
    const then = (await lockAt(merge.commit))?.entries[of.key];
    if (then?.version !== of.entry.version || then.sha256 !== of.entry.sha256) break;
    first = merge;
  }
  return first;
}

/** Entries about the merge of a lock entry, and about what was done to its package on the asset; in the order of the log. */
export function evidenceAbout(
  entries: readonly Logged[],
  { asset }: Pick<ProofSubject, 'asset'>,
  merge: VerifiedMerge | undefined,
  /** Digest of the lock in force, and the key of the entry in it. */
  lock: { readonly digest: string; readonly key: string } | undefined,
): readonly Logged[] {
  const runs = new Set(
    entries.flatMap(({ entry: e }) =>
      lock !== undefined &&
      e.type === 'intent' &&
      e.asset === asset &&
      e.packages.some((p) => p.purl === lock.key)
        ? [e.run]
        : [],
    ),
  );
  const about = (e: EvidenceEntry): boolean => {
    switch (e.type) {
      case 'proposal':
        return e.pull === merge?.pull;
      case 'approval':
        return merge?.approvals.some((a) => a.commit === e.commit) === true;
      case 'export':
        return e.merge === merge?.commit;
      case 'merge':
        return e.commit === merge?.commit;
      case 'intent':
      case 'effect':
      case 'verification':
      case 'health':
        return runs.has(e.run);
      case 'proven':
        return e.lock === lock?.digest;
      case 'halt':
      case 'lift':
        return false;
      default:
        return e satisfies never;
    }
  };
  return entries.filter(({ entry }) => about(entry));
}
