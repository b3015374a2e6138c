import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyRuns } from '../../src/audit/verify-runs.ts';
import { type ApplyWorld, buildApplyWorld, lockOfDebs } from './support/apply-world.ts';
import { type Deb, debOf } from './support/packages.ts';
import { buildRepository, type TestRepository } from './support/repository.ts';
import { buildRoot, type TestRoot } from './support/root.ts';
import { resetRoot } from './support/root-state.ts';
import { whyNoRoot } from './support/run.ts';

const why = whyNoRoot();
/** Durable writes and the order of one undisturbed run. The matrix below kills before and after each. */
const WRITES = [
  'evidence merge',
  'evidence intent',
  'begin',
  'evidence effect+verification',
  'evidence proven',
] as const;

describe.skipIf(why !== undefined)(`apply killed by SIGKILL${why ? ` (skipped: ${why})` : ''}`, () => {
  let root: TestRoot;
  let repository: TestRepository;
  let world: ApplyWorld;
  const deb = (name: string, version: string): Deb => debOf(repository.debs, name, version);
  const lock = () =>
    lockOfDebs([deb('pw-app', '1.1'), deb('pw-lib', '1.0')], {
      'pw-lib': { role: 'dependency', approvedBy: 'dependency-of:pw-app' },
    });

  beforeAll(async () => {
    root = buildRoot();
    repository = buildRepository();
    world = await buildApplyWorld(root, repository.debs);
  });
  afterAll(() => {
    world?.remove();
    repository?.remove();
    root?.remove();
  });
  beforeEach(() => {
    world.reset();
    resetRoot(root, [deb('pw-app', '1.0'), deb('pw-slow', '1.0')]);
  });

  it('writes what the matrix kills at', () => {
    expect(world.apply(lock()).writes).toEqual(WRITES);
    ended();
  });

  describe.each(['before', 'after'] as const)('%s', (when) => {
    it.each(WRITES.map((name, i) => [name, i + 1] as const))('the write of %s', (name, write) => {
      expect(world.apply(lock(), { kill: { write, when } }).killed, name).toBe(true);
      const [outcome] = world.apply(lock()).outcomes;
      expect(outcome?.state, outcome?.reason).toBe('patched');
      ended();
      expect(world.apply(lock())).toMatchObject({ outcomes: [{ state: 'patched' }], writes: [] });
    });
  });

  it('finds the apt that it left behind at work, and records what that did', () => {
    const slow = lockOfDebs([deb('pw-slow', '1.1')]);
    expect(world.apply(slow, { killAfterStart: 'pw-slow' }).killed).toBe(true);
    // apt is in the middle of a postinst now, without a parent.
    expect(root.dpkg('pw-slow')).not.toBe('1.1 ii');
    const [outcome] = world.apply(slow).outcomes;
    expect(outcome).toMatchObject({ state: 'patched' });
    expect(root.dpkg('pw-slow')).toBe('1.1 ii');
    expect(root.read('var/log/pw-slow.log')).toBe('configure 1.1\n');
    const entries = world.evidence();
    expect(entries.map((e) => e.type)).toEqual(['merge', 'intent', 'effect', 'verification', 'proven']);
    expect(entries[2]).toMatchObject({ outcome: 'installed' });
  });

  /** Whatever happened: installed by dpkg's word, one postinst, and evidence in which each run began and ended once. */
  function ended(): void {
    expect(root.dpkg('pw-app')).toBe('1.1 ii');
    expect(root.dpkg('pw-lib')).toBe('1.0 ii');
    expect(root.read('var/log/pw-app.log')).toBe('configure 1.0\nconfigure 1.1\n');
    expect(root.inside('dpkg', '--audit')).toBe('');
    const entries = world.evidence();
    expect(verifyRuns(entries.map((entry, index) => ({ entry, index })))).toEqual({ open: [], problems: [] });
    expect(entries.filter((e) => e.type === 'effect' && e.outcome !== 'failed')).toHaveLength(1);
  }
});
