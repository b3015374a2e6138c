/** A world as a value: everything that will happen in it is listed, so that parts can be taken away to find the cause. */
export interface Scenario {
  readonly seed: number;
  /** Milliseconds since the epoch at which the world starts. */
  readonly start: number;
  readonly hosts: readonly HostSpec[];
  readonly rings: readonly RingSpec[];
  readonly settings: Settings;
  readonly versions: readonly VersionSpec[];
  readonly controllers: readonly ControllerSpec[];
  readonly changes: readonly Change[];
  readonly faults: readonly Fault[];
  /** Milliseconds after the start when faults end, and the most that it may take until all is at rest. */
  readonly faultsEnd: number;
  readonly patience: number;
}

export interface HostSpec {
  readonly asset: string;
  readonly ring: string;
  readonly stream: string;
  readonly kernel: string;
  readonly role: string;
  readonly zone: string;
  /** Installed at the start: package → version. */
  readonly installed: Readonly<Record<string, string>>;
  readonly pinned: readonly string[];
  readonly snapshots: boolean;
  /** What its probes take, milliseconds. */
  readonly probeMs: number;
  /** What its solver wants beside the order. */
  readonly surprise: 'none' | 'needs-locked' | 'needs-unknown' | 'extra' | 'removes' | 'refuses';
}

export interface RingSpec {
  readonly id: string;
  readonly bakeMinutes: number;
  readonly waves: number;
  readonly budget: { readonly hosts?: number; readonly percent?: number };
}

export interface Settings {
  readonly rollback: 'snapshot' | 'package' | 'none';
  readonly reboot: 'never' | 'if-required' | 'always';
  readonly soakSeconds: number;
  readonly cpuSeconds: number | null;
  readonly zoneBudget: {
    readonly hosts?: number;
    readonly percent?: number;
    readonly minHealthy?: number;
  } | null;
  readonly canaryHosts: number | null;
  readonly calendar: CalendarSpec | null;
  readonly parallel: number;
  /** A person merges the next ring's lock so long after the ring before was proven. */
  readonly promoteAfter: number;
  /** So long after a gate's halt a person merges the way back and a hold; null: never. */
  readonly rollbackAfter: number | null;
  /** So long after a gate's halt a person unwisely lifts it; null: never. */
  readonly liftAfter: number | null;
}

/** Windows every day at these hours (local time of a zone with a fixed offset in that season). */
export interface CalendarSpec {
  readonly zone: string;
  readonly offsetHours: number;
  readonly startHours: readonly number[];
  readonly minutes: number;
  readonly overrun: 'stop' | 'finish-host';
  /** Days after the start (UTC), both ends included, at which nothing may be touched. */
  readonly freeze: { readonly from: number; readonly until: number } | null;
}

type Badness = 'script' | 'cpu' | 'probe';

export interface VersionSpec {
  readonly package: string;
  readonly version: string;
  readonly bad: Badness | null;
  /** Seconds after it was installed until it shows. */
  readonly after: number;
  /** Only on hosts of this role. */
  readonly role: string | null;
  readonly reboot: boolean;
}

export interface ControllerSpec {
  /** Milliseconds between two starts by cron. */
  readonly every: number;
  readonly offset: number;
  /** What its clock is ahead of the true time, milliseconds. */
  readonly skew: number;
  readonly patience: number;
}

export type Change =
  | {
      readonly at: number;
      readonly kind: 'merge';
      readonly ring: string;
      readonly versions: Readonly<Record<string, string>>;
      readonly removes?: readonly string[];
    }
  | {
      readonly at: number;
      readonly kind: 'stop';
      readonly scope: 'all' | 'baseline' | 'ring' | 'package';
      /** Null: it stays. */
      readonly liftAfter: number | null;
    };

/** What goes wrong with one call of a port: the first that fits after `at`. */
export interface CallFault {
  readonly on: 'call';
  readonly at: number;
  readonly controller: number;
  /** Name of the method, or null for any. */
  readonly port: string | null;
  readonly effect: CallEffect;
}

export type CallEffect =
  | 'crash-before'
  | 'crash-after'
  | 'drop-before'
  | 'drop-after'
  | 'slow'
  | 'late'
  | 'rival'
  | 'garbage'
  | 'other-run'
  | 'no-health';

export interface HostFault {
  readonly on: 'host';
  readonly at: number;
  readonly host: string;
  readonly kind: HostFaultKind;
  /** Milliseconds; null: until faults end, or for good where nothing ends it. */
  readonly lasts: number | null;
}

export type HostFaultKind =
  | 'busy'
  | 'half-configured'
  | 'disk-full'
  | 'silent'
  | 'replaced'
  | 'decommissioned'
  | 'clock-off'
  | 'clock-jump'
  | 'worker-killed'
  | 'reboot'
  | 'boot-loop'
  | 'inconclusive'
  | 'blip'
  | 'no-health'
  | 'liar'
  | 'restore-fails'
  | 'upgraded-by-hand'
  | 'pinned-by-hand';

export type Fault = CallFault | HostFault;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
