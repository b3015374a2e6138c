import type {
  EffectEvidence,
  HaltEvidence,
  HealthEvidence,
  IntentEvidence,
  VerificationEvidence,
} from '../../../src/contracts/generated/evidence-entry.ts';
import { parseLockKey } from '../../../src/domain/purl.ts';
import { BASELINE, type Merge } from '../documents.ts';
import type { Machine } from '../hosts/machine.ts';
import type { HostFault, HostSpec } from '../scenario.ts';
import type { World } from '../world.ts';

/** One run as the log tells it, with the numbers of its entries. */
export interface LoggedRun {
  readonly index: number;
  /** With the packages of all parts that are there. */
  intent: IntentEvidence;
  /** True time of the intent. */
  readonly at: number;
  /** Parts of the intent that are there. */
  parts: number;
  effect: EffectEvidence | null;
  effectAt: number;
  verification: VerificationEvidence | null;
  health: HealthEvidence | null;
}

export interface LoggedHalt {
  readonly halt: HaltEvidence;
  /** True time from which it is in force: when it entered the log, or was put beside it. */
  readonly at: number;
  liftedAt: number | null;
  logged: boolean;
}

/** What the oracle knows, in its own words: the log, the true hosts and what was done to them. */
export interface Facts {
  readonly world: World;
  readonly runs: Map<string, LoggedRun>;
  readonly halts: Map<string, LoggedHalt>;
  readonly mergedLocks: Set<string>;
  readonly proven: Set<string>;
  readonly faults: readonly HostFault[];
  readonly machines: ReadonlyMap<string, Machine>;
  /** Since when a version has been on hold, true time. */
  heldSince(name: string, version: string): number;
  /** Something about this host was told that was not true, or it is not the same any more. */
  tampered(asset: string): boolean;
  /** Nothing ever went wrong with this host, and it starts behind. */
  plain(host: HostSpec): boolean;
  /** Nothing lasting happened to this host. */
  calm(asset: string): boolean;
  /** A call went wrong within the last minutes. */
  disturbed(): boolean;
  /** A rule is looked at. */
  count(invariant: string): void;
  /** A rule is broken. */
  broken(invariant: string, message: string): void;
}

/** Order of the versions of this world. */
export const rank = (version: string): number => Number.parseInt(version, 10);

export const mergeByDigest = (f: Facts, digest: string): Merge | undefined =>
  f.world.merges.find((m) => m.digest === digest);

/** Whether a halt says that nothing of this lock may start. */
export function covers({ scope }: HaltEvidence, merge: Merge): boolean {
  if (scope.kind === 'all') return true;
  if (scope.kind === 'ring')
    return scope.baseline === BASELINE && (scope.ring === null || scope.ring === merge.ring);
  return Object.entries(merge.lock.entries).some(([key, e]) => {
    const parsed = parseLockKey(key);
    const stream = `${parsed?.distro}:${parsed?.release}:amd64`;
    return parsed?.name === scope.package && e.version === scope.version && stream === scope.stream;
  });
}

/** Only that part of a package halt matters to a host that has these packages. */
export const touches = (
  { scope }: HaltEvidence,
  spec: HostSpec,
  packages: IntentEvidence['packages'],
): boolean =>
  scope.kind !== 'package' ||
  (scope.stream === spec.stream &&
    packages.some((p) => parseLockKey(p.purl)?.name === scope.package && p.to === scope.version));

/** Halts that were in force at a true time. */
export const inForce = (f: Facts, at: number): readonly LoggedHalt[] =>
  [...f.halts.values()].filter((h) => h.at < at && (h.liftedAt === null || h.liftedAt >= at));

export const runsOfHost = (f: Facts, asset: string): readonly LoggedRun[] =>
  [...f.runs.values()].filter((r) => r.intent.asset === asset);

export const runsOfLock = (f: Facts, lock: string): readonly LoggedRun[] =>
  [...f.runs.values()].filter((r) => r.intent.lock === lock);

const GATES = new Set(['maintainer-script', 'file', 'cpu', 'probe', 'verify']);

/** The change was made and was bad. */
export const wentBad = (r: LoggedRun): boolean =>
  r.effect !== null &&
  (r.effect.outcome === 'restored' ||
    r.effect.outcome === 'unrestored' ||
    (r.effect.outcome === 'failed' && GATES.has(r.effect.check ?? '')) ||
    r.health?.verdict === 'bad');

export const hadFault = (f: Facts, asset: string, kinds: readonly HostFault['kind'][]): boolean =>
  f.faults.some((x) => x.host === asset && kinds.includes(x.kind));
