import type { HostOrder } from '../../../src/contracts/generated/host-order.ts';
import type { HostReceipt } from '../../../src/contracts/generated/host-receipt.ts';
import type { Component, HostObservation } from '../../../src/domain/component.ts';
import { PatchwardenError } from '../../../src/domain/errors.ts';
import { instantOf } from '../../../src/domain/time.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { HostDriver } from '../../../src/ports/host-driver.ts';
import { digestOf, sha256Hex } from '../../../src/util/digest.ts';

/** What a package of the fake world needs and how it behaves. */
export interface FakePackage {
  readonly name: string;
  readonly version: string;
  readonly needs?: readonly string[];
  /** Its maintainer script fails: the host takes it back at once. */
  readonly broken?: boolean;
  /** Its probe turns bad so many seconds after the change: the host takes it back then. */
  readonly badAfterSeconds?: number;
  /** Its probe cannot be asked until so many seconds after the change. */
  readonly unclearForSeconds?: number;
  /** Samples after the change are no numbers. */
  readonly nan?: boolean;
  /** It cannot be taken back. */
  readonly sticky?: boolean;
}

export const bytesOf = (p: Pick<FakePackage, 'name' | 'version'>): Uint8Array =>
  new TextEncoder().encode(`${p.name} ${p.version}`);
export const shaOf = (p: Pick<FakePackage, 'name' | 'version'>): string => sha256Hex(bytesOf(p));

interface FakeRun {
  readonly order: HostOrder;
  readonly before: ReadonlyMap<string, Component>;
  readonly begun: number;
  phase: HostReceipt['phase'];
  changed: boolean;
  verdict: HostReceipt['verdict'];
}

/** One host in memory: its package database, the staged files, its runs and its fence. */
export interface FakeHost {
  readonly asset: string;
  readonly catalogue: FakePackage[];
  readonly components: Map<string, Component>;
  readonly staged: Map<string, Uint8Array>;
  /** `name version`, one for each maintainer script that ran. */
  readonly postinst: string[];
  readonly runs: Map<string, FakeRun>;
  readonly quarantined: Set<string>;
  free: number;
  epoch: number;
  /** False: nobody gets an answer, and the host goes on alone. */
  reachable: boolean;
  /** Fails the precheck with these words. */
  precheck: string | null;
  restore: readonly ('btrfs' | 'lvm' | 'overlay' | 'package')[];
}

export const component = (name: string, version: string, over: Partial<Component> = {}): Component => ({
  name,
  version,
  arch: 'all',
  sourcePackage: name,
  sourceVersion: version,
  held: false,
  state: 'installed',
  ...over,
});

export const fakeHost = (
  asset: string,
  installed: readonly Component[],
  catalogue: readonly FakePackage[] = [],
): FakeHost => ({
  asset,
  catalogue: [...catalogue],
  components: new Map(installed.map((c) => [c.name, c])),
  staged: new Map(),
  postinst: [],
  runs: new Map(),
  quarantined: new Set(),
  free: 2 ** 40,
  epoch: 0,
  reachable: true,
  precheck: null,
  restore: ['overlay', 'package'],
});

export const observeFake = (host: FakeHost): HostObservation => ({
  stream: 'debian:12:amd64',
  components: [...host.components.values()],
  origins: [],
  runningKernel: null,
  rebootRequired: false,
  unknown: null,
  source: 'root',
});

/** Words of a step, told to whoever wants to interrupt it. */
export type FakeStep = (point: string) => void;

const ENDED: readonly HostReceipt['phase'][] = ['refused', 'kept', 'failed', 'restored', 'unrestored'];
const SAMPLE_SECONDS = 5;

/** A host that carries orders out alone: what it did by now follows from its clock, whoever asks. */
export function fakeHostDriver(
  host: FakeHost,
  clock: Pick<Clock, 'now'>,
  step: FakeStep = () => undefined,
): HostDriver {
  const now = () => Date.parse(clock.now());
  const reach = (epoch?: number) => {
    if (!host.reachable) throw new PatchwardenError('host-failed', `${host.asset} does not answer`);
    if (epoch === undefined) return;
    if (epoch < host.epoch)
      throw new PatchwardenError('lease-lost', `${host.asset} has seen epoch ${host.epoch}, not ${epoch}`);
    host.epoch = epoch;
  };
  const packagesOf = (order: HostOrder): FakePackage[] =>
    order.packages.map((f) => host.catalogue.find((p) => p.name === f.name && p.version === f.version) ?? f);
  const back = (run: FakeRun) => {
    host.components.clear();
    for (const [name, c] of run.before) host.components.set(name, c);
  };
  const bad = (run: FakeRun, check: 'maintainer-script' | 'probe', reason: string, at: number) => {
    const sticky = packagesOf(run.order).some((p) => p.sticky);
    run.phase = sticky ? 'unrestored' : 'restored';
    for (const p of run.order.packages) host.quarantined.add(p.sha256);
    if (!sticky) back(run);
    const healthy = sticky ? null : instantOf(at + 5_000);
    run.verdict = {
      kind: 'bad',
      reason,
      check,
      firstBad: instantOf(at),
      decided: instantOf(at),
      restored: healthy,
      healthy,
      secondsToHealthy: sticky ? null : 5,
    };
  };
  const good = (run: FakeRun) => {
    run.phase = 'kept';
    run.verdict = { ...NO_VERDICT, kind: 'good', reason: 'good', check: 'none' };
  };
  /** Moves a run to where it must be by now. */
  const advance = (run: FakeRun) => {
    if (run.phase !== 'soaking' && run.phase !== 'kept') return;
    const failing = packagesOf(run.order).find((p) => p.badAfterSeconds !== undefined);
    const at = run.begun + (failing?.badAfterSeconds ?? Number.POSITIVE_INFINITY) * 1000;
    const { soakSeconds, watchSeconds } = run.order;
    if (now() >= at && at <= run.begun + (soakSeconds + watchSeconds) * 1000)
      return bad(run, 'probe', 'probe web failed', at);
    if (run.phase === 'soaking' && now() >= run.begun + soakSeconds * 1000) good(run);
  };
  const receiptOf = (run: FakeRun): HostReceipt => {
    const { order } = run;
    const packages = packagesOf(order);
    const since = run.begun + 1000 * Math.max(0, ...packages.map((p) => p.unclearForSeconds ?? 0));
    const watched = run.begun + (order.soakSeconds + order.watchSeconds) * 1000;
    const until = Math.min(now(), Math.max(watched, since + order.watchSeconds * 1000));
    const over = run.phase !== 'soaking' && (run.phase !== 'kept' || now() > until);
    const healthySeconds = Math.max(0, until - since) / 1000;
    const nan = packages.some((p) => p.nan);
    return {
      apiVersion: 'patchwarden/v1',
      run: order.run,
      order: digestOf(order),
      epoch: host.epoch,
      phase: run.phase,
      worker: over ? 'done' : 'alive',
      steps: [],
      changed: run.changed,
      restorePoint: run.changed ? 'package' : null,
      verdict: run.verdict,
      watch: run.changed
        ? {
            since: instantOf(Math.min(since, until)),
            until: instantOf(until),
            samples: until < since ? 0 : 1 + Math.ceil(healthySeconds / SAMPLE_SECONDS),
            healthySeconds: nan ? Number.NaN : healthySeconds,
          }
        : null,
      bootId: { before: 'b1', now: 'b1' },
      rebootRequired: false,
      log: null,
      logTail: '',
    };
  };
  const install = (run: FakeRun) => {
    const { order } = run;
    const altered = order.packages.find(
      (f) => sha256Hex(host.staged.get(f.sha256) ?? new Uint8Array()) !== f.sha256,
    );
    const why =
      order.startBefore !== null && clock.now() >= order.startBefore
        ? 'too late'
        : altered
          ? `${altered.name} was altered`
          : null;
    if (why !== null || host.precheck !== null) {
      run.phase = why === null ? 'failed' : 'refused';
      const check = why === null ? 'precheck' : 'order';
      run.verdict = { ...NO_VERDICT, kind: 'inconclusive', reason: why ?? host.precheck ?? '', check };
      return;
    }
    run.changed = true;
    for (const f of order.packages) {
      host.postinst.push(`${f.name} ${f.version}`);
      host.components.set(f.name, component(f.name, f.version, { arch: f.arch }));
    }
    for (const c of host.components.values())
      if (c.state !== 'installed') host.components.set(c.name, { ...c, state: 'installed' });
    const broken = packagesOf(order).find((p) => p.broken);
    if (broken) bad(run, 'maintainer-script', `${broken.name} failed`, now());
    else run.phase = 'soaking';
    advance(run);
  };
  const find = (id: string): FakeRun | undefined => {
    const run = host.runs.get(id);
    if (run) advance(run);
    return run;
  };
  const openRun = () => [...host.runs.values()].find((r) => (advance(r), !ENDED.includes(r.phase)));
  /** Not kept: the same run may be asked for again when it can be. */
  const whyNot = (order: HostOrder): string | undefined => {
    const open = openRun();
    if (open) return `the run ${open.order.run} is open`;
    if (order.packages.some((p) => host.quarantined.has(p.sha256))) return 'these bytes went bad here before';
    return Math.abs(now() - Date.parse(order.now)) > order.maxClockSkewSeconds * 1000
      ? 'the clocks differ'
      : undefined;
  };
  const status = () => ({
    apiVersion: 'patchwarden/v1' as const,
    helper: `sha256:${'0'.repeat(64)}`,
    epoch: host.epoch,
    machineId: host.asset,
    bootId: 'b1',
    clock: clock.now(),
    freeBytes: host.free,
    busy: null,
    interrupted: false,
    rebootRequired: false,
    restore: [...host.restore],
    open: openRun()?.order.run ?? null,
    runs: [...host.runs.keys()],
    quarantined: [...host.quarantined],
    staged: [...host.staged.keys()],
  });
  return {
    asset: host.asset,
    async status(epoch) {
      reach(epoch);
      return status();
    },
    async peek() {
      reach();
      return status();
    },
    async stage(epoch, file, bytes) {
      reach(epoch);
      const got = await bytes();
      if (sha256Hex(got) !== file.sha256) throw new PatchwardenError('digest-mismatch', 'other bytes');
      host.staged.set(file.sha256, got);
      step(`staged ${file.name}`);
    },
    async simulate(epoch, order) {
      reach(epoch);
      if (order.packages.some((f) => !host.staged.has(f.sha256)))
        throw new PatchwardenError('digest-mismatch', `${host.asset}: not everything is staged`);
      const names = new Set(order.packages.map((f) => f.name));
      const needs = packagesOf(order)
        .flatMap((f) => f.needs ?? [])
        .filter((n) => !names.has(n) && !host.components.has(n));
      return {
        installs: needs.length > 0 ? [] : order.packages.map((f) => `${f.name}=${f.version}`).sort(),
        removes: [],
        needs,
        problem: needs.length > 0 ? 'unmet dependencies' : null,
      };
    },
    async sample(epoch) {
      reach(epoch);
      return { seconds: 300, samples: 60 };
    },
    async begin(order) {
      reach(order.epoch);
      step('begin');
      const known = find(order.run);
      if (known && digestOf(known.order) !== digestOf(order))
        throw new PatchwardenError('refused', `${host.asset}: this run was begun with another order`);
      if (known) return receiptOf(known);
      const run: FakeRun = {
        order,
        before: new Map(host.components),
        begun: now(),
        phase: 'accepted',
        changed: false,
        verdict: null,
      };
      const why = whyNot(order);
      if (why !== undefined) {
        run.verdict = { ...NO_VERDICT, kind: 'inconclusive', reason: why, check: 'order' };
        return { ...receiptOf(run), phase: 'refused', worker: 'done' };
      }
      host.runs.set(order.run, run);
      install(run);
      step('begun');
      return receiptOf(run);
    },
    async receipt(epoch, id) {
      reach(epoch);
      step('receipt');
      const run = find(id);
      return run && receiptOf(run);
    },
    async restore(epoch, id, reason) {
      reach(epoch);
      const run = find(id);
      if (!run) throw new PatchwardenError('refused', `${host.asset} never heard of ${id}`);
      if (run.phase === 'kept') {
        back(run);
        run.phase = 'restored';
        run.verdict = { ...NO_VERDICT, kind: 'good', reason, check: 'order' };
      }
      return receiptOf(run);
    },
    async clean(epoch) {
      reach(epoch);
      host.staged.clear();
    },
  };
}

const NO_VERDICT = { firstBad: null, decided: null, restored: null, healthy: null, secondsToHealthy: null };
