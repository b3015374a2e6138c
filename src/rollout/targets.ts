import type { Baseline } from '../contracts/generated/baseline.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { lockPath } from '../contracts/repository-layout.ts';
import { digestOf } from '../util/digest.ts';
import { sortedBy } from '../util/sort.ts';
import type { HostTarget, Refusal } from './target.ts';

/** Which baseline and ring govern an asset; assets that none governs are not listed. */
export interface Governed {
  readonly asset: string;
  readonly baseline: string;
  readonly ring: string;
}

export interface TargetInput {
  readonly documents: Pick<PolicyDocuments, 'baselines' | 'holds' | 'locks'>;
  readonly governed: readonly Governed[];
  /** Path of a lock → the verified merge that last changed it. */
  readonly merges: ReadonlyMap<string, string>;
  /** For a plan: also the hosts of baselines in mode `propose`, which apply would refuse to touch. */
  readonly proposed?: boolean;
}

/** Every asset that a baseline in mode `apply` governs and whose ring has a lock. */
export function targetsOf({
  documents,
  governed,
  merges,
  proposed = false,
}: TargetInput): readonly HostTarget[] {
  const targets = governed.flatMap(({ asset, baseline: id, ring }): HostTarget[] => {
    const baseline = documents.baselines.find((b) => b.id === id);
    const path = lockPath(id, ring);
    const lock = documents.locks.get(path);
    if (!baseline || !lock) return [];
    if (baseline.mode !== 'apply' && !(proposed && baseline.mode === 'propose')) return [];
    const merge = merges.get(path);
    const target = { path, lock, digest: digestOf(lock), merge: merge ?? '' };
    return [{ asset, target, holds: documents.holds, refusal: refusalOf(baseline, path, merge) }];
  });
  return sortedBy(targets, (t) => t.asset);
}

/** What this version cannot keep a promise about, it does not touch. */
function refusalOf(baseline: Baseline, path: string, merge: string | undefined): Refusal | null {
  if (baseline.mode !== 'apply')
    return {
      code: 'refused',
      reason: `baseline ${baseline.id} is in mode propose; set its mode to apply, in a pull request, to roll merged locks out`,
    };
  if (merge === undefined)
    return {
      code: 'history-unverified',
      reason: `${path} was not brought by a verified merge since the trust anchor; nothing authorises it`,
    };
  if (baseline.calendar !== undefined)
    return {
      code: 'not-built',
      reason: `baseline ${baseline.id} names calendar ${baseline.calendar}, and windows cannot be judged yet`,
    };
  if (baseline.rollback !== undefined && baseline.rollback !== 'none')
    return {
      code: 'not-built',
      reason: `baseline ${baseline.id} wants a restore point (rollback: ${baseline.rollback}), and none can be made yet`,
    };
  return null;
}
