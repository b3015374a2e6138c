import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helperAsset } from '../../src/adapters/host-helper-asset.ts';
import { openSshFleet } from '../../src/adapters/ssh-fleet.ts';
import type { HostOrder } from '../../src/contracts/generated/host-order.ts';
import { observeCollected } from '../../src/observe/collected.ts';
import { BUS, KERNEL } from './support/boots-packages.ts';
import { BOOTS_TOOLS, type BootsWorld, startBootsWorld, UP } from './support/boots-world.ts';
import { buildOrder, carryOut, changeTo, plainFile, stageOrder, untilPhase } from './support/host-orders.ts';
import { whyNoMachines } from './support/nspawn.ts';

const why = await whyNoMachines(BOOTS_TOOLS);
const PROBE: HostOrder['probes'][number] = { id: 'slow', kind: 'command', argv: ['/usr/bin/test', '-e', UP] };
const EPOCH = 5;

describe.skipIf(why !== undefined)(`hosts that boot${why ? ` (skipped: ${why})` : ''}`, () => {
  let world: BootsWorld;
  const measured: string[] = [];

  beforeAll(async () => {
    const from = performance.now();
    world = await startBootsWorld();
    measured.push(`${((performance.now() - from) / 1000).toFixed(1)} until three hosts were up`);
  });
  afterAll(async () => {
    await world?.stop();
    process.stderr.write(`${['seconds:', ...measured].join('\n  ')}\n`);
  });

  const order = (
    asset: string,
    [name, from, to]: readonly [string, string | null, string],
    over: Partial<HostOrder> = {},
  ): HostOrder =>
    buildOrder({
      asset,
      epoch: EPOCH,
      packages: [changeTo(world.file(name, to), from)],
      predecessors: from === null ? [] : [plainFile(world.file(name, from))],
      probes: [PROBE],
      ...over,
    });
  /** Carries it out over ssh. @returns the receipt, the phases met on the way, and how long it took */
  const run = async (o: HostOrder, driver = world.driver(o.asset)) => {
    const from = performance.now();
    const watched = world.phases(o.asset, o.run);
    try {
      const receipt = await carryOut(driver, o, world.files, { boots: true, seconds: 240, every: 300 });
      return {
        receipt,
        phases: watched.stop(),
        seconds: (performance.now() - from) / 1000,
        text: pretty(receipt),
      };
    } finally {
      watched.stop();
    }
  };
  const pretty = (value: unknown) => JSON.stringify(value, null, 1);
  const said = (what: string, seconds: number) => measured.push(`${seconds.toFixed(1)} ${what}`);
  const version = (host: string, name: string) =>
    world.inside(host, 'dpkg-query', '-W', '-f', '${Version} ${db:Status-Abbrev}', name);
  const bootId = (host: string) => world.inside(host, 'cat', '/proc/sys/kernel/random/boot_id');
  /** Over ssh, as `scan` looks at a host. */
  const survey = async (host: string) => {
    const inventory = join(world.fleet.dir, `${host}.txt`);
    writeFileSync(inventory, `${host}\n`);
    const source = { id: 'fleet', inventory, sshConfig: world.fleet.sshConfig };
    const through = { kind: 'ssh', privilege: { kind: 'sudo-python' } } as const;
    const fleet = await openSshFleet({ source, through });
    try {
      return await observeCollected(await fleet.collect(host));
    } finally {
      await fleet.close();
    }
  };

  // Each host its own sequence, side by side: most of the time is waiting.
  describe.concurrent('one', () => {
    it.sequential('a package that wants a reboot, as libc does, gets one, which another boot id proves, and its effect once', async () => {
      const before = await bootId('deb-01');
      const o = order('deb-01', ['pw-boot', '1.0', '1.1'], { reboot: 'if-required', soakSeconds: 2 });
      const { receipt, phases, seconds, text } = await run(o);
      expect(receipt, text).toMatchObject({
        phase: 'kept',
        rebootRequired: false,
        verdict: { kind: 'good' },
      });
      expect(phases.join()).toMatch(/installing,verifying,rebooting,verifying,soaking,kept$/);
      expect(receipt.bootId.before).toBe(before);
      expect(receipt.bootId.now).toBe(await bootId('deb-01'));
      expect(receipt.bootId.now).not.toBe(before);
      expect(await world.inside('deb-01', 'cat', '/var/log/pw-boot.log')).toBe('configure 1.1');
      expect((await world.driver('deb-01').peek()).rebootRequired).toBe(false);
      said('with a reboot that the package wanted', seconds);
    });

    it.sequential('a reboot stays pending where the order forbids it, and everybody says so', async () => {
      const before = await bootId('deb-01');
      const { receipt, text } = await run(order('deb-01', ['pw-boot', '1.1', '1.2']));
      expect(receipt, text).toMatchObject({ phase: 'kept', rebootRequired: true });
      expect(receipt.steps.find((s) => s.step === 'reboot')).toMatchObject({
        outcome: 'skipped',
        detail: 'a reboot is wanted, and the order forbids it',
      });
      expect(await bootId('deb-01')).toBe(before);
      expect((await world.driver('deb-01').peek()).rebootRequired).toBe(true);
      const observation = await survey('deb-01');
      expect(observation).toMatchObject({ rebootRequired: true, facts: { rebootPackages: ['pw-boot'] } });
    });

    it.sequential('a kernel that does not come up after the reboot is no success', async () => {
      const name = `linux-image-${KERNEL}`;
      const running = await world.inside('deb-01', 'uname', '-r');
      const { receipt, phases, seconds, text } = await run(
        order('deb-01', [name, null, '1'], { reboot: 'if-required' }),
      );
      expect(receipt, text).toMatchObject({
        phase: 'restored',
        verdict: { kind: 'bad', check: 'verify', reason: `runs the kernel ${running} and not ${KERNEL}` },
      });
      expect(phases).toContain('rebooting');
      expect(receipt.bootId.now).not.toBe(receipt.bootId.before);
      expect(await version('deb-01', name)).toBe('');
      said('until the wrong kernel was taken back', seconds);
    });

    it.sequential('what may not be restarted wants a reboot even when only its package says that it is old', async () => {
      const { receipt, text } = await run(order('deb-01', ['pw-script', '1.0', '1.1']));
      expect(receipt, text).toMatchObject({ phase: 'kept', rebootRequired: true });
    });

    it.sequential('a boot that nobody ordered is no fault of the new version', async () => {
      const o = order('deb-01', ['pw-plain', '1.0', '1.1'], { soakSeconds: 4 });
      const driver = world.driver('deb-01');
      await stageOrder(driver, o, world.files);
      await driver.begin(o);
      await untilPhase(driver, o, ['soaking']);
      await world.fleet.exec('deb-01', ['systemctl', 'reboot']);
      const receipt = await untilPhase(driver, o, ['kept', 'restored'], { boots: true, seconds: 90 });
      expect(receipt, pretty(receipt)).toMatchObject({ phase: 'kept', verdict: { kind: 'good' } });
      expect(receipt.bootId.now).not.toBe(receipt.bootId.before);
    });

    it.sequential('the helper may be installed by an administrator, and sudo runs exactly that one', async () => {
      const path = '/usr/local/sbin/patchwarden-host';
      const { bytes, digest } = helperAsset();
      const root = world.fleet.root('deb-01');
      const words = readFileSync(join(import.meta.dirname, '../../docs/hosts.md'), 'utf8');
      const rule = /^Cmnd_Alias PATCHWARDEN[\s\S]*?NOPASSWD: PATCHWARDEN\n/m.exec(words)?.[0] ?? '';
      const put = (file: string, content: string | Uint8Array, mode: string) =>
        world.fleet.exec('deb-01', ['sh', '-c', `cat > ${file} && chmod ${mode} ${file}`], {
          input: Buffer.from(content).toString('utf8'),
        });
      await put(path, bytes, '755');
      await put('/etc/sudoers.d/fleet', rule.replaceAll('<hex>', digest.slice(7)), '440');
      expect(readFileSync(join(root, path))).toEqual(Buffer.from(bytes));
      expect((await world.fleet.exec('deb-01', ['visudo', '-c'])).code).toBe(0);

      const driver = world.driver('deb-01', { kind: 'sudo-installed', path });
      const o = order('deb-01', ['pw-plain', '1.1', '1.2']);
      const { receipt, text } = await run(o, driver);
      expect(receipt, text).toMatchObject({ phase: 'kept', verdict: { kind: 'good' } });
      expect(await version('deb-01', 'pw-plain')).toBe('1.2 ii');
      await driver.clean(EPOCH);

      // Nothing else, and no other bytes.
      await expect(world.driver('deb-01').peek()).rejects.toThrow(/sudo/);
      const other = await world.fleet.ssh('deb-01', ['sudo', '-n', path, 'worker', o.run.slice(7)]);
      expect(other.code).not.toBe(0);
      await put(path, `${Buffer.from(bytes).toString('utf8')}# one more line\n`, '755');
      await expect(driver.peek()).rejects.toThrow(/sudo/);
      await expect(driver.begin(order('deb-01', ['pw-plain', '1.2', '1.1']))).rejects.toThrow(/sudo/);
      expect(await version('deb-01', 'pw-plain')).toBe('1.2 ii');
    });
  });

  describe.concurrent('another', () => {
    it.sequential('what may not be restarted and runs a deleted file wants a reboot, and gets one where that is allowed', async () => {
      const exe = async () =>
        world.inside('deb-02', 'sh', '-c', `readlink /proc/$(systemctl show -P MainPID ${BUS})/exe`);
      const never = await run(order('deb-02', ['pw-bus', '1.0', '1.1']));
      expect(never.receipt, never.text).toMatchObject({ phase: 'kept', rebootRequired: true });
      expect(never.receipt.steps.find((s) => s.step === 'verify')?.detail).toContain(BUS);
      expect(await exe()).toBe('/usr/lib/pw-bus/pw-busd (deleted)');
      // Whoever looks at the host afterwards is told, too.
      expect((await world.driver('deb-02').peek()).rebootRequired).toBe(true);
      expect((await survey('deb-02')).rebootRequired).toBe(true);

      const allowed = await run(order('deb-02', ['pw-bus', '1.1', '1.2'], { reboot: 'if-required' }));
      expect(allowed.receipt, allowed.text).toMatchObject({ phase: 'kept', rebootRequired: false });
      expect(allowed.phases).toContain('rebooting');
      expect(await exe()).toBe('/usr/lib/pw-bus/pw-busd');
      expect((await world.driver('deb-02').peek()).rebootRequired).toBe(false);
      said('with a reboot for what may not be restarted', allowed.seconds);
    });

    it.sequential.each([
      ['four seconds after each boot', '1.1'],
      ['at each boot', '1.2'],
    ])('a version that reboots its host %s is taken back in bounded time', async (when, bad) => {
      const before = (await world.inside('deb-02', 'journalctl', '--list-boots')).split('\n').length;
      const o = order('deb-02', ['pw-loop', '1.0', bad], { soakSeconds: 60, probes: [] });
      const { receipt, seconds, text } = await run(o);
      expect(receipt, text).toMatchObject({
        phase: 'restored',
        verdict: { kind: 'bad', check: 'verify', reason: expect.stringMatching(/booted \d times by itself/) },
      });
      expect(await version('deb-02', 'pw-loop')).toBe('1.0 ii');
      expect(await world.inside('deb-02', 'systemctl', 'is-active', 'pw-loop.service')).toBe('active');
      const { quarantined } = await world.driver('deb-02').peek();
      expect(quarantined).toContain(world.file('pw-loop', bad).sha256);
      const calm = await bootId('deb-02');
      const boots = (await world.inside('deb-02', 'journalctl', '--list-boots')).split('\n').length - before;
      await new Promise((resolve) => setTimeout(resolve, 6000));
      expect(await bootId('deb-02')).toBe(calm);
      said(`until a host that rebooted ${when} was well, from the order on, with ${boots} boots`, seconds);
      expect(seconds).toBeLessThan(120);
    });
  });

  describe.concurrent('one with dnf', () => {
    it.sequential('a version lock of dnf holds, whether it keeps a version or keeps one away', async () => {
      const locks = (...argv: string[]) => world.inside('rpm-01', 'dnf', '-q', 'versionlock', ...argv);
      const held = async () => {
        const o = order('rpm-01', ['pw-lock', '1.0-1.el9', '1.1-1.el9'], { family: 'rpm' });
        const { receipt, text } = await run(o);
        expect(receipt, text).toMatchObject({
          phase: 'refused',
          changed: false,
          verdict: { reason: 'held by the host itself: pw-lock' },
        });
        expect(await world.inside('rpm-01', 'rpm', '-q', 'pw-lock')).toBe('pw-lock-1.0-1.el9.noarch');
      };
      await locks('add', 'pw-lock');
      expect(await locks('list')).toBe('pw-lock-0:1.0-1.el9.*');
      await held();
      await locks('clear');
      await locks('exclude', '--raw', 'pw-lock-0:1.1-*');
      await held();
      await locks('clear');
      await locks('add', '--raw', 'pw-lock-1.1');
      const o = order('rpm-01', ['pw-lock', '1.0-1.el9', '1.1-1.el9'], { family: 'rpm' });
      const { receipt, text } = await run(o);
      expect(receipt, text).toMatchObject({ phase: 'kept' });
      expect(await world.inside('rpm-01', 'rpm', '-q', 'pw-lock')).toBe('pw-lock-1.1-1.el9.noarch');
    });
  });
});
