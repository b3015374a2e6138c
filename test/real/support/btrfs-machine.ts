import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostChannel } from '../../../src/adapters/host-channel.ts';
import { helperAsset } from '../../../src/adapters/host-helper-asset.ts';
import { runProcess } from '../../../src/adapters/process.ts';
import { PatchwardenError } from '../../../src/domain/errors.ts';
import { baseLayers } from './fleet-base.ts';
import { type Background, background, mustRun, type Ran, runAsync, waitUntil } from './fleet-run.ts';
import { inside, whyNoMachines } from './nspawn.ts';
import { createGroups, inGroups, removeGroups } from './nspawn-cgroup.ts';

/** What systemd-nspawn exits with when the machine asked for a reboot. */
const REBOOT = 133;
const HELPER = '/usr/local/sbin/patchwarden-host';

/** A real systemd whose root is the default subvolume of a btrfs file system of its own, mounted anew at each boot. */
export interface BtrfsMachine {
  readonly channel: HostChannel;
  /** Runs a program inside, as root. */
  readonly exec: (...argv: string[]) => Promise<Ran>;
  /** Path of the subvolume that is its root now, from the top of the file system. */
  readonly root: () => Promise<string>;
  /** Paths of all subvolumes, from the top of the file system, sorted. */
  readonly subvolumes: () => Promise<readonly string[]>;
  /** From now on boots take this subvolume, whatever the default is. */
  readonly pin: (subvolume: string) => void;
  /** How often it came up. */
  readonly boots: () => number;
  /** When it was switched off and on last, as instants, and what its boot took by its own word. */
  readonly lastBoot: () => Promise<string>;
  readonly remove: () => Promise<void>;
}

export async function whyNoBtrfs(): Promise<string | undefined> {
  const why = await whyNoMachines(['mkfs.btrfs', 'btrfs', 'losetup', 'ldd']);
  if (why !== undefined) return why;
  return readFileSync('/proc/filesystems', 'utf8').includes('btrfs')
    ? undefined
    : 'needs btrfs in the kernel';
}

/** The program for snapshots, with the libraries that the base lacks. */
async function addBtrfs(root: string): Promise<void> {
  const program = (await mustRun(['which', 'btrfs'])).trim();
  await mustRun(['cp', '-L', program, join(root, 'usr/bin/btrfs')]);
  const libraries = [...(await mustRun(['ldd', program])).matchAll(/=> (\/\S+)/g)].map(
    ([, path]) => path ?? '',
  );
  for (const path of libraries) await runAsync(['cp', '-L', '--no-clobber', path, join(root, path)]);
}

/** @param prepare writes what is its own into the root, before the first boot */
export async function startBtrfsMachine(
  prepare: (root: string) => void | Promise<void>,
): Promise<BtrfsMachine> {
  const dir = mkdtempSync(join(tmpdir(), 'patchwarden-btrfs-'));
  const machine = `pwbtrfs${process.pid}`;
  const mount = join(dir, 'root');
  const image = join(dir, 'disk.img');
  mkdirSync(mount);
  await mustRun(['truncate', '-s', '4G', image]);
  await mustRun(['mkfs.btrfs', '-q', image]);
  const device = (await mustRun(['losetup', '--find', '--show', image])).trim();
  let running: Background | undefined;
  let wanted = true;
  let boots = 0;
  let lastOff = '';
  let lastOn = '';
  let pinned: readonly string[] = [];

  const mounted = async (options: readonly string[], act: () => Promise<void>) => {
    await mustRun(['mount', ...options, device, mount]);
    try {
      await act();
    } finally {
      await mustRun(['umount', mount]);
    }
  };
  await mounted([], async () => {
    const root = join(mount, 'system');
    await mustRun(['btrfs', 'subvolume', 'create', root]);
    for (const layer of await baseLayers('debian')) await mustRun(['cp', '-a', `${layer}/.`, root]);
    await addBtrfs(root);
    writeFileSync(join(root, HELPER), helperAsset().bytes, { mode: 0o755 });
    writeFileSync(join(root, 'etc/hostname'), 'btrfs-1\n');
    await prepare(root);
    await mustRun(['btrfs', 'subvolume', 'set-default', root]);
  });

  /** As a boot loader does that names no subvolume: what is the default now becomes the root. */
  const boot = async () => {
    await mustRun(['mount', ...pinned, device, mount]);
    const log = openSync(join(dir, 'console.log'), 'a');
    const nspawn = [
      ...['systemd-nspawn', '--quiet', '--register=no', '--keep-unit', '--console=pipe'],
      ...['--kill-signal=SIGKILL', '--link-journal=no', '--resolv-conf=off', '--timezone=off'],
      ...[`--machine=${machine}`, '--private-network', `--bind=${device}`, '--directory', mount, '--boot'],
    ];
    running = background(inGroups(createGroups(machine), nspawn), log);
    closeSync(log);
    boots += 1;
    lastOn = new Date().toISOString().slice(11, 21);
    void running.ended.then(async (code) => {
      lastOff = new Date().toISOString().slice(11, 21);
      await waitUntil(
        'the root is unmounted',
        10_000,
        async () => (await runAsync(['umount', mount])).code === 0,
      );
      if (wanted && code === REBOOT) await boot();
    });
  };
  const leader = (): number | undefined => {
    try {
      const pid = running?.pid ?? 0;
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
      return children === '' ? undefined : Number(children.split(' ')[0]);
    } catch {
      return undefined;
    }
  };
  const argv = (words: readonly string[]) => {
    const pid = leader();
    if (pid === undefined) throw new PatchwardenError('host-failed', 'the machine is off');
    return inside(pid, words);
  };
  const exec = async (...words: string[]) => runAsync(argv(words));
  await boot();
  await waitUntil('the machine is up', 60_000, async () => {
    if (leader() === undefined) return false;
    return /running|degraded/.test((await exec('systemctl', 'is-system-running')).stdout);
  });
  return {
    channel: {
      helper: helperAsset().digest,
      async call({ verb, request, payload, timeoutMs }) {
        const input = Buffer.concat([
          Buffer.from(`${request}${payload ? '\n' : ''}`),
          payload ?? new Uint8Array(),
        ]);
        const words = argv(['/usr/bin/python3', '-I', HELPER, verb]);
        const ended = await runProcess(words, { input, timeoutMs, maxBytes: 4 << 20, cwd: '/' });
        if (ended.kind === 'exited' && ended.code === 0) return Buffer.from(ended.stdout);
        throw new PatchwardenError('host-failed', `btrfs-1: ${JSON.stringify(ended).slice(0, 500)}`);
      },
    },
    exec,
    root: async () =>
      / (\/\S*) \/ /.exec((await exec('grep', '-m1', ' / ', '/proc/self/mountinfo')).stdout)?.[1] ?? '',
    subvolumes: async () =>
      [...(await exec('btrfs', 'subvolume', 'list', '/')).stdout.matchAll(/ path (.+)$/gm)]
        .map(([, path]) => path ?? '')
        .sort(),
    pin: (subvolume) => {
      pinned = ['-o', `subvol=${subvolume}`];
    },
    boots: () => boots,
    lastBoot: async () =>
      `off ${lastOff}, on ${lastOn}, ${(await exec('systemd-analyze', 'time')).stdout.split('\n')[0] ?? ''}`,
    remove: async () => {
      wanted = false;
      const pid = leader();
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      await running?.stop();
      await waitUntil('no group left', 5000, () => removeGroups(machine));
      await waitUntil(
        'unmounted',
        10_000,
        async () => (await runAsync(['mountpoint', '-q', mount])).code !== 0,
      );
      await mustRun(['losetup', '--detach', device]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
