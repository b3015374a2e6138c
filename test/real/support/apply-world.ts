import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryArtifactStore } from '../../../src/adapters/artifact-store-directory.ts';
import type { EvidenceEntry } from '../../../src/contracts/generated/evidence-entry.ts';
import type { Hold } from '../../../src/contracts/generated/hold.ts';
import type { PatchLock } from '../../../src/contracts/generated/patch-lock.ts';
import type { LockEntry } from '../../../src/rollout/compare-lock.ts';
import type { HostOutcome, RolloutResult } from '../../../src/rollout/outcome.ts';
import { baselineOf, keyOf, lockOf, MERGE, ringOf } from '../../rollout/world.ts';
import { mergeEntry } from '../../support/builders/evidence.ts';
import type { Deb } from './packages.ts';
import type { TestRoot } from './root.ts';

export interface ApplyOptions {
  readonly holds?: readonly Hold[];
}

export interface ApplyRun {
  readonly outcomes: readonly HostOutcome[];
  /** Durable writes and orders as they came, such as `evidence intent`. */
  readonly writes: readonly string[];
}

/** A controller without Git: artifacts and evidence of one host, that runs apply as a process of its own. */
export interface ApplyWorld {
  readonly dir: string;
  readonly artifactPath: (sha256: string) => string;
  readonly apply: (lock: PatchLock, options?: ApplyOptions) => ApplyRun;
  readonly evidence: () => readonly EvidenceEntry[];
  readonly remove: () => void;
}

export const entryOfDeb = (deb: Deb, over: Partial<LockEntry> = {}): LockEntry => ({
  version: deb.version,
  sha256: deb.sha256,
  size: deb.size,
  origin: 'debian:bookworm-security/main',
  role: 'upgrade',
  advisories: [],
  firstSeen: '2024-10-01',
  approvedBy: 'security',
  ...over,
});

/** A hand-made lock of these packages; what `dependency` names is there for the package it maps to. */
export const lockOfDebs = (
  debs: readonly Deb[],
  over: Readonly<Record<string, Partial<LockEntry>>> = {},
): PatchLock =>
  lockOf(Object.fromEntries(debs.map((d) => [keyOf(d.name, d.arch), entryOfDeb(d, over[d.name] ?? {})])));

export async function buildApplyWorld(root: TestRoot, debs: readonly Deb[]): Promise<ApplyWorld> {
  const dir = mkdtempSync(join(tmpdir(), 'patchwarden-apply-'));
  const artifacts = join(dir, 'artifacts');
  const store = directoryArtifactStore(artifacts);
  for (const deb of debs) await store.put(deb.sha256, readFileSync(deb.path));
  const evidenceFile = join(dir, 'evidence.jsonl');
  const trace = join(dir, 'writes');
  return {
    dir,
    artifactPath: (sha) => join(artifacts, 'sha256', sha.slice(0, 2), sha.slice(2)),
    apply: (lock, options = {}) => {
      const baseline = baselineOf({ rollback: 'none', reboot: 'never', verify: { soakSeconds: 1 } });
      const ring = ringOf(lock, ['web-1'], { baseline, holds: options.holds ?? [] });
      rmSync(trace, { force: true });
      const setup = join(dir, 'setup.json');
      writeFileSync(
        setup,
        JSON.stringify({
          dist: process.env.PATCHWARDEN_DIST ?? 'dist',
          asset: 'web-1',
          root: root.dir,
          artifacts,
          evidence: evidenceFile,
          trace,
          ring,
          authority: [mergeEntry({ commit: MERGE, locks: [ring.target.digest] })],
        }),
      );
      const child = spawnSync(process.execPath, [join(import.meta.dirname, 'apply-runner.mjs'), setup], {
        encoding: 'utf8',
        timeout: 120_000,
      });
      if (child.status !== 0) throw new Error(`apply failed: ${child.stderr}`);
      return {
        outcomes: (JSON.parse(child.stdout) as RolloutResult).hosts,
        writes: existsSync(trace) ? readFileSync(trace, 'utf8').trim().split('\n') : [],
      };
    },
    evidence: () =>
      existsSync(evidenceFile)
        ? readFileSync(evidenceFile, 'utf8')
            .split('\n')
            .filter((l) => l !== '')
            .map((l) => JSON.parse(l) as EvidenceEntry)
        : [],
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
