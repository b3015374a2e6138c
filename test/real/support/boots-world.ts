import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createSshChannel, type HelperPrivilege } from '../../../src/adapters/host-channel-ssh.ts';
import { createHelperDriver } from '../../../src/adapters/host-driver-helper.ts';
import { closeSshMasters, openSshControl, sshTarget } from '../../../src/adapters/ssh-run.ts';
import type { HostReceipt } from '../../../src/contracts/generated/host-receipt.ts';
import type { HostDriver } from '../../../src/ports/host-driver.ts';
import { bootPackages, LOCK_RPMS } from './boots-packages.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { mustRun } from './fleet-run.ts';
import type { PackageFile, Phase } from './host-orders.ts';
import { buildDeb } from './packages.ts';
import { buildRpm, rpmFile } from './service-package-rpm.ts';

/** Programs beside those of the machines themselves. */
export const BOOTS_TOOLS = ['dpkg-deb', 'rpmbuild'];
/** Comes up some seconds after everything else, as a database does. */
export const SLOW = 'slow.service';
export const UP = '/run/slow-is-up';
const SLOW_UNIT = `[Service]
ExecStart=/bin/sh -c 'sleep 5; touch ${UP}; exec sleep infinity'
[Install]
WantedBy=multi-user.target
`;

/** Hosts with version 1.0 of the packages, and drivers for them. */
export interface BootsWorld {
  readonly fleet: Fleet;
  readonly files: readonly PackageFile[];
  readonly file: (name: string, version: string) => PackageFile;
  readonly driver: (host: string, privilege?: HelperPrivilege) => HostDriver;
  /** What the host wrote down itself, seen from outside while it boots. */
  readonly onDisk: (host: string, run: string) => HostReceipt | undefined;
  /** The phases that are met until `stop` is called, in their order. */
  readonly phases: (host: string, run: string) => { readonly stop: () => readonly Phase[] };
  /** Stdout of a program inside, without the end of the line. */
  readonly inside: (host: string, ...argv: string[]) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export async function startBootsWorld(): Promise<BootsWorld> {
  const dir = mkdtempSync(join(tmpdir(), 'patchwarden-boots-'));
  const debs = (await bootPackages()).map((spec) => buildDeb(dir, spec));
  const rpms: PackageFile[] = [];
  for (const spec of LOCK_RPMS) rpms.push(rpmFile(await buildRpm(dir, spec)));
  const files = [...debs, ...rpms];
  const control = openSshControl();
  const first = (kind: 'debian' | 'dnf') =>
    (kind === 'debian' ? debs : rpms).filter((f) => /^1\.0(-|$)/.test(f.version)).map((f) => f.path);
  const prepare = async (root: string, kind: 'debian' | 'dnf') => {
    const units = join(root, 'etc/systemd/system');
    writeFileSync(join(units, SLOW), SLOW_UNIT);
    mkdirSync(join(units, 'multi-user.target.wants'), { recursive: true });
    await mustRun(['ln', '-s', `../${SLOW}`, join(units, 'multi-user.target.wants', SLOW)]);
    const inside = first(kind).map((path) => join('/tmp', basename(path)));
    for (const [i, path] of first(kind).entries()) copyFileSync(path, join(root, inside[i] ?? ''));
    const install = kind === 'debian' ? ['dpkg', '-i'] : ['rpm', '-i', '--force-debian'];
    await mustRun(['chroot', root, ...install, ...inside]);
    for (const path of inside) rmSync(join(root, path));
  };
  const fleet = await startFleet({ debian: 2, dnf: 1, prepare }).catch(async (error: unknown) => {
    rmSync(dir, { recursive: true, force: true });
    await closeSshMasters(control);
    throw error;
  });
  // No host is changed before its probes are good.
  const untilUp = ['timeout', '60', 'sh', '-c', `until test -e ${UP}; do sleep 0.2; done`];
  await Promise.all(fleet.hosts.map(({ name }) => fleet.exec(name, untilUp)));
  const onDisk: BootsWorld['onDisk'] = (host, run) => {
    const path = join(fleet.root(host), 'var/lib/patchwarden/receipts', `${run.slice(7)}.json`);
    if (!existsSync(path)) return undefined;
    return (JSON.parse(readFileSync(path, 'utf8')) as { receipt: HostReceipt }).receipt;
  };
  return {
    fleet,
    files,
    file: (name, version) => {
      const found = files.find((f) => f.name === name && f.version === version);
      if (!found) throw new Error(`no ${name} ${version} was built`);
      return found;
    },
    driver: (host, privilege = { kind: 'sudo-python' }) => {
      const target = sshTarget({ host, configFile: fleet.sshConfig, controlDir: control });
      return createHelperDriver({ asset: host, channel: createSshChannel({ target, privilege }) });
    },
    onDisk,
    phases: (host, run) => {
      const met: Phase[] = [];
      const look = () => {
        const phase = onDisk(host, run)?.phase;
        if (phase !== undefined && phase !== met.at(-1)) met.push(phase);
      };
      const timer = setInterval(look, 20);
      return {
        stop: () => {
          clearInterval(timer);
          look();
          return met;
        },
      };
    },
    inside: async (host, ...argv) => (await fleet.exec(host, argv)).stdout.trim(),
    stop: async () => {
      await closeSshMasters(control);
      await fleet.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
