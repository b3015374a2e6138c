import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLocalChannel } from '../../src/adapters/host-channel-local.ts';
import { createHelperDriver } from '../../src/adapters/host-driver-helper.ts';
import type { HostReceipt } from '../../src/contracts/generated/host-receipt.ts';
import { BAD_PACKAGES, buildHostWorld, forgetRuns, type HostWorld, PROBE } from './support/host-world.ts';
import { type Deb, debOf, STANDARD } from './support/packages.ts';
import { buildRepository, type TestRepository } from './support/repository.ts';
import { buildRoot, type TestRoot } from './support/root.ts';
import { resetRoot } from './support/root-state.ts';
import { run, whyNoRoot } from './support/run.ts';

const why = whyNoRoot();
const CPU = { sampleSeconds: 6, everySeconds: 1, factor: 3, floorCores: 0.2, minSamples: 4 };

describe.skipIf(why !== undefined)(`a host that carries out orders${why ? ` (skipped: ${why})` : ''}`, () => {
  let root: TestRoot;
  let repository: TestRepository;
  let world: HostWorld;
  const measured: string[] = [];
  const deb = (name: string, version: string): Deb => debOf(repository.debs, name, version);
  const begun = (...names: string[]) =>
    resetRoot(
      root,
      names.map((n) => deb(n, '1.0')),
    );

  beforeAll(() => {
    root = buildRoot();
    repository = buildRepository({ packages: [...STANDARD, ...BAD_PACKAGES] });
    world = buildHostWorld(root, repository.debs);
  });
  beforeEach(() => begun('pw-app'));
  afterAll(() => {
    repository?.remove();
    root?.remove();
    process.stderr.write(`${['seconds from the first bad sample to healthy:', ...measured].join('\n  ')}\n`);
  });

  const app = () => [deb('pw-app', '1.1'), deb('pw-lib', '1.0')];
  const restored = (receipt: HostReceipt, check: string) => {
    expect(receipt, receipt.verdict?.reason).toMatchObject({
      phase: 'restored',
      worker: 'done',
      verdict: { kind: 'bad', check },
    });
    const seconds = receipt.verdict?.secondsToHealthy ?? Number.NaN;
    measured.push(`${seconds.toFixed(1)} ${check}: ${receipt.verdict?.reason.slice(0, 70)}`);
    expect(seconds).toBeLessThanOrEqual(90);
    expect(root.inside('dpkg', '--audit')).toBe('');
    expect(existsSync(join(root.dir, 'usr/sbin/policy-rc.d'))).toBe(false);
  };
  const untouched = () => {
    expect(root.dpkg('pw-app')).toBe('1.0 ii');
    expect(root.dpkg('pw-lib')).toBeUndefined();
    expect(root.read('var/log/pw-app.log')).toBe('configure 1.0\n');
  };

  describe('a good version', () => {
    it('is installed with its new dependency, exactly once', async () => {
      root.inside('apt-mark', 'auto', 'pw-app');
      const order = world.order(app());
      await world.stage(order);
      expect(await world.driver.simulate(7, order)).toEqual({
        installs: ['pw-app=1.1', 'pw-lib=1.0'],
        removes: [],
        needs: [],
        problem: null,
      });
      const receipt = await world.carryOut(order);
      expect(receipt, receipt.verdict?.reason).toMatchObject({
        phase: 'kept',
        worker: 'done',
        restorePoint: 'package',
        changed: true,
        verdict: { kind: 'good' },
      });
      expect(root.dpkg('pw-app')).toBe('1.1 ii');
      expect(root.dpkg('pw-lib')).toBe('1.0 ii');
      // Upgrading from a file keeps the automatic mark; the new dependency gets one.
      expect(root.inside('apt-mark', 'showauto').trim().split('\n')).toEqual(['pw-app', 'pw-lib']);
      expect(existsSync(join(root.dir, 'usr/sbin/policy-rc.d'))).toBe(false);

      expect(await world.driver.begin(order)).toEqual(receipt);
      expect(root.read('var/log/pw-app.log')).toBe('configure 1.0\nconfigure 1.1\n');
      await world.driver.clean(7);
      expect((await world.driver.peek()).staged).toEqual([]);
    });

    it('keeps what a person changed in a conffile', async () => {
      begun('pw-conf');
      writeFileSync(join(root.dir, 'etc/pw-conf.conf'), 'by hand\n');
      expect(await world.carryOut(world.order([deb('pw-conf', '1.1')]))).toMatchObject({ phase: 'kept' });
      expect(root.read('etc/pw-conf.conf')).toBe('by hand\n');
      expect(root.read('usr/lib/pw-conf/code')).toBe('new\n');
    });

    it('is taken back on request while the host still watches, and afterwards', async () => {
      root.inside('apt-mark', 'auto', 'pw-app');
      for (const watchSeconds of [600, 0]) {
        const order = world.order(app(), { watchSeconds });
        await world.stage(order);
        await world.driver.begin(order);
        await world.until(order.run, ['kept']);
        await world.driver.restore(7, order.run, 'the rollout was halted');
        const receipt = await world.until(order.run, ['restored'], 90, true);
        expect(receipt).toMatchObject({ worker: 'done', verdict: { kind: 'good', check: 'order' } });
        expect(root.dpkg('pw-app')).toBe('1.0 ii');
        expect(root.dpkg('pw-lib')).toBeUndefined();
        expect(root.inside('apt-mark', 'showauto').trim()).toBe('pw-app');
        expect((await world.driver.peek()).quarantined).toEqual([]);
      }
    });

    it('is replaced by a newer order although the host still watches', async () => {
      begun('pw-app', 'pw-slow');
      const first = world.order(app(), { watchSeconds: 3600 });
      await world.stage(first);
      await world.driver.begin(first);
      await world.until(first.run, ['kept']);
      const second = await world.carryOut(world.order([deb('pw-slow', '1.1')]));
      expect(second.phase).toBe('kept');
      expect(await world.driver.receipt(7, first.run)).toMatchObject({ phase: 'kept', worker: 'done' });
    });
  });

  it('goes back to an older version where the order says so', async () => {
    await world.carryOut(world.order(app()));
    const down = world.order([deb('pw-app', '1.0')]);
    const packages = down.packages.map((p) => ({ ...p, downgrade: true }));
    expect(await world.carryOut({ ...down, packages })).toMatchObject({ phase: 'kept' });
    expect(root.dpkg('pw-app')).toBe('1.0 ii');
  });

  it('fetches a file itself where the order has its address, and believes only the digest', async () => {
    const bytes = readFileSync(deb('pw-app', '1.1').path);
    const server = createServer((request, response) => {
      response.end(request.url === '/good.deb' ? bytes : Buffer.alloc(bytes.length));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const [file] = world.order(app()).packages;
      if (file === undefined) throw new Error('an empty order');
      const never = () => Promise.reject(new Error('asked for bytes'));
      const other = world.driver.stage(7, { ...file, url: `${url}/other.deb` }, never);
      await expect(other).rejects.toMatchObject({ code: 'digest-mismatch' });
      expect((await world.driver.peek()).staged).toEqual([]);
      await world.driver.stage(7, { ...file, url: `${url}/good.deb` }, never);
      expect((await world.driver.peek()).staged).toEqual([file.sha256]);
    } finally {
      server.close();
    }
  });

  it('is no host when the directory is no root', async () => {
    const driver = createHelperDriver({ asset: 'web-1', channel: createLocalChannel({ root: '/proc' }) });
    await expect(driver.peek()).rejects.toMatchObject({ code: 'host-failed' });
  });

  describe('a bad version', () => {
    it('with a failing postinst is taken back, and these bytes are not tried again', async () => {
      begun('pw-broken');
      restored(await world.carryOut(world.order([deb('pw-broken', '1.1')])), 'maintainer-script');
      expect(root.dpkg('pw-broken')).toBe('1.0 ii');
      expect((await world.driver.peek()).quarantined).toEqual([deb('pw-broken', '1.1').sha256]);
      const again = await world.driver.begin(world.order([deb('pw-broken', '1.1')]));
      expect(again).toMatchObject({ phase: 'refused', verdict: { check: 'order' } });
      expect(again.verdict?.reason).toContain('went bad here before');
      expect(await world.carryOut(world.order([deb('pw-broken', '1.2')]))).toMatchObject({ phase: 'kept' });
    });

    it('whose new dependency fails is taken back, and the dependency is gone', async () => {
      begun('pw-fights');
      const order = world.order([deb('pw-fights', '1.1'), deb('pw-rival', '1.0')]);
      restored(await world.carryOut(order), 'maintainer-script');
      expect(root.dpkg('pw-fights')).toBe('1.0 ii');
      expect(root.dpkg('pw-rival')).toBeUndefined();
      expect((await world.driver.peek()).quarantined).toEqual([deb('pw-rival', '1.0').sha256]);
    });

    it('whose postinst never ends is ended and taken back', async () => {
      begun('pw-hang');
      restored(
        await world.carryOut(world.order([deb('pw-hang', '1.1')], { installSeconds: 6 })),
        'maintainer-script',
      );
      expect(root.dpkg('pw-hang')).toBe('1.0 ii');
    });

    it('that fails its probe is taken back', async () => {
      begun('pw-probe');
      const order = world.order([deb('pw-probe', '1.1')], { probes: [PROBE], soakSeconds: 30 });
      restored(await world.carryOut(order), 'probe');
      expect(root.dpkg('pw-probe')).toBe('1.0 ii');
    });

    it('that fails its probe only while the host watches is taken back', async () => {
      begun('pw-conf');
      const probe = {
        ...PROBE,
        kind: 'command' as const,
        argv: ['/usr/bin/test', '!', '-e', '/run/pw-conf-is-bad'],
      };
      const order = world.order([deb('pw-conf', '1.1')], {
        probes: [probe],
        soakSeconds: 1,
        watchSeconds: 600,
      });
      await world.stage(order);
      await world.driver.begin(order);
      await world.until(order.run, ['kept']);
      root.inside('touch', '/run/pw-conf-is-bad');
      await world.until(order.run, ['restoring']);
      rmSync(join(root.dir, 'run/pw-conf-is-bad'));
      restored(await world.until(order.run, ['restored'], 90, true), 'probe');
      expect(root.read('etc/pw-conf.conf')).toBe('old default\n');
      expect(root.read('usr/lib/pw-conf/code')).toBe('old\n');
      expect(existsSync(join(root.dir, 'etc/pw-conf.extra'))).toBe(false);
    });

    it('that burns CPU is taken back', async () => {
      begun('pw-burn');
      const order = world.order([deb('pw-burn', '1.1')], { cpu: CPU, soakSeconds: 60 });
      expect(await world.driver.sample(7, order)).toMatchObject({ samples: 0 });
      restored(await world.carryOut(order), 'cpu');
      expect(root.dpkg('pw-burn')).toBe('1.0 ii');
    });

    it('with a file that is neither old nor new is taken back', async () => {
      begun('pw-alter');
      restored(await world.carryOut(world.order([deb('pw-alter', '1.1')])), 'file');
      expect(root.read('usr/lib/pw-alter/code')).toBe('old\n');
    });

    it('with a file altered during the soak is taken back, conffile and all', async () => {
      begun('pw-conf');
      const order = world.order([deb('pw-conf', '1.1')], { soakSeconds: 60 });
      await world.stage(order);
      await world.driver.begin(order);
      await world.until(order.run, ['soaking']);
      writeFileSync(join(root.dir, 'etc/pw-conf.conf'), 'somebody was here\n');
      restored(await world.until(order.run, ['restored'], 90, true), 'file');
      expect(root.read('etc/pw-conf.conf')).toBe('old default\n');
      const replaced = join(world.area, 'restore', order.run.slice(7), 'replaced/etc%pw-conf.conf');
      expect(readFileSync(replaced, 'utf8')).toBe('somebody was here\n');
    });

    it('without a way back is left, in so many words', async () => {
      begun('pw-broken');
      const order = world.order([deb('pw-broken', '1.1')], { restore: 'none', predecessors: [] });
      const receipt = await world.carryOut(order);
      expect(receipt).toMatchObject({ phase: 'unrestored', restorePoint: 'none', verdict: { kind: 'bad' } });
      expect(receipt.verdict?.reason).toContain('no restore point');
    });
  });

  describe('an order that is not carried out', () => {
    const refused = async (order: ReturnType<HostWorld['order']>, words: string | RegExp) => {
      const receipt = await world.carryOut(order);
      expect(receipt).toMatchObject({ phase: 'refused', changed: false, worker: 'done' });
      expect(receipt.verdict?.reason).toMatch(words);
      untouched();
    };

    it('has a lower epoch than the host has seen', async () => {
      await world.driver.status(9);
      const order = world.order(app());
      await expect(world.driver.status(8)).rejects.toMatchObject({ code: 'lease-lost' });
      await expect(world.driver.begin(order)).rejects.toMatchObject({ code: 'lease-lost' });
      await expect(world.driver.receipt(8, order.run)).rejects.toMatchObject({ code: 'lease-lost' });
      await expect(world.driver.clean(8)).rejects.toMatchObject({ code: 'lease-lost' });
      expect((await world.driver.peek()).epoch).toBe(9);
      untouched();
    });

    it('was carried out before, even when its receipt is gone', async () => {
      const order = world.order(app());
      await world.carryOut(order);
      rmSync(join(world.area, 'receipts', `${order.run.slice(7)}.json`));
      const again = await world.driver.begin(order);
      expect(again).toMatchObject({ phase: 'refused' });
      expect(again.verdict?.reason).toContain('executed here before');
      await expect(world.driver.begin({ ...order, plan: order.lock })).resolves.toMatchObject({
        phase: 'refused',
      });
    });

    it('comes while another run is open', async () => {
      begun('pw-app', 'pw-slow');
      const slow = world.order([deb('pw-slow', '1.1')]);
      await world.stage(slow);
      await world.driver.begin(slow);
      const order = world.order(app());
      const second = await world.driver.begin(order);
      expect(second).toMatchObject({ phase: 'refused', run: order.run });
      expect(second.verdict?.reason).toContain(slow.run);
      await world.until(slow.run, ['kept'], 90, true);
      expect(await world.driver.receipt(7, order.run)).toBeUndefined();
    });

    it('comes late, or from a clock that is off', async () => {
      const late = await world.driver.begin(world.order(app(), { startBefore: '2024-01-01T00:00:00Z' }));
      expect(late.verdict?.reason).toContain('window');
      const skewed = await world.driver.begin(world.order(app(), { now: '2024-01-01T01:00:00+01:00' }));
      expect(skewed.verdict?.reason).toContain('clocks');
      untouched();
    });

    it('was made for another version', async () => {
      const order = world.order(app());
      const packages = order.packages.map((p) => (p.from === null ? p : { ...p, from: '0.9' }));
      await refused({ ...order, packages }, 'pw-app is 1.0 here, and the order was made for 0.9');
    });

    it('meets a package on hold', async () => {
      root.inside('apt-mark', 'hold', 'pw-app');
      const receipt = await world.carryOut(world.order(app()));
      root.inside('apt-mark', 'unhold', 'pw-app');
      expect(receipt).toMatchObject({
        phase: 'refused',
        verdict: { reason: 'held by the host itself: pw-app' },
      });
      untouched();
    });

    it('is not closed', async () => {
      await refused(world.order([deb('pw-app', '1.1')]), /^needs: pw-lib$/);
    });

    it('has no predecessor for the way back', async () => {
      await refused(world.order(app(), { predecessors: [] }), 'there would be no way back');
    });

    it('asks for a snapshot where there is none', async () => {
      await refused(world.order(app(), { restore: 'snapshot' }), 'no snapshot');
    });

    it('meets a host that is not healthy', async () => {
      await refused(world.order(app(), { probes: [PROBE] }), 'not healthy before the change: probe health');
    });

    it('has staged bytes that were altered', async () => {
      const order = world.order(app());
      await world.stage(order);
      const folder = join(world.area, 'stage', deb('pw-lib', '1.0').sha256);
      writeFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'something else');
      await expect(world.driver.simulate(7, order)).rejects.toMatchObject({ code: 'digest-mismatch' });
      await world.driver.begin(order);
      const receipt = await world.until(order.run, ['refused']);
      expect(receipt.verdict?.reason).toContain('altered after they were staged');
      const other = new Uint8Array(deb('pw-lib', '1.0').size);
      const [, lib] = order.packages;
      if (lib)
        await expect(world.driver.stage(7, lib, async () => other)).rejects.toMatchObject({
          code: 'digest-mismatch',
        });
      untouched();
    });

    it('names a package that is no word', async () => {
      const order = world.order(app());
      const packages = order.packages.map((p) => ({ ...p, name: '../../etc/cron.d/x' }));
      await expect(world.driver.begin({ ...order, packages })).rejects.toMatchObject({
        code: 'bad-document',
      });
      untouched();
    });

    it('would be written through a link that the root placed', async () => {
      forgetRuns(world);
      symlinkSync('/tmp', join(root.dir, 'var/lib/patchwarden'));
      await expect(world.driver.status(7)).rejects.toMatchObject({
        code: 'host-failed',
        message: expect.stringContaining('not a directory'),
      });
      rmSync(join(root.dir, 'var/lib/patchwarden'));
    });

    it('finds the disk full, and leaves no part', async () => {
      mkdirSync(world.area, { mode: 0o700 });
      run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', world.area]);
      try {
        const order = world.order(app());
        const [first] = order.packages;
        if (first)
          await expect(
            world.driver.stage(7, first, async () => readFileSync(deb('pw-app', '1.1').path)),
          ).rejects.toMatchObject({
            code: 'host-failed',
            message: expect.stringContaining('the disk is full'),
          });
        expect((await world.driver.peek()).staged).toEqual([]);
      } finally {
        run(['umount', world.area]);
      }
      untouched();
    });
  });

  it('finishes what was left half-configured, as a step of its own', async () => {
    writeFileSync(join(root.dir, 'tmp/slow.deb'), readFileSync(deb('pw-slow', '1.0').path));
    root.inside('dpkg', '--unpack', '/tmp/slow.deb');
    expect((await world.driver.peek()).interrupted).toBe(true);
    const receipt = await world.carryOut(world.order(app()));
    expect(receipt, receipt.verdict?.reason).toMatchObject({ phase: 'kept' });
    expect(receipt.steps.find((s) => s.step === 'mend')).toMatchObject({ outcome: 'ok' });
    expect(root.dpkg('pw-slow')).toBe('1.0 ii');
  });

  it('waits for whoever holds the lock of dpkg, and leaves the lock alone', async () => {
    const lock = join(root.dir, 'var/lib/dpkg/lock-frontend');
    const order = world.order(app());
    await world.stage(order);
    const hold = `import fcntl, time\nf = open(${JSON.stringify(lock)}, "w")\nfcntl.lockf(f, fcntl.LOCK_EX)\nprint(1, flush=True)\ntime.sleep(8)\n`;
    const holder = spawn('python3', ['-c', hold], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    expect((await world.driver.peek()).busy).toContain('lock-frontend');
    await world.driver.begin(order);
    const receipt = await world.until(order.run, ['kept'], 90, true);
    expect(receipt).toMatchObject({ phase: 'kept' });
    expect(receipt.steps.find((s) => s.step === 'precheck')?.seconds).toBeGreaterThan(1);
    expect(existsSync(lock)).toBe(true);
  });
});
