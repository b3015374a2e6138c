import type { Merge } from '../documents.ts';
import type { HostSpec } from '../scenario.ts';
import { type Facts, runsOfLock, wentBad } from './facts.ts';

/** The classes of hosts that a canary must cover. */
const classOf = (h: HostSpec): string => `${h.stream} ${h.kernel} ${h.role} ${h.zone}`;

/** Everything before this wave ended, and was well for as long as the ring asks (X7). */
export function bakedEnough(f: Facts, merge: Merge, wave: number, what: string): void {
  const ring = f.world.scenario.rings.find((r) => r.id === merge.ring);
  const minutes = ring?.bakeMinutes ?? 0;
  const runs = runsOfLock(f, merge.digest);
  for (const r of runs) {
    const { asset } = r.intent;
    // The last word about a host counts.
    if (runs.some((x) => x.intent.asset === asset && x.index > r.index)) continue;
    if ((r.intent.wave ?? 0) >= wave || f.world.removed.has(asset)) continue;
    if (r.effect === null) {
      f.broken('X7', `${what} while ${asset} of wave ${r.intent.wave ?? 0} is in flight`);
      continue;
    }
    const patched = r.effect.outcome === 'installed';
    const truth = f.machines.get(asset)?.runs.get(r.intent.run);
    // An answer that was not true, or a host that is gone, cannot be held against the product.
    if (!patched || !truth || wentBad(r) || f.tampered(asset)) continue;
    if (minutes > 0 && r.health?.verdict !== 'good')
      f.broken(
        'X7',
        `${what}, and the log says ${r.health?.verdict ?? 'nothing'} about the health of ${asset}`,
      );
    // Only what was looked at counts, and without a break: while a host boots, nobody knows that it is well.
    const healthy = truth.longestMs / 60_000;
    if (minutes > 0 && healthy < minutes)
      f.broken(
        'X7',
        `${what} after ${healthy.toFixed(1)} healthy minutes of ${asset}, and the bake is ${minutes}`,
      );
  }
}

/** A class whose hosts are all plain was exercised by the canary before anything else of it starts. */
export function coveredBefore(f: Facts, merge: Merge, asset: string): void {
  const { scenario } = f.world;
  const spec = f.machines.get(asset)?.spec;
  if (!spec || merge.lock.generation > 1 || scenario.settings.canaryHosts !== null) return;
  const members = scenario.hosts.filter((h) => h.ring === merge.ring && classOf(h) === classOf(spec));
  if (!members.every((h) => f.plain(h))) return;
  f.count('X7 canary');
  const canary = runsOfLock(f, merge.digest).some(
    (r) => (r.intent.wave ?? 0) === 0 && members.some((h) => h.asset === r.intent.asset),
  );
  if (!canary) f.broken('X7', `${asset} starts, and no canary is of its class (${classOf(spec)})`);
}
