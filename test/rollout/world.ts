import type { EvidenceEntry } from '../../src/contracts/generated/evidence-entry.ts';
import type { Hold } from '../../src/contracts/generated/hold.ts';
import type { PatchLock } from '../../src/contracts/generated/patch-lock.ts';
import { PatchwardenError } from '../../src/domain/errors.ts';
import { lockKey } from '../../src/domain/purl.ts';
import type { ArtifactStore } from '../../src/ports/artifact-store.ts';
import type { EvidenceLog } from '../../src/ports/evidence-log.ts';
import type { RootDriver } from '../../src/ports/root-driver.ts';
import type { StateStore } from '../../src/ports/state-store.ts';
import { applyMergedLocks, type RolloutDeps } from '../../src/rollout/apply.ts';
import type { HostOutcome } from '../../src/rollout/apply-host.ts';
import type { LockEntry } from '../../src/rollout/compare-lock.ts';
import type { HostTarget, MergedLock } from '../../src/rollout/target.ts';
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

export const STREAM = 'debian:12:amd64';
export const MERGE = commitId('a');

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

export const merged = (lock: PatchLock): MergedLock => ({
  path: `locks/${lock.baseline}/${lock.ring}.lock.json`,
  lock,
  digest: digestOf(lock),
  merge: MERGE,
});

export const targetOf = (asset: string, lock: PatchLock, over: Partial<HostTarget> = {}): HostTarget => ({
  asset,
  target: merged(lock),
  holds: [],
  refusal: null,
  ...over,
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

/** State files in memory; `step` is told before and after each write. */
export function memoryState(files: Map<string, string>, step: FakeStep = () => undefined) {
  return {
    read: async (name) => files.get(name),
    write: async (name, text) => void files.set(name, text),
    appendLine: async (name, line) => {
      step('before journal');
      files.set(name, `${files.get(name) ?? ''}${line}\n`);
      step('after journal');
    },
  } satisfies Pick<StateStore, 'read' | 'write' | 'appendLine'>;
}

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

/** Everything that survives a crash of the controller. */
export interface World {
  readonly files: Map<string, string>;
  readonly shared: SharedLog;
  readonly hosts: readonly FakeHost[];
  readonly artifacts: Map<string, Uint8Array>;
  readonly messages: string[];
}

export const worldOf = (...hosts: FakeHost[]): World => ({
  files: new Map(),
  shared: { entries: [] },
  hosts,
  artifacts: new Map(hosts.flatMap((h) => h.catalogue.map((p) => [shaOf(p), bytesOf(p)] as const))),
  messages: [],
});

export const evidenceIn = (world: World): Promise<readonly EvidenceEntry[]> =>
  fakeEvidenceLog(world.shared).entries();

export function depsOf(world: World, step: FakeStep = () => undefined): RolloutDeps {
  const log = fakeEvidenceLog(world.shared);
  const evidence: Pick<EvidenceLog, 'entries' | 'append'> = {
    entries: () => log.entries(),
    append: async (entries) => {
      step('before evidence');
      const head = await log.append(entries);
      step('after evidence');
      return head;
    },
  };
  const drivers = new Map<string, RootDriver>(world.hosts.map((h) => [h.asset, fakeHostDriver(h, step)]));
  return {
    clock: { now: () => '2024-10-24T12:00:00Z' },
    log: { info: (m) => void world.messages.push(m), warn: (m) => void world.messages.push(m) },
    state: memoryState(world.files, step),
    evidence,
    artifacts: memoryArtifacts(world.artifacts),
    drivers,
    observe: async (asset) => {
      const host = world.hosts.find((h) => h.asset === asset);
      if (!host) throw new PatchwardenError('source-failed', `${asset} is not there`);
      return observeFake(host);
    },
  };
}

/** One invocation of apply. `step` may throw to play a kill. */
export const applyOnce = (
  world: World,
  hosts: readonly HostTarget[],
  step?: FakeStep,
): Promise<readonly HostOutcome[]> =>
  applyMergedLocks(depsOf(world, step), {
    authority: [mergeEntry({ commit: MERGE, locks: [...new Set(hosts.map((h) => h.target.digest))] })],
    hosts,
  });
