import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeNetworkNamed } from './fleet-network.ts';
import { mustRun, runAsync } from './fleet-run.ts';
import { removeGroups } from './nspawn-cgroup.ts';

const PREFIX = 'patchwarden-machines-';
export const runDirPrefix = (): string => join(tmpdir(), PREFIX);

interface Owner {
  readonly pid: number;
  /** Start of that process in clock ticks: a pid alone may be somebody else's by now. */
  readonly started: string;
  readonly bridge: string | null;
}

const startOf = (pid: number): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')[19];
  } catch {
    return undefined;
  }
};

/** Says whose a run directory is, so that a later run can tell whether it was left behind. */
export function claimRunDir(dir: string, bridge: string | null): void {
  const owner: Owner = { pid: process.pid, started: startOf(process.pid) ?? '', bridge };
  writeFileSync(join(dir, 'owner.json'), JSON.stringify(owner));
}

/** Unmounts all below a run directory, deepest first, and removes it. */
export async function removeRunDir(dir: string): Promise<void> {
  const mounts = (await mustRun(['cat', '/proc/self/mounts']))
    .split('\n')
    .map((l) => l.split(' ')[1] ?? '')
    .filter((path) => path === dir || path.startsWith(`${dir}/`));
  for (const path of mounts.reverse()) await runAsync(['umount', '-l', path]);
  rmSync(dir, { recursive: true, force: true });
}

const INOTIFY = '/proc/sys/fs/inotify/max_user_instances';

/** Twenty systemds of one root user need more than the usual 128; without, units fail at random. */
export function allowManyMachines(): void {
  if (Number(readFileSync(INOTIFY, 'utf8')) < 2048) writeFileSync(INOTIFY, '2048');
}

/** What systemd-nspawn keeps per machine name. */
export function forgetMachine(name: string): void {
  for (const kind of ['propagate', 'unix-export']) {
    const path = join('/run/systemd/nspawn', kind, name);
    if (existsSync(path)) rmdirSync(path);
  }
}

/** Removes fleets whose process is gone: its machines died with it, their mounts and interfaces did not. */
export async function removeLeftovers(): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of readdirSync(tmpdir()).filter((n) => n.startsWith(PREFIX))) {
    const dir = join(tmpdir(), name);
    const file = join(dir, 'owner.json');
    if (!existsSync(file)) continue;
    const owner = JSON.parse(readFileSync(file, 'utf8')) as Owner;
    if (startOf(owner.pid) === owner.started) continue;
    if (owner.bridge !== null) {
      await removeNetworkNamed(owner.bridge);
      removeGroups(`${owner.bridge}-`);
    }
    await removeRunDir(dir);
    removed.push(name);
  }
  return removed;
}
