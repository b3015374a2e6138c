import type { EvidenceEntry } from '../../../src/contracts/generated/evidence-entry.ts';
import { PatchwardenError } from '../../../src/domain/errors.ts';
import { instantOf } from '../../../src/domain/time.ts';
import type { StopEntry } from '../../../src/rollout/asked-stops.ts';
import type { Machine, TrueEvent } from '../hosts/machine.ts';
import type { Incarnation } from '../ports/call.ts';
import type { Begun } from '../ports/host-driver.ts';
import type { Violation } from '../run-seeds.ts';
import { HOUR, type HostFault, type HostFaultKind, MINUTE } from '../scenario.ts';
import type { World } from '../world.ts';
import type { Facts } from './facts.ts';
import { checkEnd } from './final.ts';
import { checkBegun, checkEvent } from './host-checks.ts';
import { checkEntry } from './log-checks.ts';

/**
 * Sees the true hosts, the log and every call, and knows the rules X1–X12 in its own words: it shares no code with the
 * product's rollout. What it sees broken first ends the world.
 */
export interface Oracle {
  /** A call of a controller went wrong. */
  readonly disturbed: () => void;
  readonly violations: readonly Violation[];
  /** Rule → how often it was looked at. */
  readonly checks: ReadonlyMap<string, number>;
  appended(entry: EvidenceEntry, index: number, by: Incarnation | null): void;
  happened(event: TrueEvent): void;
  begun(begun: Begun): void;
  asked(by: Incarnation, asset: string, epoch: number, port: string): void;
  called(by: Incarnation, port: string): void;
  faulted(fault: HostFault): void;
  /** A person put a halt or lift beside the log: in force from now on. */
  askedFor(entry: StopEntry): void;
  progress(event: unknown): void;
  returned(by: Incarnation, result: unknown): void;
  threw(by: Incarnation, error: unknown): void;
  stillRunning(by: Incarnation): void;
  broken(invariant: string, message: string): void;
  finished(atRest: boolean): void;
}

/** After these a host may tell, or be, something else than the log has. */
const TAMPERING: readonly HostFaultKind[] = [
  'replaced',
  'liar',
  'clock-jump',
  'clock-off',
  'upgraded-by-hand',
];
/** These pass without a trace once they are over. */
const PASSING: ReadonlySet<HostFaultKind> = new Set([
  'busy',
  'half-configured',
  'worker-killed',
  'reboot',
  'silent',
  'inconclusive',
  'no-health',
]);
/** Failures that the next start by cron gets over. */
const EXPECTED = new Set([
  'lease-lost',
  'forge-failed',
  'host-failed',
  'store-failed',
  'halted',
  'digest-mismatch',
]);
/** Calls of one controller in one virtual hour, at most: some for each host and each look at it. */
const callLimit = (hosts: number): number => 3_000 + hosts * 1_500;

export function createOracle(world: World, note: (text: string) => void): Oracle {
  const violations: Violation[] = [];
  const checks = new Map<string, number>();
  const faults: HostFault[] = [];
  const heldAt = new Map<string, number>();
  const perHour = new Map<string, number>();
  const lied = new Set<string>();
  let disturbedAt = Number.NEGATIVE_INFINITY;
  const machines: ReadonlyMap<string, Machine> = new Map(world.machines.map((m) => [m.spec.asset, m]));
  const faultsEnd = world.scenario.start + world.scenario.faultsEnd;
  const broken = (invariant: string, message: string): void => {
    note(`VIOLATION ${invariant}: ${message}`);
    if (violations.length < 20) violations.push({ invariant, at: instantOf(world.schedule.now()), message });
  };
  const lies = world.scenario.faults.some(
    (x) => x.on === 'call' && (x.effect === 'other-run' || x.effect === 'no-health'),
  );
  const facts: Facts = {
    world,
    runs: new Map(),
    halts: new Map(),
    mergedLocks: new Set(),
    proven: new Set(),
    faults,
    machines,
    heldSince: (name, version) => heldAt.get(`${name} ${version}`) ?? world.schedule.now(),
    tampered: (asset) => lied.has(asset),
    plain: (h) =>
      h.surprise === 'none' &&
      h.pinned.length === 0 &&
      h.installed['svc'] === '1.0-1' &&
      !faults.some((x) => x.host === h.asset) &&
      !lies,
    calm: (asset) => !faults.some((x) => x.host === asset && (!PASSING.has(x.kind) || x.lasts === null)),
    count: (invariant) => void checks.set(invariant, (checks.get(invariant) ?? 0) + 1),
    disturbed: () => world.schedule.now() - disturbedAt < 5 * MINUTE,
    broken,
  };
  return {
    disturbed: () => {
      disturbedAt = world.schedule.now();
    },
    violations,
    checks,
    appended: (entry, index, by) => {
      for (const h of world.holds)
        if (!heldAt.has(`${h.package} ${h.version}`))
          heldAt.set(`${h.package} ${h.version}`, world.schedule.now());
      checkEntry(facts, entry, index, by);
    },
    happened: (event) => checkEvent(facts, event),
    begun: (begun) => checkBegun(facts, begun),
    asked: (by, asset, epoch, port) => {
      facts.count('X9');
      if (!by.epochs.has(epoch))
        broken('X9', `${by.holder} asks ${asset} (${port}) with epoch ${epoch}, which it never had`);
    },
    called: (by, port) => {
      const key = `${by.controller} ${Math.floor(world.schedule.now() / HOUR)}`;
      const count = (perHour.get(key) ?? 0) + 1;
      perHour.set(key, count);
      if (count === callLimit(world.machines.length))
        broken(
          'liveness',
          `controller ${by.controller + 1} makes ${count} calls in one hour (the last: ${port})`,
        );
    },
    askedFor: (entry) => {
      const at = world.schedule.now();
      if (entry.type === 'halt')
        facts.halts.set(entry.id, { halt: entry, at, liftedAt: null, logged: false });
      else {
        const halt = facts.halts.get(entry.halt);
        if (halt) halt.liftedAt ??= at;
      }
    },
    faulted: (fault) => {
      faults.push(fault);
      if (TAMPERING.includes(fault.kind)) lied.add(fault.host);
    },
    progress: () => undefined,
    returned: () => undefined,
    threw: (by, error) => {
      const code = error instanceof PatchwardenError ? error.code : null;
      const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (code === null || !EXPECTED.has(code))
        broken('bug', `${by.holder} throws ${code ?? 'a foreign error'}: ${words}`);
      else if (code !== 'lease-lost' && by.started > faultsEnd + HOUR)
        broken('liveness', `${by.holder} fails long after the last fault: ${words}`);
    },
    stillRunning: (by) => {
      const patience = world.scenario.controllers[by.controller]?.patience ?? 0;
      // Looking at a host and starting it are a handful of calls, each of some seconds.
      const work = (world.scenario.hosts.length / world.scenario.settings.parallel) * MINUTE;
      if (world.schedule.now() - by.started > patience + 15 * MINUTE + work)
        broken('liveness', `${by.holder} does not end, ${patience / 60_000} minutes of patience were given`);
    },
    broken,
    finished: (atRest) => checkEnd(facts, atRest),
  };
}
