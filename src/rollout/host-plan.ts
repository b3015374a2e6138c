import type { Hold } from '../contracts/generated/hold.ts';
import type { LockPredecessor } from '../contracts/generated/patch-lock.ts';
import type { Component } from '../domain/component.ts';
import { predecessorOf } from '../domain/predecessor.ts';
import { compareVersions } from '../domain/version/compare.ts';
import { schemeOf } from '../domain/version/scheme.ts';
import { digestOf } from '../util/digest.ts';
import { compareCodePoints, sortedBy } from '../util/sort.ts';
import { compareWithLock, type EntryComparison, type EntryState, onHold } from './compare-lock.ts';
import type { MergedLock } from './target.ts';

/** One exact package file to install. */
interface PlannedPackage {
  readonly purl: string;
  readonly name: string;
  readonly arch: string;
  readonly version: string;
  readonly sha256: string;
  /** Bytes of the package file. */
  readonly size: number;
  /** Installed version; null when the package is new on this host. */
  readonly from: string | null;
  readonly role: 'upgrade' | 'dependency' | 'successor';
  /** Older than what is installed, which the lock allows by `downgradeFrom`. */
  readonly downgrade: boolean;
  /** Not installed before: it is there for others only and gets marked so. */
  readonly fresh: boolean;
  /** No host of an earlier ring could exercise it. */
  readonly untested: boolean;
  /** The file of the version that is installed now; null where nobody keeps it, or nothing is installed. */
  readonly before: LockPredecessor | null;
  /** Where a host that fetches by itself finds the file. */
  readonly place: FilePlace;
}

/** What a lock says about the place of a file. */
export interface FilePlace {
  readonly source: string | null;
  readonly origin: string | null;
  readonly filename: string | null;
}

interface LeftOut {
  readonly purl: string;
  readonly state: EntryState;
  readonly installed: string | null;
  readonly wanted: string;
  readonly reason: string;
}

/** Everything that will be done to one host, as a value: printed by `--plan`, digested into the evidence, then carried out. */
export interface HostPlan {
  readonly asset: string;
  readonly stream: string;
  readonly baseline: string;
  readonly ring: string;
  readonly lock: string;
  readonly merge: string;
  readonly packages: readonly PlannedPackage[];
  /** Unfinished packages that no planned file replaces: the package manager must finish them first. */
  readonly mend: readonly string[];
  readonly leftOut: readonly LeftOut[];
  /** Why this host must not be touched, although something is due. */
  readonly refusal: string | null;
  readonly digest: string;
}

/** Whether anything has to be done at all. */
export const isDue = (plan: Pick<HostPlan, 'packages' | 'mend'>): boolean =>
  plan.packages.length > 0 || plan.mend.length > 0;

export interface PlanInput {
  readonly asset: string;
  readonly stream: string;
  readonly components: readonly Component[];
  readonly target: MergedLock;
  readonly holds: readonly Hold[];
  readonly offered?: (name: string, arch: string, version: string) => boolean | undefined;
  /** Lock keys of absent dependencies that the package manager of the host asked for. */
  readonly alsoNeeded?: ReadonlySet<string>;
}

/** Plans one host. Pure: the same facts give the same plan and digest. */
export function planHost(input: PlanInput): HostPlan {
  const { asset, stream, target } = input;
  const compared = compareWithLock({ ...input, lock: target.lock });
  const chosen = choose(compared, input.alsoNeeded ?? new Set());
  const packages = compared.filter((c) => chosen.has(c.purl)).map((c) => toPackage(c, stream));
  // Replaced by a planned file, or waiting for one: installing finishes these, and mending alone could not.
  const finished = new Set([
    ...packages.map((p) => p.name),
    ...compared.filter((c) => chosen.has(c.purl) && c.state === 'absent').map(parentOf),
  ]);
  const unfinished = input.components.filter((c) => c.state !== 'installed').map((c) => c.name);
  const mend = [...new Set(unfinished.filter((n) => !finished.has(n)))].sort(compareCodePoints);
  const plan = {
    asset,
    stream,
    baseline: target.lock.baseline,
    ring: target.lock.ring,
    lock: target.digest,
    merge: target.merge,
    packages,
    mend,
    leftOut: compared
      .filter((c) => !chosen.has(c.purl) && c.state !== 'equal' && !(c.state === 'behind' && c.unfinished))
      .map(leaveOut),
    refusal: refusalOf(input, packages),
  };
  return { ...plan, digest: digestOf(plan) };
}

/** What is behind, plus the absent dependencies that a chosen (or an unfinished) package is said to need. */
function choose(compared: readonly EntryComparison[], alsoNeeded: ReadonlySet<string>): ReadonlySet<string> {
  const chosen = new Map(compared.filter(needsFile).map((c) => [c.purl, c.name]));
  for (const c of compared) if (c.state === 'absent' && alsoNeeded.has(c.purl)) chosen.set(c.purl, c.name);
  const unfinished = compared.filter((c) => c.unfinished !== null).map((c) => c.name);
  for (let grew = true; grew; ) {
    grew = false;
    const names = new Set([...chosen.values(), ...unfinished]);
    for (const c of compared) {
      if (chosen.has(c.purl) || c.state !== 'absent' || c.entry.role === 'upgrade') continue;
      const parent = parentOf(c);
      if (parent === undefined || !names.has(parent)) continue;
      chosen.set(c.purl, c.name);
      grew = true;
    }
  }
  return new Set(chosen.keys());
}

const parentOf = (c: EntryComparison): string | undefined =>
  /^dependency-of:(.+)$/.exec(c.entry.approvedBy)?.[1];

/** Behind by version, or so broken that only unpacking again helps; merely unconfigured packages are mended instead. */
const needsFile = (c: EntryComparison): boolean =>
  c.state === 'behind' && (c.unfinished === 'half-installed' || c.installed !== c.entry.version);

const toPackage = (c: EntryComparison, stream: string): PlannedPackage => ({
  purl: c.purl,
  name: c.name,
  arch: c.arch,
  version: c.entry.version,
  sha256: c.entry.sha256,
  size: c.entry.size,
  role: c.entry.role,
  from: c.installed,
  fresh: c.installed === null,
  downgrade: c.installed !== null && compareVersions(schemeOf(stream), c.installed, c.entry.version) > 0,
  untested: c.entry.untested === true,
  before: (c.installed !== null && predecessorOf(c.entry, c.installed)) || null,
  place: placeOf(c.entry),
});

const placeOf = (file: Partial<FilePlace>): FilePlace => ({
  source: file.source ?? null,
  origin: file.origin ?? null,
  filename: file.filename ?? null,
});

const REASONS = {
  equal: 'installed as locked',
  behind: 'finished by the package manager, nothing to unpack',
  ahead: 'newer than the lock; never downgraded',
  foreign: 'newer than the lock, and on hold or from no declared origin: drift',
  pinned: 'held by the host itself',
  absent: 'not installed on this host, and nothing that is planned needs it',
} as const satisfies Record<EntryState, string>;

const leaveOut = (c: EntryComparison): LeftOut => ({
  purl: c.purl,
  state: c.state,
  installed: c.installed,
  wanted: c.entry.version,
  reason: REASONS[c.state],
});

function refusalOf(input: PlanInput, packages: readonly PlannedPackage[]): string | null {
  for (const p of packages) {
    const hold = onHold(input.holds, input.stream, p.name, p.version);
    if (hold) return `${p.name} ${p.version} is on hold (holds/${hold.id}.json: ${hold.reason})`;
  }
  if (packages.length === 0) return null;
  const installed = new Set(input.components.map((c) => c.name));
  const removes = input.target.lock.removes.filter((r) => installed.has(r));
  return removes.length > 0
    ? `the lock removes ${sortedBy(removes, (r) => r).join(', ')}, and removing packages is not built yet`
    : null;
}
