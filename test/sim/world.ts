import type { EvidenceEntry, HaltEvidence } from '../../src/contracts/generated/evidence-entry.ts';
import type { Hold } from '../../src/contracts/generated/hold.ts';
import { PatchwardenError } from '../../src/domain/errors.ts';
import { parseLockKey } from '../../src/domain/purl.ts';
import { instantOf } from '../../src/domain/time.ts';
import { applyMergedLocks } from '../../src/rollout/apply.ts';
import type { StopEntry } from '../../src/rollout/asked-stops.ts';
import type { RingRollout, RolloutDeps } from '../../src/rollout/rollout.ts';
import { digestOf } from '../../src/util/digest.ts';
import { BASELINE, baselineOf, calendarOf, holdOf, type Merge, mergeEntryOf, mergeOf } from './documents.ts';
import { injectHostFault } from './hosts/faults.ts';
import {
  bytesOf,
  FINAL,
  type HostWorld,
  type Machine,
  machineOf,
  shaOf,
  type TrueEvent,
} from './hosts/machine.ts';
import { stillWatches } from './hosts/watch.ts';
import { createOracle, type Oracle } from './oracle/oracle.ts';
import { callLayer, type Incarnation } from './ports/call.ts';
import { evidencePort, type SharedEvidence, sharedEvidence } from './ports/evidence.ts';
import { type DriverDeps, hostDriver, observeHost } from './ports/host-driver.ts';
import { leasePort, type SharedLease } from './ports/lease.ts';
import { rngOf } from './rng.ts';
import type { Outcome } from './run-seeds.ts';
import { type CallFault, HOUR, MINUTE, type Scenario } from './scenario.ts';
import { createSchedule, type Schedule } from './schedule.ts';

/** Everything outside the controllers, with what the oracle may look at. */
export interface World {
  readonly scenario: Scenario;
  readonly schedule: Schedule;
  readonly machines: readonly Machine[];
  readonly evidence: SharedEvidence;
  readonly merges: readonly Merge[];
  readonly holds: readonly Hold[];
  /** Hosts that were taken out of the inventory. */
  readonly removed: ReadonlySet<string>;
}

/** Milliseconds between the run of a seed's last change and the end, when nothing may move any more. */
const quietFor = (s: Scenario): number =>
  s.settings.calendar
    ? 26 * HOUR
    : (Math.max(...s.rings.map((r) => r.bakeMinutes)) + 60) * MINUTE + s.settings.soakSeconds * 1000;

/** Plays a scenario to its end. The product code is the real one; everything around it is of this folder. */
export async function play(scenario: Scenario, options: { readonly trace?: boolean } = {}): Promise<Outcome> {
  const { start, settings } = scenario;
  const schedule = createSchedule(start);
  const faultsEnd = start + scenario.faultsEnd;
  const counts = new Map<string, number>();
  const counted = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  const trace: string[] = [];
  const note = (text: string): void => {
    if (options.trace) trace.push(`${instantOf(schedule.now())} ${text}`);
  };

  const machines = scenario.hosts.map(machineOf);
  const merges: Merge[] = [];
  const holds: Hold[] = [];
  const beside: StopEntry[] = [];
  const removed = new Set<string>();
  let changedAt = start;
  let pending = 0;
  const moved = (): void => {
    changedAt = schedule.now();
  };

  const evidence = sharedEvidence((entry, index, by) => {
    moved();
    note(`log ${index} ${by?.holder ?? 'world'}: ${describe(entry)}`);
    oracle.appended(entry, index, by);
    react(entry);
  });
  const world: World = { scenario, schedule, machines, evidence, merges, holds, removed };
  const oracle: Oracle = createOracle(world, note);
  const hostWorld: HostWorld = {
    schedule,
    rng: rngOf(scenario.seed, 'hosts'),
    versions: scenario.versions,
    tell: (event) => {
      moved();
      note(
        `${event.asset}: ${event.kind} ${event.step}${event.resumed ? ' (resumed)' : ''} ${sayRun(event)}`,
      );
      oracle.happened(event);
    },
  };
  let calls = 0;
  let invocations = 0;
  const layer = callLayer({
    schedule,
    rng: rngOf(scenario.seed, 'calls'),
    faults: scenario.faults.filter((f): f is CallFault => f.on === 'call'),
    start,
    faultsEnd: scenario.faultsEnd,
    counted: (name) => {
      counted(name);
      oracle.disturbed();
    },
    called: (by, port) => {
      calls += 1;
      oracle.called(by, port);
    },
    crashed: (by) => {
      note(`${by.holder} crashes`);
    },
  });
  const driverDeps: DriverDeps = {
    world: hostWorld,
    layer,
    begun: (begun) => {
      note(`${begun.by.holder} begins ${begun.order.run.slice(7, 15)} on ${begun.machine.spec.asset}`);
      oracle.begun(begun);
    },
    invalidOrder: (asset, problem) =>
      oracle.broken('X4', `the order for ${asset} does not fit its schema: ${problem}`),
    asked: (by, asset, epoch, port) => oracle.asked(by, asset, epoch, port),
  };

  const after = (ms: number, then: () => void): void => {
    pending += 1;
    schedule.at(schedule.now() + ms, () => {
      pending -= 1;
      moved();
      then();
    });
  };
  const merge = (ring: string, versions: Readonly<Record<string, string>>, downgradeFrom = {}): void => {
    const generation = merges.filter((m) => m.ring === ring).length + 1;
    const made = mergeOf(scenario, schedule.now(), ring, generation, versions, downgradeFrom);
    merges.push(made);
    note(`merge ${ring} generation ${generation} ${made.digest.slice(7, 15)} ${JSON.stringify(versions)}`);
  };
  /** What people do when they see an entry. */
  const react = (entry: EvidenceEntry): void => {
    if (entry.type === 'proven') {
      const next = scenario.rings[scenario.rings.findIndex((r) => r.id === entry.ring) + 1];
      const proven = merges.find((m) => m.digest === entry.lock);
      if (next && proven) after(settings.promoteAfter, () => merge(next.id, versionsOf(proven)));
    }
    if (entry.type !== 'halt' || entry.by !== 'gate') return;
    const { rollbackAfter, liftAfter } = settings;
    if (liftAfter !== null) after(liftAfter, () => lift(entry));
    const { scope } = entry;
    if (rollbackAfter !== null && scope.kind === 'package')
      after(rollbackAfter, () => {
        if (holds.some((h) => h.package === scope.package && h.version === scope.version)) return;
        for (const stream of new Set(scenario.hosts.map((h) => h.stream)))
          holds.push(holdOf(stream, scope.package, scope.version));
        for (const ring of scenario.rings) {
          const head = merges.filter((m) => m.ring === ring.id).at(-1);
          if (!head || versionsOf(head)[scope.package] !== scope.version) continue;
          merge(
            ring.id,
            { ...versionsOf(head), [scope.package]: '1.0-1' },
            { [scope.package]: scope.version },
          );
        }
      });
  };
  /** A person has the keys of the log, or only their own: then it goes beside the log. */
  const say = (entry: StopEntry): void => {
    if (schedule.now() % 2 === 0) return evidence.append([entry], null);
    moved();
    note(`beside the log: ${describe(entry)}`);
    beside.push(Object.freeze(entry));
    oracle.askedFor(entry);
  };
  const lift = (halt: HaltEvidence): void =>
    say({
      apiVersion: 'patchwarden/v1',
      type: 'lift',
      time: instantOf(schedule.now()),
      halt: halt.id,
      reason: 'looked at it',
      by: 'person:olga',
    });
  const stop = (kind: 'all' | 'baseline' | 'ring' | 'package', liftAfter: number | null): void => {
    const scope: HaltEvidence['scope'] =
      kind === 'all'
        ? { kind }
        : kind === 'package'
          ? { kind, stream: scenario.hosts[0]!.stream, package: 'svc', version: '2.0-1' }
          : { kind: 'ring', baseline: BASELINE, ring: kind === 'ring' ? scenario.rings[0]!.id : null };
    const at = instantOf(schedule.now());
    const halt: HaltEvidence = {
      apiVersion: 'patchwarden/v1',
      type: 'halt',
      time: at,
      id: digestOf({ scope, at, by: 'person:olga' }),
      scope,
      reason: 'something looks odd',
      by: 'person:olga',
    };
    say(halt);
    if (liftAfter !== null) after(liftAfter, () => lift(halt));
  };

  for (const change of scenario.changes)
    after(change.at, () => {
      if (change.kind === 'merge') merge(change.ring, change.versions);
      else stop(change.scope, change.liftAfter);
    });
  for (const fault of scenario.faults) {
    if (fault.on !== 'host') continue;
    const machine = machines.find((m) => m.spec.asset === fault.host);
    if (!machine) continue;
    schedule.at(start + fault.at, () => {
      note(`fault ${fault.kind} on ${fault.host}`);
      if (injectHostFault(hostWorld, machine, fault, faultsEnd)) counted(`host ${fault.kind}`);
      oracle.faulted(fault);
      if (fault.kind === 'decommissioned') after(2 * HOUR, () => void removed.add(fault.host));
    });
  }

  const shared: SharedLease = { holder: null, epoch: 0, until: 0 };
  const baseline = baselineOf(scenario);
  const calendar = calendarOf(scenario);
  const hostsOf = (wanted: (ring: string) => boolean): RingRollout['hosts'] =>
    scenario.hosts
      .filter((h) => wanted(h.ring) && !removed.has(h.asset))
      .map((h) => ({
        asset: h.asset,
        stream: h.stream,
        kernel: h.kernel,
        labels: { role: h.role, zone: h.zone, ring: h.ring },
      }));
  const ringsNow = (): readonly RingRollout[] => {
    const bystanders = hostsOf((ring) => !merges.some((m) => m.ring === ring));
    return baseline.rings.flatMap((ring): RingRollout[] => {
      const target = merges.filter((m) => m.ring === ring.id).at(-1);
      if (!target) return [];
      const hosts = hostsOf((id) => id === ring.id);
      return [{ baseline, ring, target, hosts, bystanders, calendar, holds: [...holds], refusal: null }];
    });
  };

  const bytes = new Map(
    scenario.versions.map((v) => [shaOf(v.package, v.version), bytesOf(v.package, v.version)]),
  );
  let quietRuns = 0;
  let busyAt = start;
  const invoke = (index: number, by: Incarnation, ended: (until: number) => void): void => {
    const spec = scenario.controllers[index]!;
    const clock = (): number => schedule.now() + (schedule.now() < faultsEnd ? spec.skew : 0);
    const asked = { ms: -1, instant: '' };
    const fleet = machines.filter((m) => !removed.has(m.spec.asset));
    const deps: RolloutDeps = {
      clock: {
        now: () => {
          const ms = clock();
          if (ms !== asked.ms) Object.assign(asked, { ms, instant: instantOf(ms) });
          return asked.instant;
        },
        sleep: (ms) =>
          new Promise((resolve) => {
            if (!by.alive) return;
            oracle.called(by, 'sleep');
            schedule.at(schedule.now() + Math.max(1, ms), () => {
              if (!by.alive) return;
              schedule.settled();
              resolve();
            });
          }),
      },
      log: { info: (m) => note(`  ${by.holder}: ${m}`), warn: (m) => note(`  ${by.holder} warns: ${m}`) },
      lease: leasePort(layer, shared, by, clock),
      evidence: evidencePort(schedule, layer, evidence, by),
      stopsAsked: () => layer.call(by, { port: 'stops', failure: 'forge-failed', effect: () => [...beside] }),
      artifacts: {
        has: (sha) => layer.call(by, { port: 'has', failure: 'store-failed', effect: () => bytes.has(sha) }),
        get: (sha) =>
          layer.call(by, {
            port: 'get',
            failure: 'store-failed',
            effect: () => {
              const found = bytes.get(sha);
              if (!found) throw new PatchwardenError('bytes-missing', `${sha} is not held`);
              return found;
            },
          }),
      },
      drivers: new Map(fleet.map((m) => [m.spec.asset, hostDriver(driverDeps, m, by)])),
      observe: async (asset) => {
        const machine = fleet.find((m) => m.spec.asset === asset);
        if (!machine) throw new PatchwardenError('source-failed', `${asset} is not there`);
        return observeHost(driverDeps, machine, by);
      },
      lockAt: (commit, path) =>
        layer.call(by, {
          port: 'lockAt',
          failure: 'forge-failed',
          effect: () => merges.find((m) => m.merge === commit && m.path === path),
        }),
      on: (event) => oracle.progress(event),
    };
    const rings = ringsNow();
    applyMergedLocks(deps, {
      holder: by.holder,
      authority: merges.map((m, i) => mergeEntryOf(m, i + 1)),
      rings,
      parallel: settings.parallel,
      patienceMs: spec.patience,
    }).then(
      (result) => {
        if (options.trace)
          for (const r of [...result.rings, ...result.hosts.filter((h) => h.state !== 'equal')])
            note(`  ${by.holder}: ${JSON.stringify(r)}`);
        oracle.returned(by, result);
        const due = result.rings.flatMap((r) => (r.until === null ? [] : [Date.parse(r.until)]));
        ended(Math.min(Number.POSITIVE_INFINITY, ...due));
      },
      (error: unknown) => {
        note(`${by.holder} fails: ${error instanceof Error ? error.message : String(error)}`);
        oracle.threw(by, error);
        ended(Number.POSITIVE_INFINITY);
      },
    );
  };

  scenario.controllers.forEach((spec, index) => {
    let running: Incarnation | null = null;
    let nth = 0;
    let idle = 1;
    const mostIdle = Math.max(1, (settings.calendar ? 75 * MINUTE : 45 * MINUTE) / spec.every);
    let next = 0;
    let nextAt = Number.POSITIVE_INFINITY;
    /** The earliest of the planned starts counts; a later one that is overtaken is forgotten. */
    const plan = (at: number): void => {
      nextAt = at;
      schedule.at(at, () => {
        if (nextAt === at) start1();
      });
    };
    const start1 = (): void => {
      const now = schedule.now();
      // Idle controllers come less and less often: that nothing is due is seen once, not a hundred times.
      idle = changedAt > now - 2 * spec.every * idle || now < start + HOUR ? 1 : Math.min(idle * 2, mostIdle);
      next = now + Math.round(spec.every * idle);
      plan(next);
      if (running?.alive) return oracle.stillRunning(running);
      invocations += 1;
      nth += 1;
      const by: Incarnation = {
        controller: index,
        holder: `c${index + 1}-${nth}`,
        started: now,
        alive: true,
        calls: 0,
        read: -1,
        epochs: new Set(),
      };
      running = by;
      note(`${by.holder} starts`);
      schedule.settled();
      invoke(index, by, (until) => {
        by.alive = false;
        // What it says is due then is not waited for longer than cron would.
        const ticks = Math.ceil((Math.max(until, schedule.now() + 1) - start - spec.offset) / spec.every);
        const due = start + spec.offset + ticks * spec.every;
        if (due < next) plan(due);
        note(`${by.holder} ends`);
        if (by.started > Math.max(changedAt, faultsEnd, busyAt)) quietRuns += 1;
      });
    };
    plan(start + spec.offset);
  });

  const quiet = quietFor(scenario);
  const latest = scenario.settings.calendar?.freeze
    ? start + (scenario.settings.calendar.freeze.until + 2) * 24 * HOUR
    : 0;
  const done = (): boolean => {
    if (oracle.violations.length > 0) return true;
    const now = schedule.now();
    if (now < Math.max(faultsEnd, changedAt) + quiet || now < latest || pending > 0) return false;
    const busy = machines.some(
      (m) =>
        m.current !== null &&
        !removed.has(m.spec.asset) &&
        m.silentUntil !== Number.POSITIVE_INFINITY &&
        (!FINAL.has(m.current.phase) || stillWatches(hostWorld, m)),
    );
    // Who has shown its healthy minutes waits for somebody to see them.
    if (busy) [busyAt, quietRuns] = [now, 0];
    return !busy && quietRuns >= 2;
  };
  const ended = await schedule.run(faultsEnd + scenario.patience, done);
  if (oracle.violations.length === 0) oracle.finished(ended === 'done');
  return {
    violations: oracle.violations,
    faults: counts,
    checks: oracle.checks,
    events: schedule.count,
    calls,
    invocations,
    virtualHours: (schedule.now() - start) / HOUR,
    trace,
  };
}

const sayRun = (event: TrueEvent): string =>
  event.run ? `${event.run.order.run.slice(7, 15)} ${event.run.phase}` : '';

const versionsOf = (m: Merge): Record<string, string> =>
  Object.fromEntries(
    Object.entries(m.lock.entries)
      .filter(([, e]) => e.role !== 'dependency')
      .map(([key, e]) => [parseLockKey(key)?.name ?? key, e.version]),
  );

function describe(entry: EvidenceEntry): string {
  switch (entry.type) {
    case 'intent':
      return `intent ${entry.run.slice(7, 15)} ${entry.asset} wave ${entry.wave ?? '-'} try ${entry.try ?? '-'} epoch ${entry.epoch ?? '-'} lock ${entry.lock.slice(7, 15)} ${entry.packages.map((p) => `${/\/([^/?]+)\?/.exec(p.purl)?.[1] ?? ''} ${p.from ?? '-'}>${p.to}`).join(', ')}`;
    case 'effect':
      return `effect ${entry.run.slice(7, 15)} ${entry.asset} ${entry.outcome} ${entry.check ?? ''} ${entry.reason ?? ''}`;
    case 'verification':
      return `verification ${entry.run.slice(7, 15)} ${entry.asset} ${entry.state}`;
    case 'health':
      return `health ${entry.run.slice(7, 15)} ${entry.asset} ${entry.since}..${entry.until} ${entry.samples} ${entry.verdict}`;
    case 'halt':
      return `halt ${JSON.stringify(entry.scope)} by ${entry.by}: ${entry.reason}`;
    case 'proven':
      return `proven ${entry.ring} ${entry.generation} patched ${entry.patched} others ${entry.others}`;
    default:
      return entry.type;
  }
}
