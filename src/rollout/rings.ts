import type { Baseline } from '../contracts/generated/baseline.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { lockPath } from '../domain/document-paths.ts';
import { digestOf } from '../util/digest.ts';
import { sortedBy } from '../util/sort.ts';
import type { RingRollout, RolloutHost } from './rollout.ts';
import type { Refusal } from './target.ts';

/** A host with the baseline and ring that govern it; assets that none governs are not listed. */
export interface GovernedHost extends RolloutHost {
  readonly baseline: string;
  readonly ring: string;
}

export interface RingsInput {
  readonly documents: Pick<PolicyDocuments, 'baselines' | 'holds' | 'locks' | 'calendars'>;
  readonly hosts: readonly GovernedHost[];
  /** Path of a lock → the verified merge that last changed it. */
  readonly merges: ReadonlyMap<string, string>;
  /** For a plan: also baselines in mode `propose`, whose hosts apply would refuse to touch. */
  readonly proposed?: boolean;
}

/** Every ring of a baseline in mode `apply` that has a lock, with its hosts: baselines by id, rings in their order. */
export function ringsOf({ documents, hosts, merges, proposed = false }: RingsInput): readonly RingRollout[] {
  const baselines = sortedBy(documents.baselines, (b) => b.id).filter(
    (b) => b.mode === 'apply' || (proposed && b.mode === 'propose'),
  );
  return baselines.flatMap((baseline) => {
    const governed = hosts.filter((h) => h.baseline === baseline.id);
    const locked = (ring: string) => documents.locks.has(lockPath(baseline.id, ring));
    const bystanders = hostsIn(governed.filter((h) => !locked(h.ring)));
    return baseline.rings.flatMap((ring): RingRollout[] => {
      const path = lockPath(baseline.id, ring.id);
      const lock = documents.locks.get(path);
      if (!lock) return [];
      const merge = merges.get(path);
      const calendar = documents.calendars.find((c) => c.id === baseline.calendar) ?? null;
      return [
        {
          baseline,
          ring,
          target: { path, lock, digest: digestOf(lock), merge: merge ?? '' },
          hosts: hostsIn(governed.filter((h) => h.ring === ring.id)),
          bystanders,
          calendar,
          holds: documents.holds,
          refusal: refusalOf(baseline, path, merge, calendar !== null),
        },
      ];
    });
  });
}

const hostsIn = (governed: readonly GovernedHost[]): readonly RolloutHost[] =>
  sortedBy(governed, (h) => h.asset).map(({ baseline: _b, ring: _r, ...host }) => host);

/** What cannot be kept is not begun. */
function refusalOf(
  baseline: Baseline,
  path: string,
  merge: string | undefined,
  calendar: boolean,
): Refusal | null {
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
  if (baseline.calendar !== undefined && !calendar)
    return {
      code: 'bad-document',
      reason: `baseline ${baseline.id} names calendar ${baseline.calendar}, and there is no calendars/${baseline.calendar}.json`,
    };
  return null;
}
