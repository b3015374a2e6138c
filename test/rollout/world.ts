import type { Baseline } from '../../src/contracts/generated/baseline.ts';
import type { EvidenceEntry } from '../../src/contracts/generated/evidence-entry.ts';
import type { Hold } from '../../src/contracts/generated/hold.ts';
import type { PatchLock } from '../../src/contracts/generated/patch-lock.ts';
import { PatchwardenError } from '../../src/domain/errors.ts';
import { lockKey } from '../../src/domain/purl.ts';
import { instantOf } from '../../src/domain/time.ts';
import type { ArtifactStore } from '../../src/ports/artifact-store.ts';
import type { EvidenceLog } from '../../src/ports/evidence-log.ts';
import { applyMergedLocks } from '../../src/rollout/apply.ts';
import type { LockEntry } from '../../src/rollout/compare-lock.ts';
import type { RolloutResult } from '../../src/rollout/outcome.ts';
import type { RingRollout, RolloutDeps, RolloutEvent, RolloutHost } from '../../src/rollout/rollout.ts';
import type { MergedLock } from '../../src/rollout/target.ts';
import { digestOf, sha256Hex } from '../../src/util/digest.ts';
import { commitId, digest, mergeEntry } from '../support/builders/evidence.ts';
import { fakeEvidenceLog, type SharedLog } from '../support/fakes/evidence-log.ts';
import {
  bytesOf,
  type FakeHost,
  type FakePackage,
  type FakeStep,
  fakeHostDriver,
  observeFake,
  shaOf,
} from '../support/fakes/host-driver.ts';
import { fakeLease, type SharedLease, sharedLease } from '../support/fakes/lease.ts';

export const STREAM = 'debian:12:amd64';
export const MERGE = commitId('a');
export const NOON = '2024-10-24T12:00:00Z';

export const entryOf = (p: FakePackage, over: Partial<LockEntry> = {}): LockEntry => ({
  version: p.version,
  sha256: shaOf(p),
  size: bytesOf(p).byteLength,
  origin: 'test:stable/main',
  role: 'upgrade',
  advisories: [],
  firstSeen: '2024-10-01',
  approvedBy: 'security',
  ...over,
});

export const keyOf = (name: string, arch = 'all'): string => lockKey(STREAM, name, arch);

export const lockOf = (entries: PatchLock['entries'], over: Partial<PatchLock> = {}): PatchLock => ({
  apiVersion: 'patchwarden/v1',
  kind: 'PatchLock',
  id: 'prod',
  baseline: 'servers',
  ring: 'prod',
  generation: 1,
  closure: 'checked',
  entries,
  removes: [],
  resolvedFrom: {
    baseline: digest('1'),
    fleet: digest('2'),
    intel: digest('3'),
    packages: digest('4'),
    policy: digest('5'),
  },
  ...over,
});

export const merged = (lock: PatchLock, merge = MERGE): MergedLock => ({
  path: `locks/${lock.baseline}/${lock.ring}.lock.json`,
  lock,
  digest: digestOf(lock),
  merge,
});

export const hold = (name: string, version: string): Hold => ({
  apiVersion: 'patchwarden/v1',
  kind: 'Hold',
  id: `bad-${name}`,
  stream: STREAM,
  package: name,
  version,
  owner: 'team:ops',
  reason: 'breaks logins',
});

export const baselineOf = (over: Partial<Baseline> = {}): Baseline => ({
  apiVersion: 'patchwarden/v1',
  kind: 'Baseline',
  id: 'servers',
  mode: 'apply',
  owner: 'team:ops',
  select: {},
  priority: 1,
  approve: [],
  deadlines: [],
  rings: [{ id: 'prod', select: {} }],
  verify: { soakSeconds: 30 },
  ...over,
});

export const hostOf = (asset: string, over: Partial<RolloutHost> = {}): RolloutHost => ({
  asset,
  stream: STREAM,
  kernel: null,
  labels: {},
  ...over,
});

/** A ring of these hosts on its way to a lock. */
export const ringOf = (
  lock: PatchLock,
  hosts: readonly (string | RolloutHost)[],
  over: Partial<RingRollout> = {},
  ring: Partial<RingRollout['ring']> = {},
): RingRollout => {
  const baseline = over.baseline ?? baselineOf();
  return {
    baseline,
    ring: { id: lock.ring, select: {}, ...ring },
    target: merged(lock),
    hosts: hosts.map((h) => (typeof h === 'string' ? hostOf(h) : h)),
    calendar: null,
    holds: [],
    refusal: null,
    ...over,
  };
};

function memoryArtifacts(held: Map<string, Uint8Array>): ArtifactStore {
  return {
    has: async (sha) => held.has(sha),
    put: async (sha, bytes) => void held.set(sha, bytes),
    get: async (sha) => {
      const bytes = held.get(sha);
      if (!bytes) throw new PatchwardenError('bytes-missing', `${sha} is not held`);
      if (sha256Hex(bytes) !== sha) throw new PatchwardenError('digest-mismatch', `${sha} was altered`);
      return bytes;
    },
  };
}

/** Everything that survives a crash of a controller, and the clock that all share. */
export interface World {
  readonly shared: SharedLog;
  readonly lease: SharedLease;
  readonly hosts: readonly FakeHost[];
  readonly artifacts: Map<string, Uint8Array>;
  /** Locks of earlier merges. */
  readonly earlier: MergedLock[];
  readonly events: RolloutEvent[];
  readonly messages: string[];
  at: number;
}

export const worldOf = (...hosts: FakeHost[]): World => ({
  shared: { entries: [] },
  lease: sharedLease(),
  hosts,
  artifacts: new Map(hosts.flatMap((h) => h.catalogue.map((p) => [shaOf(p), bytesOf(p)] as const))),
  earlier: [],
  events: [],
  messages: [],
  at: Date.parse(NOON),
});

export const evidenceIn = (world: World): Promise<readonly EvidenceEntry[]> =>
  fakeEvidenceLog(world.shared).entries();

const clockOf = (world: World) => ({
  now: () => instantOf(world.at),
  sleep: async (ms: number) => {
    world.at += ms;
  },
});

export const pass = (world: World, minutes: number): void => {
  world.at += minutes * 60_000;
};

export const hostIn = (world: World, asset: string): FakeHost => {
  const host = world.hosts.find((h) => h.asset === asset);
  if (!host) throw new PatchwardenError('source-failed', `${asset} is not there`);
  return host;
};

export function depsOf(world: World, step: FakeStep = () => undefined): RolloutDeps {
  const log = fakeEvidenceLog(world.shared);
  const clock = clockOf(world);
  const evidence: Pick<EvidenceLog, 'head' | 'entries' | 'append'> = {
    head: () => log.head(),
    entries: () => log.entries(),
    append: async (entries, options) => {
      const types = [...new Set(entries.map((e) => e.type))].join('+');
      step(`before ${types}`);
      const head = await log.append(entries, options);
      step(`after ${types}`);
      return head;
    },
  };
  const lease = fakeLease(world.lease, clock);
  return {
    clock,
    log: { info: (m) => void world.messages.push(m), warn: (m) => void world.messages.push(m) },
    lease: {
      acquire: (...args) => (step('acquire'), lease.acquire(...args)),
      renew: (...args) => (step('renew'), lease.renew(...args)),
      release: (...args) => (step('release'), lease.release(...args)),
    },
    evidence,
    artifacts: memoryArtifacts(world.artifacts),
    drivers: new Map(world.hosts.map((h) => [h.asset, fakeHostDriver(h, clock, step)])),
    observe: async (asset) => {
      const host = hostIn(world, asset);
      if (!host.reachable) throw new PatchwardenError('host-failed', `${asset} does not answer`);
      return observeFake(host);
    },
    lockAt: async (merge, path) => world.earlier.find((l) => l.merge === merge && l.path === path),
    on: (event) => void world.events.push(event),
  };
}

/** One invocation of apply. `step` may throw to play a kill. */
export const applyOnce = (
  world: World,
  rings: readonly RingRollout[],
  options: { readonly step?: FakeStep; readonly holder?: string; readonly patienceMs?: number } = {},
): Promise<RolloutResult> => {
  const targets = [...world.earlier, ...rings.map((r) => r.target)];
  const byMerge = new Map(targets.map((t) => [t.merge, targets.filter((o) => o.merge === t.merge)]));
  return applyMergedLocks(depsOf(world, options.step), {
    holder: options.holder ?? `controller-${world.at}-${world.lease.epoch}`,
    authority: [...byMerge].map(([commit, locks]) =>
      mergeEntry({ commit, locks: [...new Set(locks.map((l) => l.digest))] }),
    ),
    rings,
    parallel: 4,
    patienceMs: options.patienceMs ?? 600_000,
  });
};

/** `asset state` of every host, in order. */
export const statesOf = (result: RolloutResult): readonly string[] =>
  result.hosts.map((h) => `${h.asset} ${h.state}`);
