import type { EvidenceEntry, ProvenEvidence } from '../contracts/generated/evidence-entry.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import type { Instant } from './time.ts';

/** One lock of a ring as a verified merge brought it. */
export interface Generation {
  readonly baseline: string;
  readonly ring: string;
  readonly generation: number;
  /** Digest of the whole lock, as evidence names it. */
  readonly digest: string;
  readonly lock: PatchLock;
  /** The merge commit, what kind of proposal it merged, and when. */
  readonly merge: string;
  readonly kind: string;
  readonly at: Instant;
}

/** Where a ring stands. */
export interface RingState {
  readonly baseline: string;
  readonly ring: string;
  /** The lock at the head of the protected branch; null while the ring has none. */
  readonly current: Generation | null;
  /** The newest generation that went through this ring, with the evidence of it. */
  readonly proven: { readonly generation: Generation; readonly evidence: ProvenEvidence } | null;
  /** Generations before the current one, newest first; not always all of them. */
  readonly earlier: readonly Generation[];
}

/**
 * A ring from its generations and the evidence. A proof counts only for exactly the lock that the named merge brought: a
 * claim about other bytes, or about a commit that is no verified merge of this lock, proves nothing.
 * @param generations those of this ring in the order of their merges, the current one last
 */
export function ringState(
  at: { readonly baseline: string; readonly ring: string },
  generations: readonly Generation[],
  entries: readonly EvidenceEntry[],
): RingState {
  const newest = [...generations].filter((g) => g.baseline === at.baseline && g.ring === at.ring).reverse();
  const proofs = entries.filter((e) => e.type === 'proven');
  const proofOf = (g: Generation): ProvenEvidence | undefined =>
    proofs.find(
      (p) =>
        p.baseline === g.baseline &&
        p.ring === g.ring &&
        p.generation === g.generation &&
        p.lock === g.digest &&
        p.merge === g.merge,
    );
  const proven = newest.flatMap((generation) => {
    const evidence = proofOf(generation);
    return evidence ? [{ generation, evidence }] : [];
  })[0];
  const [current = null, ...earlier] = newest;
  return { ...at, current, proven: proven ?? null, earlier };
}

/** True while the current generation of a ring has not gone through it. */
export const isInFlight = ({ current, proven }: RingState): boolean =>
  current !== null && proven?.generation.merge !== current.merge;
