import type { HostOrder } from '../../../src/contracts/generated/host-order.ts';
import type { HostReceipt } from '../../../src/contracts/generated/host-receipt.ts';
import type { HostStatus } from '../../../src/contracts/generated/host-status.ts';
import { PatchwardenError } from '../../../src/domain/errors.ts';
import type { HostDriver } from '../../../src/ports/host-driver.ts';
import { digestOf, sha256, sha256Hex } from '../../../src/util/digest.ts';

/** One host in memory that carries orders out: nothing happens between two calls, one step at each `receipt`. */
export interface MemoryHost {
  readonly asset: string;
  /** `name` → version. */
  readonly installed: Map<string, string>;
  /** Bytes that turn out bad once installed, by SHA-256. */
  readonly bad: Set<string>;
  readonly staged: Map<string, Uint8Array>;
  readonly runs: Map<string, MemoryRun>;
  readonly executed: Set<string>;
  readonly quarantined: Set<string>;
  epoch: number;
  /** RFC 3339, the host's own. */
  clock: string;
  /** While false, runs that were accepted do not go on. */
  working: boolean;
}

interface MemoryRun {
  readonly order: HostOrder;
  receipt: HostReceipt;
}

export const memoryHost = (asset: string, installed: Readonly<Record<string, string>>): MemoryHost => ({
  asset,
  installed: new Map(Object.entries(installed)),
  bad: new Set(),
  staged: new Map(),
  runs: new Map(),
  executed: new Set(),
  quarantined: new Set(),
  epoch: 0,
  clock: '2026-01-05T10:00:00Z',
  working: true,
});

const OPEN: readonly HostReceipt['phase'][] = ['accepted', 'installing', 'restoring'];

/** The port over {@link MemoryHost}. @see src/ports/host-driver.ts */
export function memoryHostDriver(host: MemoryHost): HostDriver {
  const fence = (epoch: number) => {
    if (epoch < host.epoch) throw new PatchwardenError('lease-lost', `epoch ${epoch} is over`);
    host.epoch = epoch;
  };
  const openRun = () => [...host.runs].find(([, r]) => OPEN.includes(r.receipt.phase))?.[0] ?? null;
  const status = (): HostStatus => ({
    apiVersion: 'patchwarden/v1',
    helper: sha256('memory'),
    epoch: host.epoch,
    machineId: host.asset,
    bootId: 'boot-1',
    clock: host.clock,
    freeBytes: 2 ** 40,
    busy: null,
    interrupted: false,
    rebootRequired: false,
    restore: ['package'],
    open: openRun(),
    runs: [...host.runs.keys()].sort(),
    quarantined: [...host.quarantined].sort(),
    staged: [...host.staged.keys()].sort(),
  });
  const end = (run: MemoryRun, phase: HostReceipt['phase'], over: Partial<HostReceipt>) => {
    run.receipt = { ...run.receipt, worker: 'done', phase, ...over };
  };
  const back = (order: HostOrder) => {
    for (const p of order.packages)
      if (p.from === null) host.installed.delete(p.name);
      else host.installed.set(p.name, p.from);
  };

  /** accepted → installing → kept, or restored when a package is bad. */
  function goOn(run: MemoryRun): void {
    const { order, receipt } = run;
    if (!host.working || !OPEN.includes(receipt.phase)) return;
    if (receipt.phase === 'accepted') {
      const other = order.packages.find((p) => (host.installed.get(p.name) ?? null) !== p.from);
      const missing = order.packages.find((p) => !host.staged.has(p.sha256));
      const why = other
        ? `${other.name} is not ${other.from} here`
        : missing && `the bytes of ${missing.name} are not staged`;
      if (why !== undefined) end(run, 'refused', { verdict: verdict('inconclusive', 'precheck', why) });
      else run.receipt = { ...receipt, phase: 'installing', changed: true, restorePoint: 'package' };
      return;
    }
    for (const p of order.packages) host.installed.set(p.name, p.version);
    const bad = order.packages.filter((p) => host.bad.has(p.sha256));
    if (bad.length === 0) {
      end(run, 'kept', { verdict: verdict('good', 'none', 'healthy') });
      return;
    }
    for (const p of bad) host.quarantined.add(p.sha256);
    back(order);
    end(run, 'restored', { verdict: verdict('bad', 'probe', 'a probe failed') });
  }

  const verdict = (
    kind: 'good' | 'bad' | 'inconclusive',
    check: NonNullable<HostReceipt['verdict']>['check'],
    reason: string,
  ): HostReceipt['verdict'] => ({
    kind,
    check,
    reason,
    firstBad: kind === 'bad' ? host.clock : null,
    decided: kind === 'bad' ? host.clock : null,
    restored: kind === 'bad' ? host.clock : null,
    healthy: kind === 'bad' ? host.clock : null,
    secondsToHealthy: kind === 'bad' ? 5 : null,
  });

  return {
    asset: host.asset,
    async status(epoch) {
      fence(epoch);
      return status();
    },
    peek: async () => status(),
    async stage(epoch, file, bytes) {
      fence(epoch);
      const data = await bytes();
      if (sha256Hex(data) !== file.sha256) throw new PatchwardenError('digest-mismatch', 'other bytes');
      host.staged.set(file.sha256, data);
    },
    async simulate(epoch, order) {
      fence(epoch);
      if (order.packages.some((p) => !host.staged.has(p.sha256)))
        throw new PatchwardenError('digest-mismatch', 'not staged');
      const installs = order.packages.map((p) => `${p.name}=${p.version}`).sort();
      return { installs, removes: [], needs: [], problem: null };
    },
    async sample(epoch, order) {
      fence(epoch);
      return order.cpu === null ? { seconds: 0, samples: 0 } : { seconds: 300, samples: 60 };
    },
    async begin(order) {
      fence(order.epoch);
      const known = host.runs.get(order.run);
      if (known && known.receipt.order !== digestOf(order))
        throw new PatchwardenError('refused', 'this run was begun with another order');
      if (known) return known.receipt;
      const receipt: HostReceipt = {
        apiVersion: 'patchwarden/v1',
        run: order.run,
        order: digestOf(order),
        epoch: order.epoch,
        phase: 'accepted',
        worker: 'alive',
        steps: [],
        changed: false,
        restorePoint: null,
        verdict: null,
        watch: null,
        bootId: { before: 'boot-1', now: 'boot-1' },
        rebootRequired: false,
        log: null,
        logTail: '',
      };
      const open = openRun();
      const why = host.executed.has(order.run)
        ? 'this run was executed here before'
        : order.packages.some((p) => host.quarantined.has(p.sha256))
          ? 'these bytes went bad here before'
          : Math.abs(Date.parse(host.clock) - Date.parse(order.now)) > order.maxClockSkewSeconds * 1000
            ? 'the clocks differ'
            : open === null
              ? undefined
              : `the run ${open} is open`;
      if (why !== undefined)
        return {
          ...receipt,
          phase: 'refused',
          worker: 'done',
          verdict: verdict('inconclusive', 'order', why),
        };
      host.executed.add(order.run);
      host.runs.set(order.run, { order, receipt });
      return receipt;
    },
    async receipt(epoch, run) {
      fence(epoch);
      const known = host.runs.get(run);
      if (known) goOn(known);
      return known?.receipt;
    },
    async restore(epoch, run, reason) {
      fence(epoch);
      const known = host.runs.get(run);
      if (known === undefined) throw new PatchwardenError('refused', 'this host never heard of that run');
      if (known.receipt.phase !== 'kept') return known.receipt;
      back(known.order);
      end(known, 'restored', { verdict: verdict('good', 'order', reason) });
      return known.receipt;
    },
    async clean(epoch) {
      fence(epoch);
      if (openRun() === null) host.staged.clear();
    },
  };
}
