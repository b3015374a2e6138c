import type { Baseline } from '../contracts/generated/baseline.ts';
import { compareCodePoints, sortedBy } from '../util/sort.ts';
import { type Candidate, classOf, coveringCanary } from './canary.ts';
import type { RolloutHost } from './rollout.ts';

export interface Wave {
  /** 0 is the canary. */
  readonly wave: number;
  /** Assets, sorted. */
  readonly hosts: readonly string[];
}

export interface Waves {
  readonly waves: readonly Wave[];
  /** Classes and untested entries that no canary exercises, sorted. */
  readonly uncovered: readonly string[];
}

/** A host that is behind, or was announced already: then its wave is in the evidence and never changes. */
export interface WaveHost {
  readonly host: RolloutHost;
  readonly taken: number | null;
  /** What it was chosen for when it was announced; null: what it is now. */
  readonly class: string | null;
  /** It is, or was, worth something as a canary: not so one that was refused or failed before any change. */
  readonly counts: boolean;
  /** It is down already: mended first, since others may have to wait for it. */
  readonly first: boolean;
  /** Keys of the untested entries that it gets. */
  readonly untested: readonly string[];
}

const CLASS_LABELS = ['role', 'zone'];

/**
 * Hosts → waves: first the smallest set that exercises every class (stream × kernel × labels) and every untested entry,
 * then waves that about double. Hosts of a failure domain are spread over them. Deterministic, and stable: waves of hosts
 * that were announced stay, the others fill up what is left.
 */
export function planWaves(
  hosts: readonly WaveHost[],
  baseline: Pick<Baseline, 'canary' | 'domains'>,
  maxWaves: number,
): Waves {
  const labels = baseline.canary?.labels ?? CLASS_LABELS;
  const coverOf = (h: WaveHost) => [h.class ?? classOf(h.host, labels), ...h.untested];
  const canaries = hosts.filter((h) => h.taken === 0);
  // Who was announced in any wave stands for its class; a class that shows up later gets a canary of its own first.
  const covered = new Set(hosts.filter((h) => h.taken !== null && h.counts).flatMap(coverOf));
  const candidates: readonly Candidate[] = hosts
    .filter((h) => h.taken === null)
    .map((h) => ({ asset: h.host.asset, covers: coverOf(h).filter((c) => !covered.has(c)) }));
  const limit = baseline.canary?.hosts;
  const cover = coveringCanary(
    candidates,
    limit === undefined ? undefined : Math.max(0, limit - canaries.length),
  );
  const mended = hosts.filter((h) => h.taken === null && h.first);
  const first = new Set([...[...canaries, ...mended].map((h) => h.host.asset), ...cover.hosts]);
  const later = hosts.filter((h) => !first.has(h.host.asset));
  const rest = fill(later, baseline.domains ?? [], maxWaves);
  const waves = [{ wave: 0, hosts: [...first].sort(compareCodePoints) }, ...rest];
  return { waves: waves.filter((w) => w.hosts.length > 0), uncovered: cover.uncovered };
}

function fill(
  hosts: readonly WaveHost[],
  domains: NonNullable<Baseline['domains']>,
  maxWaves: number,
): readonly Wave[] {
  const sizes = waveSizes(hosts.length, maxWaves);
  const last = Math.max(sizes.length, ...hosts.map((h) => h.taken ?? 0));
  const waves = Array.from({ length: last }, (_, i) =>
    hosts.filter((h) => h.taken === i + 1).map((h) => h.host.asset),
  );
  const first = Math.max(1, ...hosts.map((h) => h.taken ?? 1));
  let wave = first;
  const taken = new Set(hosts.filter((h) => h.taken !== null).map((h) => h.host.asset));
  // The order is that of all hosts, announced or not: who is left keeps the place that was planned.
  const order = spread(
    hosts.map((h) => h.host),
    domains.map((d) => d.label),
  );
  for (const host of order.filter((h) => !taken.has(h.asset))) {
    while (wave < last && (waves[wave - 1]?.length ?? 0) >= (sizes[wave - 1] ?? 0)) wave += 1;
    waves[wave - 1]?.push(host.asset);
  }
  return waves.map((assets, i) => ({ wave: i + 1, hosts: assets.sort(compareCodePoints) }));
}

/** At most `max` sizes that add up to `total`, each about twice the one before. */
export function waveSizes(total: number, max: number): readonly number[] {
  const sizes: number[] = [];
  for (let left = total, i = 0; left > 0; i += 1) {
    const waves = max - i;
    const size = waves <= 1 ? left : Math.max(1, Math.floor(left / (2 ** waves - 1)));
    sizes.push(size);
    left -= size;
  }
  return sizes;
}

/** Takes hosts in turn from each failure domain, so that a wave is not all of one zone. */
export function spread(hosts: readonly RolloutHost[], labels: readonly string[]): readonly RolloutHost[] {
  const groups = new Map<string, RolloutHost[]>();
  for (const host of sortedBy(hosts, (h) => h.asset)) {
    const key = JSON.stringify(labels.map((l) => host.labels[l] ?? null));
    groups.set(key, [...(groups.get(key) ?? []), host]);
  }
  const queues = sortedBy(groups, ([key]) => key).map(([, queue]) => queue);
  const turns: RolloutHost[] = [];
  for (let i = 0; turns.length < hosts.length; i += 1)
    for (const queue of queues) if (queue[i]) turns.push(queue[i] as RolloutHost);
  return turns;
}
