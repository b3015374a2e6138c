import { parseLockKey } from '../../../src/domain/purl.ts';
import type { TrueEvent } from '../hosts/machine.ts';
import { openRun, reachable } from '../hosts/machine.ts';
import type { Begun } from '../ports/host-driver.ts';
import { MINUTE } from '../scenario.ts';
import {
  covers,
  type Facts,
  hadFault,
  inForce,
  mergeByDigest,
  runsOfHost,
  touches,
  wentBad,
} from './facts.ts';
import { openUntil } from './windows.ts';

/** How old a look at the log may be when a host is started by it. */
const STALE = 10 * MINUTE;
/** Clocks of controllers and hosts may differ by so much before anybody refuses. */
const SKEW = 6 * MINUTE;
/** What a change and its way back take at the worst in this world, beside the soak. */
const NEEDED = 9 * MINUTE;

/** An order reaches a host. */
export function checkBegun(f: Facts, { by, machine, order }: Begun): void {
  const now = f.world.schedule.now();
  const { asset } = machine.spec;
  f.count('X4');
  const run = f.runs.get(order.run);
  if (!run) return f.broken('X4', `${asset} is ordered to begin, and no intent is in the log`);
  if (run.intent.asset !== asset || run.intent.lock !== order.lock || run.intent.merge !== order.merge)
    f.broken('X4', `the order for ${asset} is not what its intent says`);
  if (run.parts !== (run.intent.parts ?? 1))
    f.broken('X4', `${asset} is ordered to begin on ${run.parts} of ${run.intent.parts} parts of its intent`);
  f.count('X9');
  if (!by.epochs.has(order.epoch))
    f.broken('X9', `the order for ${asset} carries epoch ${order.epoch}, which ${by.holder} never had`);
  if (machine.runs.has(order.run)) return;
  f.count('X1');
  if (run.effect)
    f.broken('X1', `${asset} is ordered to begin after the outcome (${run.effect.outcome}) was recorded`);
  const announced = run.intent.packages.map((p) => p.sha256).sort();
  const ordered = order.packages.map((p) => p.sha256).sort();
  if (announced.join() !== ordered.join())
    f.broken('X4', `the order for ${asset} has other packages than its intent`);
  const merge = mergeByDigest(f, order.lock);
  if (!merge) return f.broken('X5', `the order for ${asset} names a lock that was never merged`);
  f.count('X10');
  if (by.read < 0 || now - by.read > STALE)
    f.broken(
      'X10',
      `${asset} is started ${Math.round((now - by.read) / 60_000)} minutes after the last look for halts`,
    );
  for (const h of inForce(f, now))
    if (h.at < by.read && covers(h.halt, merge) && touches(h.halt, machine.spec, run.intent.packages))
      f.broken('X10', `${asset} is started although ${h.halt.by} halted ${JSON.stringify(h.halt.scope)}`);
  f.count('X6');
  const level = { none: 0, package: 1, snapshot: 2 };
  const { settings } = f.world.scenario;
  if (level[order.restore] < level[settings.rollback])
    f.broken(
      'X6',
      `${asset} may start with restore point ${order.restore}, and the baseline wants ${settings.rollback}`,
    );
  f.count('X2');
  if (settings.calendar && order.startBefore === null)
    f.broken('X2', `the order for ${asset} has no last moment to start`);
  const held = order.packages.find((p) => machine.spec.pinned.includes(p.name));
  if (held) f.broken('X5', `${asset} holds ${held.name} itself`);
}

/** Something happens on a host, at true time. */
export function checkEvent(f: Facts, e: TrueEvent): void {
  if (e.kind === 'accepted') return checkBudget(f, e);
  if (e.kind !== 'mutating' || e.resumed || !e.run) return;
  const { settings, start } = f.world.scenario;
  const { order } = e.run;
  const run = f.runs.get(order.run);
  f.count('X4');
  if (!run) f.broken('X4', `${e.asset} is changed without an intent`);
  if (run?.effect)
    f.broken('X1', `${e.asset} is changed after the outcome (${run.effect.outcome}) was recorded`);
  f.count('X2');
  // A clock that is off by so much may open a window a little early, and close it a little late.
  const until = [0, SKEW, -SKEW]
    .map((off) => openUntil(settings.calendar, start, e.at + off))
    .find((end) => end !== null);
  if (until === undefined) f.broken('X2', `${e.asset} is changed outside every window`);
  else if (until - e.at + SKEW < NEEDED + settings.soakSeconds * 1000)
    f.broken(
      'X2',
      `${e.asset} is changed ${Math.round((until - e.at) / 60_000)} minutes before its window closes`,
    );
  f.count('X6');
  const point = e.run.restorePoint;
  if (settings.rollback !== 'none' && (point === null || point === 'none'))
    f.broken('X6', `${e.asset} is changed without a restore point`);
  if (settings.rollback === 'snapshot' && point === 'package')
    f.broken('X6', `${e.asset} is changed with a restore point that is less than the baseline wants`);
}

/** Hosts that may be down together: a ring by its budget, a zone over all rings (X3). */
function checkBudget(f: Facts, e: TrueEvent): void {
  const { scenario, removed } = f.world;
  const spec = f.machines.get(e.asset)?.spec;
  if (!spec || !e.run) return;
  f.count('X3');
  // Who was left bad is down already: trying to mend it takes nobody's place.
  if (leftBad(f, e.asset)) return;
  const ring = scenario.rings.find((r) => r.id === spec.ring);
  const zone = scenario.settings.zoneBudget;
  const live = scenario.hosts.filter((h) => !removed.has(h.asset));
  const pools = [
    { name: `ring ${spec.ring}`, of: live.filter((h) => h.ring === spec.ring), budget: ring?.budget ?? {} },
    // Whoever serves in a zone keeps its quorum, whether its ring has a lock or not.
    { name: `zone ${spec.zone}`, of: live.filter((h) => h.zone === spec.zone), budget: zone ?? {} },
  ];
  for (const { name, of, budget } of pools) {
    const b: { hosts?: number; percent?: number; minHealthy?: number } = budget;
    const limits = [
      ...(b.hosts === undefined ? [] : [b.hosts]),
      ...(b.percent === undefined ? [] : [Math.max(1, Math.floor((of.length * b.percent) / 100))]),
      ...(b.minHealthy === undefined ? [] : [Math.max(0, of.length - b.minHealthy)]),
    ];
    if (limits.length === 0) continue;
    const down = of.filter((h) => h.asset === e.asset || isDown(f, h.asset));
    if (down.length > Math.min(...limits))
      f.broken(
        'X3',
        `${e.asset} starts, and ${down.map((h) => h.asset).join(', ')} of ${name} are down together (limit ${Math.min(...limits)})`,
      );
  }
}

/** At work by its own account, or left bad by the log's. */
function isDown(f: Facts, asset: string): boolean {
  const machine = f.machines.get(asset);
  if (!machine) return false;
  if (hadFault(f, asset, ['replaced'])) return false;
  const last = runsOfHost(f, asset).at(-1);
  // One that was kept and takes the change back now is news that nobody can have yet.
  if (openRun(machine) && !last?.effect) return true;
  const outcome = last?.effect?.outcome;
  const silent =
    f.world.schedule.now() - machine.silentSince > 30 * MINUTE && !reachable(machine, f.world.schedule.now());
  if (silent && outcome !== 'restored' && outcome !== 'failed' && outcome !== 'refused') return true;
  return leftBad(f, asset);
}

/** The last run that changed it, by whatever lock, ended bad by the log, and what it brought is still there. */
function leftBad(f: Facts, asset: string): boolean {
  const machine = f.machines.get(asset);
  const last = runsOfHost(f, asset).findLast(
    (r) => r.effect !== null && (wentBad(r) || r.effect.outcome === 'installed'),
  );
  if (!machine || last?.effect?.outcome === 'restored' || last?.effect?.outcome === 'failed') return false;
  if (!last || !wentBad(last) || hadFault(f, asset, ['replaced', 'upgraded-by-hand'])) return false;
  return last.intent.packages.some((p) => {
    const there = machine.db.get(parseLockKey(p.purl)?.name ?? '');
    return there !== undefined && (there.version === p.to || there.state !== 'installed');
  });
}
