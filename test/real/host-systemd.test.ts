import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSshChannel } from '../../src/adapters/host-channel-ssh.ts';
import { createHelperDriver } from '../../src/adapters/host-driver-helper.ts';
import { closeSshMasters, openSshControl, sshTarget } from '../../src/adapters/ssh-run.ts';
import type { HostOrder } from '../../src/contracts/generated/host-order.ts';
import type { HostReceipt } from '../../src/contracts/generated/host-receipt.ts';
import type { HostDriver } from '../../src/ports/host-driver.ts';
import { FLEET_TOOLS, type ServiceFleet, startServiceFleet } from './support/fleet-service.ts';
import {
  buildOrder,
  carryOut as carryOutOn,
  changeTo,
  ENDED,
  type PackageFile,
  plainFile,
  stageOrder,
  untilPhase,
} from './support/host-orders.ts';
import { whyNoMachines } from './support/nspawn.ts';
import { rpmFile } from './support/service-package-rpm.ts';

const why = await whyNoMachines(FLEET_TOOLS);
const HEALTH: HostOrder['probes'][number] = {
  id: 'health',
  kind: 'http',
  url: 'http://127.0.0.1:8080/healthz',
};
const CPU = { sampleSeconds: 6, everySeconds: 1, factor: 3, floorCores: 0.15, minSamples: 4 };
const PATIENCE = { seconds: 180, boots: true, every: 500 };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(why !== undefined)(`hosts with systemd, over ssh${why ? ` (skipped: ${why})` : ''}`, () => {
  let rig: ServiceFleet;
  let control: string;
  let files: Readonly<Record<'deb' | 'rpm', readonly PackageFile[]>>;
  const measured: string[] = [];
  const drivers = new Map<string, HostDriver>();

  beforeAll(async () => {
    rig = await startServiceFleet({ debian: 2, dnf: 1, after: 3 });
    await rig.untilServing('1.0');
    control = openSshControl();
    for (const { name } of rig.fleet.hosts) {
      const target = sshTarget({ host: name, configFile: rig.fleet.sshConfig, controlDir: control });
      drivers.set(name, createHelperDriver({ asset: name, channel: createSshChannel({ target }) }));
    }
    const rpms = rig.repository.rpms.map(rpmFile);
    files = { deb: rig.repository.debs, rpm: rpms };
  });
  afterAll(async () => {
    await closeSshMasters(control);
    await rig?.stop();
    process.stderr.write(`${['seconds from the first bad sample to healthy:', ...measured].join('\n  ')}\n`);
  });

  const driver = (host: string): HostDriver => drivers.get(host) as HostDriver;
  const fileOf = (host: string, name: string, version: string): PackageFile => {
    const found = files[host.startsWith('deb') ? 'deb' : 'rpm'].find(
      (f) => f.name === name && (f.version === version || f.version.startsWith(`${version}-`)),
    );
    if (!found) throw new Error(`no ${name} ${version}`);
    return found;
  };
  const orderFor = (host: string, from: string, to: string, over: Partial<HostOrder> = {}): HostOrder => {
    const old = fileOf(host, 'pw-web', from);
    return buildOrder({
      asset: host,
      epoch: 5,
      family: host.startsWith('deb') ? 'deb' : 'rpm',
      packages: [changeTo(fileOf(host, 'pw-web', to), old.version)],
      predecessors: [plainFile(old)],
      probes: [HEALTH],
      soakSeconds: 4,
      ...over,
    });
  };
  const all = () => [...files.deb, ...files.rpm];
  const stage = (host: string, order: HostOrder) => stageOrder(driver(host), order, all());
  const ended = (host: string, run: string) =>
    untilPhase(driver(host), { epoch: 5, run }, ENDED, { ...PATIENCE, done: true });
  const carryOut = (host: string, order: HostOrder) => carryOutOn(driver(host), order, all(), PATIENCE);
  const restored = async (host: string, receipt: HostReceipt, check: string) => {
    expect(receipt, JSON.stringify(receipt, null, 1)).toMatchObject({
      phase: 'restored',
      verdict: { kind: 'bad', check },
    });
    const seconds = receipt.verdict?.secondsToHealthy ?? Number.NaN;
    measured.push(`${seconds.toFixed(1)} ${host} ${check}: ${receipt.verdict?.reason.slice(0, 70)}`);
    expect(seconds).toBeLessThanOrEqual(90);
    const units = await rig.fleet.exec(host, ['ls', '/etc/systemd/system']);
    expect(units.stdout).not.toContain('patchwarden-');
  };

  it('a good version runs, and nothing of ours is left', async () => {
    const receipt = await carryOut('deb-01', orderFor('deb-01', '1.0', '1.1'));
    expect(receipt, JSON.stringify(receipt, null, 1)).toMatchObject({
      phase: 'kept',
      verdict: { kind: 'good' },
    });
    expect(await rig.health('deb-01')).toEqual({ code: 200, version: '1.1' });
    expect((await rig.fleet.exec('deb-01', ['ls', '-A', '/home/patchwarden'])).stdout).not.toContain(
      '.patchwarden-',
    );
    const leftover = await rig.fleet.exec('deb-01', [
      'ls',
      '/etc/systemd/system',
      '/etc/systemd/system/multi-user.target.wants',
    ]);
    expect(leftover.stdout).not.toContain('patchwarden-');
  });

  it.each([
    ['1.3', 'maintainer-script', {}],
    ['1.5', 'probe', { soakSeconds: 60 }],
    ['1.7', 'file', { soakSeconds: 60 }],
    ['1.4', 'cpu', { soakSeconds: 60, cpu: CPU }],
  ] as const)('a bad %s is taken back: %s', async (version, check, over) => {
    const receipt = await carryOut('deb-01', orderFor('deb-01', '1.1', version, over));
    await restored('deb-01', receipt, check);
    expect(await rig.health('deb-01')).toEqual({ code: 200, version: '1.1' });
    expect(await rig.installed('deb-01')).toBe('1.1');
  });

  it('a bad version is taken back while nobody can reach the host', async () => {
    const order = orderFor('deb-02', '1.0', '1.5', { soakSeconds: 60 });
    await stage('deb-02', order);
    await driver('deb-02').begin(order);
    await rig.fleet.cut('deb-02');
    const path = `/var/lib/patchwarden/receipts/${order.run.slice(7)}.json`;
    let phase = '';
    for (let i = 0; i < 240 && phase !== 'restored'; i += 1) {
      const { stdout } = await rig.fleet.exec('deb-02', ['cat', path]);
      phase = (JSON.parse(stdout) as { receipt: HostReceipt }).receipt.phase;
      await pause(500);
    }
    expect(phase).toBe('restored');
    await rig.fleet.mend('deb-02');
    await restored('deb-02', await ended('deb-02', order.run), 'probe');
    expect(await rig.installed('deb-02')).toBe('1.0');
  });

  it('a killed worker is woken by the host itself', async () => {
    const order = orderFor('deb-02', '1.0', '1.1', { soakSeconds: 8 });
    await stage('deb-02', order);
    await driver('deb-02').begin(order);
    let pid = '';
    for (let i = 0; i < 100 && pid === ''; i += 1) {
      await pause(200);
      pid = (await rig.fleet.exec('deb-02', ['pgrep', '-f', `worker ${order.run.slice(7)}`])).stdout.trim();
    }
    await pause(2500);
    await rig.fleet.exec('deb-02', ['kill', '-9', pid]);
    const path = `/var/lib/patchwarden/receipts/${order.run.slice(7)}.json`;
    let phase = '';
    for (let i = 0; i < 120 && phase !== 'kept'; i += 1) {
      await pause(500);
      phase = (JSON.parse((await rig.fleet.exec('deb-02', ['cat', path])).stdout) as { receipt: HostReceipt })
        .receipt.phase;
    }
    expect(phase).toBe('kept');
    const receipt = await ended('deb-02', order.run);
    expect(receipt.steps.map((s) => s.outcome)).toContain('interrupted');
  });

  it('a reboot is made, waited for and proven by another boot id', async () => {
    const order = orderFor('deb-02', '1.1', '1.2', { reboot: 'always' });
    const lib = fileOf('deb-02', 'pw-web-lib', '1.0');
    const packages = [...order.packages, changeTo(lib, null)];
    const receipt = await carryOut('deb-02', { ...order, packages });
    expect(receipt, JSON.stringify(receipt, null, 1)).toMatchObject({ phase: 'kept', rebootRequired: false });
    expect(receipt.bootId.now).not.toBe(receipt.bootId.before);
    expect(receipt.steps.find((s) => s.step === 'reboot' && s.outcome === 'ok')).toBeDefined();
    expect(await rig.health('deb-02')).toEqual({ code: 200, version: '1.2' });
  });

  it('an rpm host does the same by rpm', async () => {
    const good = await carryOut('rpm-01', orderFor('rpm-01', '1.0', '1.1'));
    expect(good, JSON.stringify(good, null, 1)).toMatchObject({ phase: 'kept', verdict: { kind: 'good' } });
    expect(await rig.health('rpm-01')).toEqual({ code: 200, version: '1.1' });
    for (const [version, check] of [
      ['1.3', 'maintainer-script'],
      ['1.5', 'probe'],
    ] as const) {
      await restored(
        'rpm-01',
        await carryOut('rpm-01', orderFor('rpm-01', '1.1', version, { soakSeconds: 30 })),
        check,
      );
      expect(await rig.installed('rpm-01')).toBe('1.1');
      expect(await rig.health('rpm-01')).toEqual({ code: 200, version: '1.1' });
    }
  });
});
