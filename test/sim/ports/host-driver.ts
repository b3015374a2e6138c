import type { HostOrder } from '../../../src/contracts/generated/host-order.ts';
import type { HostReceipt } from '../../../src/contracts/generated/host-receipt.ts';
import type { HostStatus } from '../../../src/contracts/generated/host-status.ts';
import { validateKind } from '../../../src/contracts/validate.ts';
import type { Component, HostObservation } from '../../../src/domain/component.ts';
import { PatchwardenError } from '../../../src/domain/errors.ts';
import { instantOf } from '../../../src/domain/time.ts';
import type { HostDriver, HostSimulation } from '../../../src/ports/host-driver.ts';
import { digestOf, sha256, sha256Hex } from '../../../src/util/digest.ts';
import {
  HELPER,
  type HostWorld,
  interrupted,
  type Machine,
  openRun,
  type Run,
  reachable,
  SAMPLE_EVERY,
} from '../hosts/machine.ts';
import { countSamples } from '../hosts/watch.ts';
import { hostNow, restore, startRun, wake } from '../hosts/worker.ts';
import type { CallEffect } from '../scenario.ts';
import type { CallLayer, Incarnation } from './call.ts';

/** What the oracle is told about an order, before the host looks at it. */
export interface Begun {
  readonly by: Incarnation;
  readonly machine: Machine;
  readonly order: HostOrder;
}

export interface DriverDeps {
  readonly world: HostWorld;
  readonly layer: CallLayer;
  begun(begun: Begun): void;
  invalidOrder(asset: string, problem: string): void;
  asked(by: Incarnation, asset: string, epoch: number, port: string): void;
}

/** The port over one machine, as one controller reaches it. @see src/ports/host-driver.ts */
export function hostDriver(deps: DriverDeps, m: Machine, by: Incarnation): HostDriver {
  const { world, layer } = deps;
  const { asset } = m.spec;
  const call = <T>(port: string, effect: (fault: CallEffect | null) => T, takes = 0): Promise<T> =>
    layer.call(by, {
      port,
      failure: 'host-failed',
      takes: reachable(m, world.schedule.now()) ? takes : 10_000,
      effect: (fault) => {
        if (!reachable(m, world.schedule.now()))
          throw new PatchwardenError('host-failed', `${asset} does not answer`);
        return effect(fault);
      },
    });
  const fence = (port: string, epoch: number): void => {
    deps.asked(by, asset, epoch, port);
    if (epoch < m.fence) throw new PatchwardenError('lease-lost', `${asset} has seen epoch ${m.fence}`);
    m.fence = epoch;
  };
  return {
    asset,
    status: (epoch) =>
      call('status', () => {
        fence('status', epoch);
        return statusOf(world, m);
      }),
    peek: () => call('peek', () => statusOf(world, m)),
    stage: async (epoch, file, bytes) => {
      const there = await call('stage', () => {
        fence('stage', epoch);
        if (m.staged.has(file.sha256)) return true;
        if (world.schedule.now() < m.fullUntil) throw new PatchwardenError('host-failed', 'no space left');
        return false;
      });
      if (there) return;
      const content = await bytes();
      await call(
        'stage',
        () => {
          fence('stage', epoch);
          if (sha256Hex(content) !== file.sha256)
            throw new PatchwardenError('digest-mismatch', `${file.name} has other bytes`);
          m.staged.add(file.sha256);
        },
        500,
      );
    },
    simulate: (epoch, order) =>
      call('simulate', () => {
        fence('simulate', epoch);
        return simulationOf(m, order);
      }),
    sample: (epoch, order) =>
      call('sample', () => {
        fence('sample', epoch);
        const now = world.schedule.now();
        const wanted = order.cpu?.sampleSeconds ?? 0;
        m.sampledSince ??= now;
        const seconds = Math.min(wanted, Math.floor((now - m.sampledSince) / 1000));
        return { seconds, samples: Math.floor((seconds * 1000) / SAMPLE_EVERY) };
      }),
    begin: (order) =>
      call('begin', (fault) => {
        const [problem] = validateKind('host-order', order);
        if (problem) {
          deps.invalidOrder(asset, `${problem.instancePath} ${problem.message}`);
          throw new PatchwardenError('digest-mismatch', 'no order');
        }
        fence('begin', order.epoch);
        deps.begun({ by, machine: m, order });
        return tampered(fault, receiptOf(world, m, accept(world, m, structuredClone(order))));
      }),
    receipt: (epoch, run) =>
      call('receipt', (fault) => {
        fence('receipt', epoch);
        const known = m.runs.get(run);
        if (!known) return undefined;
        wake(world, m, known);
        return tampered(fault, receiptOf(world, m, known));
      }),
    restore: (epoch, run, reason) =>
      call('restore', () => {
        fence('restore', epoch);
        const known = m.runs.get(run);
        if (!known) throw new PatchwardenError('host-failed', `${asset} knows no run ${run}`);
        if (m.current === known && (known.phase === 'kept' || known.phase === 'soaking')) {
          known.verdict = { ...emptyVerdict, kind: 'bad', check: 'order', reason };
          restore(world, m, known, false);
        }
        return receiptOf(world, m, known);
      }),
    clean: (epoch) =>
      call('clean', () => {
        fence('clean', epoch);
        const open = openRun(m) ?? m.current;
        const needed = new Set([
          ...(open?.order.packages ?? []).map((p) => p.sha256),
          ...(open?.order.predecessors ?? []).map((p) => p.sha256),
        ]);
        for (const sha of [...m.staged]) if (!needed.has(sha)) m.staged.delete(sha);
      }),
  };
}

const emptyVerdict = {
  kind: 'bad' as const,
  reason: '',
  check: 'order' as const,
  firstBad: null,
  decided: null,
  restored: null,
  healthy: null,
  secondsToHealthy: null,
};

/** The host looks at an order: a run it knows, a refusal, or a new run that it works on. */
function accept(world: HostWorld, m: Machine, order: HostOrder): Run {
  const known = m.runs.get(order.run);
  if (known) return known;
  const now = world.schedule.now();
  const run: Run = {
    order,
    digest: digestOf(order),
    startedAt: now,
    phase: 'accepted',
    worker: 'alive',
    steps: [],
    changed: false,
    restorePoint: null,
    verdict: null,
    watch: null,
    sampledAt: now,
    goodAt: null,
    watchedMs: 0,
    watchOver: false,
    bootBefore: m.bootId,
    before: new Map(m.db),
    life: 0,
    firstBadAt: null,
    wellMs: 0,
    longestMs: 0,
  };
  const refuse = (reason: string): Run => {
    run.phase = 'refused';
    run.worker = 'done';
    run.verdict = { ...emptyVerdict, reason };
    return run;
  };
  // A run beside an open one is not even remembered: it may be asked again later.
  if (openRun(m)) return refuse('another run is open');
  const clock = now + m.clockOffset;
  m.runs.set(order.run, run);
  if (Math.abs(clock - Date.parse(order.now)) > order.maxClockSkewSeconds * 1000)
    return refuse('the clocks differ too much');
  if (order.startBefore !== null && clock >= Date.parse(order.startBefore)) return refuse('too late');
  const quarantined = order.packages.find((p) => m.quarantined.has(p.sha256));
  if (quarantined) return refuse(`${quarantined.name} ${quarantined.version} went bad here`);
  if (m.current) {
    countSamples(world, m);
    m.current.life += 1;
    m.current.worker = 'done';
  }
  startRun(world, m, run);
  return run;
}

function statusOf(world: HostWorld, m: Machine): HostStatus {
  const now = world.schedule.now();
  return {
    apiVersion: 'patchwarden/v1',
    helper: HELPER,
    epoch: m.fence,
    machineId: m.machineId,
    bootId: m.bootId.slice(0, 64),
    clock: hostNow(world, m),
    freeBytes: now < m.fullUntil ? 1000 : 2 ** 36,
    busy: now < m.busyUntil ? 'apt-get is at work' : null,
    interrupted: interrupted(m),
    rebootRequired: m.rebootRequired,
    restore: m.spec.snapshots ? ['btrfs', 'package'] : ['package'],
    open: openRun(m)?.order.run ?? null,
    runs: [...m.runs.keys()],
    quarantined: [...m.quarantined],
    staged: [...m.staged],
  };
}

function receiptOf(world: HostWorld, m: Machine, run: Run): HostReceipt {
  if (m.current === run) countSamples(world, m);
  const w = run.watch;
  return {
    apiVersion: 'patchwarden/v1',
    run: run.order.run,
    order: run.digest,
    epoch: run.order.epoch,
    phase: run.phase,
    worker: run.phase === 'kept' && run.watchOver ? 'done' : run.worker,
    steps: run.steps.map((s) => ({ ...s })),
    changed: run.changed,
    restorePoint: run.restorePoint,
    verdict: run.verdict ? { ...run.verdict } : null,
    watch: w && {
      since: instantOf(w.since),
      until: instantOf(w.until),
      samples: w.samples,
      healthySeconds: w.healthyMs / 1000,
      ...(m.noHealthUntil > world.schedule.now() ? noNumbers(world, m, run) : {}),
    },
    bootId: { before: run.bootBefore.slice(0, 64), now: m.bootId.slice(0, 64) },
    rebootRequired: m.rebootRequired,
    log: sha256(`${run.order.run} log`),
    logTail: '',
  };
}

/** Samples all the time, and what they come to is no number, or more than there was. */
const noNumbers = (world: HostWorld, m: Machine, run: Run): HostReceipt['watch'] => ({
  since: instantOf(run.startedAt + m.clockOffset),
  until: hostNow(world, m),
  samples: 1e4,
  healthySeconds: run.startedAt % 2 === 0 ? Number.NaN : 1e6,
});

/** Answers that fit the schema and are not true. */
function tampered(fault: CallEffect | null, receipt: HostReceipt): HostReceipt {
  if (fault === 'other-run')
    return {
      ...receipt,
      run: sha256(`${receipt.run} other`),
      order: sha256('other order'),
      phase: 'kept',
      verdict: { ...emptyVerdict, kind: 'good', check: 'none', reason: 'well' },
    };
  const { watch } = receipt;
  if (fault !== 'no-health' || !watch) return receipt;
  const lie = LIES[watch.samples % LIES.length];
  return { ...receipt, watch: { ...watch, ...lie } };
}

/** What no host can have seen. */
const LIES: readonly Partial<NonNullable<HostReceipt['watch']>>[] = [
  { healthySeconds: Number.NaN },
  { healthySeconds: Number.POSITIVE_INFINITY },
  { healthySeconds: -1 },
  { healthySeconds: 1e7, samples: 1e6 },
  { since: '2024-01-01T00:00:00Z', healthySeconds: 1e6 },
  { since: '2026-01-01T00:00:00Z', healthySeconds: 1e6, samples: 1e6 },
  { samples: 0, healthySeconds: 1e6 },
];

function simulationOf(m: Machine, order: HostOrder): HostSimulation {
  const installs = order.packages.map((p) => `${p.name}=${p.version}`).sort();
  const plain = { installs, removes: [], needs: [], problem: null };
  const missing = order.packages.filter((p) => !m.staged.has(p.sha256)).map((p) => p.name);
  if (missing.length > 0) return { ...plain, installs: [], problem: `not staged: ${missing.join(', ')}` };
  switch (m.spec.surprise) {
    case 'needs-locked':
      return order.packages.some((p) => p.name === 'extra') || m.db.has('extra')
        ? plain
        : { ...plain, installs: [], needs: ['extra'], problem: 'unmet dependencies' };
    case 'needs-unknown':
      return { ...plain, installs: [], needs: ['libunheard'], problem: 'unmet dependencies' };
    case 'extra':
      return { ...plain, installs: [...installs, 'telemetry=1.0-1'].sort() };
    case 'removes':
      return { ...plain, removes: ['lib'] };
    case 'refuses':
      return { ...plain, installs: [], problem: 'E: held broken packages' };
    default:
      return plain;
  }
}

/** What a scan of the host tells; a host that does not answer is unknown. */
export function observeHost(deps: DriverDeps, m: Machine, by: Incarnation): Promise<HostObservation> {
  const { world, layer } = deps;
  const look = (unknown: HostObservation['unknown']): HostObservation => ({
    stream: unknown ? null : m.spec.stream,
    components: unknown ? [] : componentsOf(m),
    origins: [],
    runningKernel: unknown ? null : m.spec.kernel,
    rebootRequired: m.rebootRequired,
    unknown,
    source: 'ssh',
  });
  return layer.call(by, {
    port: 'observe',
    failure: 'host-failed',
    takes: reachable(m, world.schedule.now()) ? 300 : 10_000,
    effect: () => look(reachable(m, world.schedule.now()) ? null : 'silent'),
    silence: () => look('silent'),
  });
}

const componentsOf = (m: Machine): Component[] =>
  [...m.db].map(([name, p]) => ({
    name,
    version: p.version,
    arch: 'amd64',
    sourcePackage: name,
    sourceVersion: p.version,
    held: p.held,
    state: p.state,
  }));
