import type { Baseline } from '../contracts/generated/baseline.ts';
import { compareCodePoints, sortedBy } from '../util/sort.ts';
import type { RingRollout, RolloutHost } from './rollout.ts';

/** Hosts that fail together: at most `limit` of them may be down at the same time. */
export interface Pool {
  /** For messages, such as `zone=a`. */
  readonly name: string;
  readonly members: ReadonlySet<string>;
  /** Hosts that may be in flight, unhealthy or newly unknown together. */
  readonly limit: number;
}

/** Why a host may not start now; null when it may. */
export type BudgetAnswer = { readonly pool: string; readonly down: number; readonly limit: number } | null;

/**
 * The budget (X3): a host starts only while, in every pool it is in, it and all that are down stay within the limit. One
 * that is down already takes nobody's place: it may always be mended.
 * @param down assets that are in flight, unhealthy since they were touched, or newly unknown
 */
export function mayStart(asset: string, pools: readonly Pool[], down: ReadonlySet<string>): BudgetAnswer {
  if (down.has(asset)) return null;
  for (const pool of pools) {
    if (!pool.members.has(asset)) continue;
    let others = 0;
    for (const a of down) if (pool.members.has(a)) others += 1;
    if (others + 1 > pool.limit) return { pool: pool.name, down: others, limit: pool.limit };
  }
  return null;
}

/**
 * The pools of rings that run together: each ring by its budget, and each failure domain of a baseline over all its hosts,
 * those of rings without a lock included: a quorum is kept by whoever serves, not by whoever is patched.
 */
export function poolsOf(rings: readonly RingRollout[]): readonly Pool[] {
  const pools = rings.flatMap((r) => {
    const limit = limitOf(r.ring.budget ?? {}, r.hosts.length);
    return limit === null ? [] : [pool(`ring ${r.baseline.id}/${r.ring.id}`, r.hosts, limit)];
  });
  const baselines = new Map(rings.map((r) => [r.baseline.id, r.baseline]));
  for (const id of [...baselines.keys()].sort(compareCodePoints)) {
    const mine = rings.filter((r) => r.baseline.id === id);
    const hosts = [...mine.flatMap((r) => r.hosts), ...(mine[0]?.bystanders ?? [])];
    pools.push(...(baselines.get(id)?.domains ?? []).flatMap((d) => domainPools(d, hosts)));
  }
  return pools;
}

type Domain = NonNullable<Baseline['domains']>[number];

function domainPools(domain: Domain, hosts: readonly RolloutHost[]): readonly Pool[] {
  const byValue = new Map<string, RolloutHost[]>();
  for (const host of hosts) {
    // A host without the label is in no domain of it that could fail.
    const value = host.labels[domain.label];
    if (value !== undefined) byValue.set(value, [...(byValue.get(value) ?? []), host]);
  }
  return sortedBy(byValue, ([value]) => value).flatMap(([value, members]) => {
    const limit = limitOf(domain, members.length);
    return limit === null ? [] : [pool(`${domain.label}=${value}`, members, limit)];
  });
}

const pool = (name: string, hosts: readonly RolloutHost[], limit: number): Pool => ({
  name,
  members: new Set(hosts.map((h) => h.asset)),
  limit,
});

/**
 * Hosts that may be down of so many: the smallest of what is asked for. A percentage is rounded down but never to none,
 * while a quorum (`minHealthy`) may well leave none. Null: nothing is asked for.
 */
export function limitOf(
  budget: { readonly hosts?: number; readonly percent?: number; readonly minHealthy?: number },
  total: number,
): number | null {
  const limits = [
    ...(budget.hosts === undefined ? [] : [budget.hosts]),
    ...(budget.percent === undefined ? [] : [Math.max(1, Math.floor((total * budget.percent) / 100))]),
    ...(budget.minHealthy === undefined ? [] : [Math.max(0, total - budget.minHealthy)]),
  ];
  return limits.length === 0 ? null : Math.min(...limits);
}
