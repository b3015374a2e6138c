import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyRuns } from '../../src/audit/verify-runs.ts';
import { hold } from '../rollout/world.ts';
import { type ApplyWorld, buildApplyWorld, lockOfDebs } from './support/apply-world.ts';
import { type Deb, debOf } from './support/packages.ts';
import { buildRepository, type TestRepository } from './support/repository.ts';
import { buildRoot, type TestRoot } from './support/root.ts';
import { preinstall, resetRoot } from './support/root-state.ts';
import { run, whyNoRoot } from './support/run.ts';

const why = whyNoRoot();

describe.skipIf(why !== undefined)(`a Debian root with its own apt${why ? ` (skipped: ${why})` : ''}`, () => {
  let root: TestRoot;
  let repository: TestRepository;
  let world: ApplyWorld;
  const deb = (name: string, version: string): Deb => debOf(repository.debs, name, version);
  const APP_AND_LIB = () =>
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
  beforeEach(async () => {
    world.remove();
    world = await buildApplyWorld(root, repository.debs);
    resetRoot(root, [deb('pw-app', '1.0'), deb('pw-broken', '1.0')]);
  });

  it('can have the signed repository as a source, and apt believes it', () => {
    repository.addTo(root);
    expect(root.inside('apt-cache', 'policy', 'pw-app')).toMatch(/Installed: 1\.0\n {2}Candidate: 1\.1\n/);
  });

  it('installs exactly the lock, by the word of dpkg, and a second run does nothing', () => {
    root.inside('apt-mark', 'auto', 'pw-app');
    const first = world.apply(APP_AND_LIB());
    expect(first.outcomes).toMatchObject([{ state: 'patched', code: null }]);
    expect(root.dpkg('pw-app')).toBe('1.1 ii');
    expect(root.dpkg('pw-lib')).toBe('1.0 ii');
    expect(root.read('var/log/pw-app.log')).toBe('configure 1.0\nconfigure 1.1\n');
    // Upgrading from a file keeps the automatic mark; the new dependency gets one.
    expect(root.inside('apt-mark', 'showauto').trim().split('\n')).toEqual(['pw-app', 'pw-lib']);
    expect(existsSync(join(root.dir, 'usr/sbin/policy-rc.d'))).toBe(false);
    expect(readdirSync(join(root.dir, 'var/lib/patchwarden/stage'))).toEqual([]);

    const second = world.apply(APP_AND_LIB());
    expect(second.outcomes).toMatchObject([{ state: 'patched' }]);
    expect(second.writes).toEqual([]);
    expect(root.read('var/log/pw-app.log')).toBe('configure 1.0\nconfigure 1.1\n');

    const entries = world.evidence();
    expect(entries.map((e) => e.type)).toEqual(['merge', 'intent', 'effect', 'verification', 'proven']);
    expect(entries[3]).toMatchObject({ state: 'equal' });
    expect(verifyRuns(entries.map((entry, index) => ({ entry, index })))).toEqual({ open: [], problems: [] });
  });

  it('adds a dependency that only its own apt asks for, when the lock has it', () => {
    const lock = lockOfDebs([deb('pw-app', '1.1'), deb('pw-lib', '1.0')], {
      'pw-lib': { role: 'dependency', approvedBy: 'dependency-of:some-other-package' },
    });
    expect(world.apply(lock).outcomes).toMatchObject([{ state: 'patched' }]);
    expect(root.dpkg('pw-lib')).toBe('1.0 ii');
  });

  it('stops with what is needed when the lock is not closed, and the host is untouched', () => {
    const [outcome] = world.apply(lockOfDebs([deb('pw-app', '1.1')])).outcomes;
    expect(outcome).toMatchObject({ state: 'refused', code: 'host-failed', reason: 'needs: pw-lib' });
    untouched();
  });

  it('refuses a package that was altered in the store', () => {
    const path = world.artifactPath(deb('pw-app', '1.1').sha256);
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const [outcome] = world.apply(APP_AND_LIB()).outcomes;
    expect(outcome).toMatchObject({ state: 'refused', code: 'digest-mismatch' });
    untouched();
  });

  it('names the bytes that the store does not hold', () => {
    rmSync(world.artifactPath(deb('pw-lib', '1.0').sha256));
    const [outcome] = world.apply(APP_AND_LIB()).outcomes;
    expect(outcome).toMatchObject({ state: 'refused', code: 'bytes-missing' });
    expect(outcome?.reason).toContain('pw-lib 1.0');
    untouched();
  });

  it('never downgrades, unless the lock says from where', () => {
    preinstall(root, [deb('pw-lib', '1.0'), deb('pw-app', '1.1')]);
    expect(world.apply(lockOfDebs([deb('pw-app', '1.0')])).outcomes).toMatchObject([{ state: 'equal' }]);
    expect(root.dpkg('pw-app')).toBe('1.1 ii');
    const back = lockOfDebs([deb('pw-app', '1.0')], { 'pw-app': { downgradeFrom: '1.1' } });
    expect(world.apply(back).outcomes).toMatchObject([{ state: 'patched' }]);
    expect(root.dpkg('pw-app')).toBe('1.0 ii');
  });

  it('leaves a package alone that the host itself holds', () => {
    root.inside('apt-mark', 'hold', 'pw-app');
    const [outcome] = world.apply(APP_AND_LIB()).outcomes;
    expect(outcome).toMatchObject({ state: 'untouched', reason: 'held by the host itself: pw-app' });
    root.inside('apt-mark', 'unhold', 'pw-app');
    untouched();
  });

  it('refuses a version on hold', () => {
    const [outcome] = world.apply(APP_AND_LIB(), { holds: [hold('pw-app', '1.1')] }).outcomes;
    expect(outcome).toMatchObject({ state: 'refused', code: 'refused' });
    untouched();
  });

  it('finishes what was left half-configured, as a step of its own', () => {
    const path = join(root.dir, 'tmp/app.deb');
    writeFileSync(path, readFileSync(deb('pw-slow', '1.0').path));
    root.inside('dpkg', '--unpack', '/tmp/app.deb');
    expect(root.dpkg('pw-slow')).toBe('1.0 iU');
    expect(world.apply(APP_AND_LIB()).outcomes).toMatchObject([{ state: 'patched' }]);
    expect(root.dpkg('pw-slow')).toBe('1.0 ii');
    expect(root.dpkg('pw-app')).toBe('1.1 ii');
    const types = world.evidence().map((e) => e.type);
    expect(types.filter((t) => t === 'intent')).toHaveLength(1);
    expect(types.filter((t) => t === 'effect')).toHaveLength(1);
    const [receipt] = readdirSync(join(root.dir, 'var/lib/patchwarden/receipts')).filter((n) =>
      n.endsWith('.json'),
    );
    const { receipt: told } = JSON.parse(root.read(`var/lib/patchwarden/receipts/${receipt}`) ?? '{}');
    const steps = (told.steps as { step: string; outcome: string }[]).map((x) => `${x.step} ${x.outcome}`);
    expect(steps).toContain('mend ok');
    expect(steps.indexOf('mend ok')).toBeLessThan(steps.indexOf('install ok'));
  });

  it('records a failing postinst without a way back, does not try it again, and is cured by a newer lock', () => {
    const broken = lockOfDebs([deb('pw-broken', '1.1')]);
    const [first] = world.apply(broken).outcomes;
    expect(first).toMatchObject({ state: 'unrestored', code: 'halted' });
    expect(first?.reason).toContain('post-installation script');
    expect(root.dpkg('pw-broken')).toBe('1.1 iF');
    expect(existsSync(join(root.dir, 'usr/sbin/policy-rc.d'))).toBe(false);
    const before = world.evidence();
    expect(before.filter((e) => e.type === 'halt')).toMatchObject([
      { scope: { kind: 'package', package: 'pw-broken', version: '1.1' }, by: 'gate' },
    ]);
    expect(world.apply(broken).outcomes).toMatchObject([{ state: 'unrestored', code: 'halted' }]);
    expect(world.evidence()).toHaveLength(before.length);

    const cured = world.apply(lockOfDebs([deb('pw-broken', '1.2')])).outcomes;
    expect(cured, JSON.stringify(cured)).toMatchObject([{ state: 'patched' }]);
    expect(root.dpkg('pw-broken')).toBe('1.2 ii');
  });

  it('writes nothing through a link that the root placed', () => {
    const elsewhere = join(world.dir, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(root.dir, 'var/lib/patchwarden'));
    const [outcome] = world.apply(APP_AND_LIB()).outcomes;
    expect(outcome).toMatchObject({ state: 'unknown', code: 'host-failed' });
    expect(outcome?.reason).toContain('not a directory');
    rmSync(join(root.dir, 'var/lib/patchwarden'));
    untouched();
  });

  it('says that the disk is full before anything', async () => {
    const area = join(root.dir, 'var/lib/patchwarden');
    mkdirSync(area, { mode: 0o700 });
    run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', area]);
    try {
      const [outcome] = world.apply(APP_AND_LIB()).outcomes;
      expect(outcome).toMatchObject({ state: 'refused', code: 'host-failed' });
      expect(outcome?.reason).toMatch(/free/);
    } finally {
      run(['umount', area]);
    }
    untouched();
  });

  function untouched(): void {
    expect(root.dpkg('pw-app')).toBe('1.0 ii');
    expect(root.dpkg('pw-lib')).toBeUndefined();
    expect(root.read('var/log/pw-app.log')).toBe('configure 1.0\n');
    expect(world.evidence().filter((e) => e.type !== 'merge')).toEqual([]);
  }
});
