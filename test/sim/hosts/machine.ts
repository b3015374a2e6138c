import type { HostOrder } from '../../../src/contracts/generated/host-order.ts';
import type { HostReceipt } from '../../../src/contracts/generated/host-receipt.ts';
import { sha256, sha256Hex } from '../../../src/util/digest.ts';
import type { Rng } from '../rng.ts';
import type { HostSpec, VersionSpec } from '../scenario.ts';
import type { Schedule } from '../schedule.ts';

/** What really happened on a host, at true time: what the oracle sees and no controller does. */
export interface TrueEvent {
  readonly at: number;
  readonly asset: string;
  readonly kind:
    | 'accepted'
    | 'mutating'
    | 'mutated'
    | 'rebooting'
    | 'sick'
    | 'first-bad'
    | 'restoring'
    | 'healthy'
    | 'ended'
    | 'replaced';
  readonly run: Run | null;
  /** The step that begins, such as `install`. */
  readonly step: string;
  /** It goes on with something begun earlier, after a kill or a reboot. */
  readonly resumed: boolean;
}

interface Installed {
  readonly version: string;
  readonly state: 'installed' | 'half-configured';
  readonly held: boolean;
}

/** The healthy streak as the helper tells it: times by the clock of the host. */
interface Watch {
  readonly since: number;
  readonly until: number;
  readonly samples: number;
  readonly healthyMs: number;
}

/** One order on one host, as its helper keeps it. */
export interface Run {
  readonly order: HostOrder;
  readonly digest: string;
  readonly startedAt: number;
  phase: HostReceipt['phase'];
  worker: HostReceipt['worker'];
  readonly steps: HostReceipt['steps'];
  changed: boolean;
  restorePoint: HostReceipt['restorePoint'];
  verdict: HostReceipt['verdict'];
  watch: Watch | null;
  /** True time of the last health sample, and of the last good one of this worker. */
  sampledAt: number;
  goodAt: number | null;
  /** How long it has watched since the soak, milliseconds, and whether that is over. */
  watchedMs: number;
  watchOver: boolean;
  readonly bootBefore: string;
  /** What was installed before. */
  readonly before: ReadonlyMap<string, Installed>;
  /** Grows when the worker dies: what it had planned no longer happens. */
  life: number;
  firstBadAt: number | null;
  /** Milliseconds that were really looked at and were well without a break: now, and the longest so far. */
  wellMs: number;
  longestMs: number;
}

/** One machine: everything the world knows about it. */
export interface Machine {
  readonly spec: HostSpec;
  machineId: string;
  bootId: string;
  readonly db: Map<string, Installed>;
  readonly staged: Set<string>;
  readonly runs: Map<string, Run>;
  readonly quarantined: Set<string>;
  fence: number;
  /** The run that works, or whose watch goes on. */
  current: Run | null;
  /** True times until which something is so. */
  busyUntil: number;
  fullUntil: number;
  silentUntil: number;
  /** True time at which it fell silent last; infinite: never. */
  silentSince: number;
  downUntil: number;
  inconclusiveUntil: number;
  noHealthUntil: number;
  clockOffset: number;
  bootLoop: boolean;
  restoreFails: boolean;
  liar: boolean;
  /** True time from which it is sick, and whether that is only imagined. */
  sick: { readonly since: number; readonly check: 'cpu' | 'probe'; readonly imagined: boolean } | null;
  rebootRequired: boolean;
  sampledSince: number | null;
  installs: number;
}

/** What every host needs from the world. */
export interface HostWorld {
  readonly schedule: Schedule;
  readonly rng: Rng;
  readonly versions: readonly VersionSpec[];
  tell(event: TrueEvent): void;
}

/** Every package file of this world has so many bytes. */
export const SIZE = 64;
export const bytesOf = (name: string, version: string): Uint8Array =>
  new TextEncoder().encode(`${name} ${version}`.padEnd(SIZE));
const shas = new Map<string, string>();
export function shaOf(name: string, version: string): string {
  const key = `${name} ${version}`;
  const sha = shas.get(key) ?? sha256Hex(bytesOf(name, version));
  shas.set(key, sha);
  return sha;
}
export const HELPER = sha256('helper');
/** Every so often a host looks at its health, milliseconds; more often while it soaks. */
export const SAMPLE_EVERY = 5_000;
export const SOAK_EVERY = 2_000;

export const FINAL: ReadonlySet<HostReceipt['phase']> = new Set([
  'refused',
  'kept',
  'failed',
  'restored',
  'unrestored',
]);

export function machineOf(spec: HostSpec): Machine {
  return {
    spec,
    machineId: sha256Hex(`${spec.asset} machine 1`).slice(0, 32),
    bootId: `${spec.asset}-boot-1`,
    db: installedOf(spec),
    staged: new Set(),
    runs: new Map(),
    quarantined: new Set(),
    fence: 0,
    current: null,
    busyUntil: 0,
    fullUntil: 0,
    silentUntil: 0,
    silentSince: Number.POSITIVE_INFINITY,
    downUntil: 0,
    inconclusiveUntil: 0,
    noHealthUntil: 0,
    clockOffset: 0,
    bootLoop: false,
    restoreFails: false,
    liar: false,
    sick: null,
    rebootRequired: false,
    sampledSince: null,
    installs: 0,
  };
}

const installedOf = (spec: HostSpec): Map<string, Installed> =>
  new Map(
    Object.entries(spec.installed).map(([name, version]) => [
      name,
      { version, state: 'installed' as const, held: spec.pinned.includes(name) },
    ]),
  );

/** Somebody put another machine in its place, from the old image. */
export function replace(world: HostWorld, m: Machine): void {
  const now = world.schedule.now();
  m.machineId = sha256Hex(`${m.machineId} again`).slice(0, 32);
  m.bootId = `${m.bootId}-new`;
  m.db.clear();
  for (const [name, installed] of installedOf(m.spec)) m.db.set(name, installed);
  m.staged.clear();
  if (m.current) m.current.life += 1;
  m.runs.clear();
  m.quarantined.clear();
  m.fence = 0;
  m.current = null;
  m.sick = null;
  m.rebootRequired = false;
  world.tell({ at: now, asset: m.spec.asset, kind: 'replaced', run: null, step: '', resumed: false });
}

export const reachable = (m: Machine, now: number): boolean => now >= m.silentUntil && now >= m.downUntil;

/** A half-configured database waits for mending. */
export const interrupted = (m: Machine): boolean => [...m.db.values()].some((p) => p.state !== 'installed');

export const openRun = (m: Machine): Run | null =>
  m.current && !FINAL.has(m.current.phase) ? m.current : null;
