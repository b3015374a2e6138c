import { parseLockKey } from '../../../src/domain/purl.ts';
import { FINAL, type Machine } from '../hosts/machine.ts';
import { MINUTE } from '../scenario.ts';
import {
  covers,
  type Facts,
  inForce,
  type LoggedRun,
  rank,
  runsOfHost,
  runsOfLock,
  wentBad,
} from './facts.ts';

/** Faults are over and nothing moves any more: everything must have ended well (X11, X12). */
export function checkEnd(f: Facts, atRest: boolean): void {
  const { world } = f;
  if (!atRest) f.broken('liveness', 'it does not come to rest in bounded time');
  f.count('X11');
  f.count('X12');
  const gone = (asset: string): boolean =>
    world.removed.has(asset) || f.machines.get(asset)?.silentUntil === Number.POSITIVE_INFINITY;
  // Who fell silent for good is waited for longer than this world lasts.
  for (const r of f.runs.values())
    if (r.parts !== (r.intent.parts ?? 1))
      f.broken(
        'X12',
        `the log has ${r.parts} of ${r.intent.parts} parts of the intent for ${r.intent.asset}`,
      );
    else if (r.effect === null && !gone(r.intent.asset))
      f.broken('X11', `run ${r.intent.run.slice(7, 15)} of ${r.intent.asset} never got an end`);
  for (const m of world.machines) if (!world.removed.has(m.spec.asset)) checkHost(f, m);
  for (const h of f.halts.values())
    if (!h.logged)
      f.broken('X12', `a halt of ${JSON.stringify(h.halt.scope)} that was asked for is in no log`);
  for (const r of f.runs.values()) {
    // A run that only mended brought no package that could be forbidden.
    if (!wentBad(r) || r.intent.packages.length === 0) continue;
    const halted = [...f.halts.values()].some(
      (h) => h.halt.scope.kind === 'package' && h.halt.by === 'gate' && h.halt.lock === r.intent.lock,
    );
    if (!halted) f.broken('X10', `${r.intent.asset} went bad, and no halt was written`);
  }
}

function checkHost(f: Facts, m: Machine): void {
  const { asset } = m.spec;
  const gone = m.silentUntil === Number.POSITIVE_INFINITY;
  if (!gone && m.current && !FINAL.has(m.current.phase))
    f.broken('X11', `${asset} is still ${m.current.phase}`);
  const runs = runsOfHost(f, asset);
  if (gone || f.tampered(asset)) return;
  checkShown(f, m, runs.at(-1));
  for (const truth of m.runs.values()) {
    const logged = f.runs.get(truth.order.run);
    if (!logged) f.broken('X12', `${asset} was changed by a run that the log does not know`);
    else if (
      truth.changed &&
      truth.phase === 'unrestored' &&
      logged.effect?.outcome !== 'unrestored' &&
      logged.health?.verdict !== 'bad'
    )
      f.broken(
        'X12',
        `${asset} could not be put back, and the log says ${logged.effect?.outcome ?? 'nothing'}`,
      );
    else if (
      truth.changed &&
      truth.phase === 'restored' &&
      logged.effect?.outcome === 'installed' &&
      logged.health?.verdict !== 'bad' &&
      truth.verdict?.check !== 'order'
    )
      f.broken('X12', `${asset} took the change back after it was kept, and the log does not say so`);
  }
  const merge = f.world.merges.filter((x) => x.ring === m.spec.ring).at(-1);
  if (!merge) return;
  const behind = Object.entries(merge.lock.entries).some(([key, e]) => {
    const parsed = parseLockKey(key);
    const there = m.db.get(parsed?.name ?? '');
    if (!there || there.held || parsed?.name === 'extra') return false;
    return rank(there.version) < rank(e.version) || there.version === e.downgradeFrom;
  });
  if (!behind) return;
  f.count('X11 progress');
  const why = excuse(f, m, merge.digest);
  if (why === null)
    f.broken(
      'X11',
      `${asset} is behind generation ${merge.lock.generation} of ${m.spec.ring}, and nothing stands in the way (${runs.length} runs)`,
    );
  else f.count(`ends behind: ${why}`);
}

/** What was unclear for a while does not stay so: who is well without a break for a whole bake is known to be (X11). */
function checkShown(f: Facts, m: Machine, last: LoggedRun | undefined): void {
  const truth = m.runs.get(last?.intent.run ?? '');
  const minutes = f.world.scenario.rings.find((r) => r.id === m.spec.ring)?.bakeMinutes ?? 0;
  if (last?.health?.verdict !== 'inconclusive' || truth?.phase !== 'kept' || !f.calm(m.spec.asset)) return;
  f.count('X11 shown');
  if (truth.wellMs >= minutes * MINUTE)
    f.broken('X11', `${m.spec.asset} is well for a whole bake, and the log still calls it inconclusive`);
}

/** Why a host may rightly end behind its lock; null: there is no reason. */
function excuse(f: Facts, m: Machine, lock: string): string | null {
  const { world } = f;
  const { scenario, schedule } = world;
  const merge = world.merges.find((x) => x.digest === lock);
  if (!merge) return 'no lock';
  const ring = scenario.hosts.filter((h) => h.ring === m.spec.ring);
  const halt = inForce(f, schedule.now()).find((h) => covers(h.halt, merge));
  if (halt) return 'halted';
  if (
    world.merges.some(
      (x) =>
        x.ring === m.spec.ring &&
        x !== merge &&
        inForce(f, schedule.now()).some((h) => covers(h.halt, x)) &&
        runsOfLock(f, x.digest).length > 0,
    )
  )
    return 'an older generation is halted';
  if (
    runsOfHost(f, m.spec.asset).some(
      (r) => r.intent.lock === lock && r.effect && r.effect.outcome !== 'installed',
    )
  )
    return 'failed';
  if (m.quarantined.size > 0) return 'quarantined';
  if (m.spec.surprise !== 'none' && m.spec.surprise !== 'needs-locked') return 'solver';
  if (scenario.settings.rollback === 'snapshot' && !m.spec.snapshots) return 'no snapshots';
  if (
    world.holds.some((h) =>
      Object.entries(merge.lock.entries).some(
        ([k, e]) => parseLockKey(k)?.name === h.package && e.version === h.version,
      ),
    )
  )
    return 'on hold';
  // One host that is not well can rightly keep all others of its ring waiting.
  const blocker = ring.find(
    (h) =>
      !f.calm(h.asset) ||
      (h.surprise !== 'none' && h.surprise !== 'needs-locked') ||
      (scenario.settings.rollback === 'snapshot' && !h.snapshots) ||
      runsOfHost(f, h.asset).some((r) => wentBad(r)),
  );
  if (blocker) return 'another host of the ring is not well';
  const zone = scenario.settings.zoneBudget;
  const zones = new Set(ring.map((h) => h.zone));
  for (const value of zone ? zones : []) {
    const of = scenario.hosts.filter((h) => h.zone === value && !world.removed.has(h.asset));
    if (of.length <= (zone?.minHealthy ?? 0)) return 'a zone is too small for its quorum';
    if (of.some((h) => !f.calm(h.asset))) return 'another host of a zone is not well';
  }
  return null;
}
