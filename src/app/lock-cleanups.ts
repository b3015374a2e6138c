import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { lockPath } from '../domain/document-paths.ts';
import { type Generation, isInFlight, ringState } from '../domain/generations.ts';
import type { LockCleanup } from '../domain/lock-cleanup.ts';
import { deadEntries, type SelectedPackages, withoutEntries } from '../reconcile/dead-entries.ts';
import type { RolloutFacts } from './lock-proposals.ts';

/**
 * The locks with entries that no host of their baseline has in any ring, by owner of the baseline. A ring that a generation
 * is on its way through is left alone until that is proven.
 */
export async function lockCleanups(
  { baselines, locks }: Pick<PolicyDocuments, 'baselines' | 'locks'>,
  selected: (baseline: string) => Promise<SelectedPackages>,
  rollout: Pick<RolloutFacts, 'generations' | 'evidence'>,
): Promise<ReadonlyMap<string, readonly LockCleanup[]>> {
  const byOwner = new Map<string, readonly LockCleanup[]>();
  for (const { id, owner, mode = 'observe', rings } of baselines) {
    if (mode === 'observe') continue;
    const mine = rings.flatMap(({ id: ring }) => {
      const path = lockPath(id, ring);
      const before = locks.get(path);
      return before ? [{ ring, path, before }] : [];
    });
    if (mine.length === 0) continue;
    const entries = Object.assign({}, ...mine.map((l) => l.before.entries));
    const dead = new Set(deadEntries(entries, await selected(id)));
    const found = mine.flatMap(({ ring, path, before }): LockCleanup[] => {
      const flying = mode === 'apply' && isFlying({ baseline: id, ring }, rollout);
      const after = flying ? null : withoutEntries(before, dead);
      const gone = Object.keys(before.entries).filter((key) => dead.has(key));
      return after ? [{ path, before, after, gone: gone.sort() }] : [];
    });
    if (found.length > 0) byOwner.set(owner, [...(byOwner.get(owner) ?? []), ...found]);
  }
  return byOwner;
}

const isFlying = (
  at: Pick<Generation, 'baseline' | 'ring'>,
  { generations, evidence }: Pick<RolloutFacts, 'generations' | 'evidence'>,
): boolean => isInFlight(ringState(at, generations, evidence));
