import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MOUNT = '/sys/fs/cgroup';
/** cpuset is left out: a new group there has no cores and takes nobody. */
const HIERARCHIES = ['systemd', 'unified', 'cpu', 'cpuacct'];

/** Where groups can be made: the one hierarchy of version 2, or those of version 1 that a machine has use for. */
const roots = (): readonly string[] =>
  existsSync(join(MOUNT, 'cgroup.procs'))
    ? [MOUNT]
    : HIERARCHIES.map((h) => join(MOUNT, h)).filter((d) => existsSync(join(d, 'cgroup.procs')));

/** File of a group that says how much of a busy processor it gets, and what everybody has. */
const SHARES: readonly (readonly [string, number])[] = [
  ['cpu.shares', 1024],
  ['cpu.weight', 100],
];

/**
 * Makes a group per machine. Without, all machines share the group of whoever starts them, each systemd takes
 * `/system.slice/…` for its own, and units fail (status 219/CGROUP) when another machine removes the directory first.
 * @param weight of the whole machine on a busy processor, where a single process outside has 1
 * @returns the directories
 */
export function createGroups(name: string, weight = 1): readonly string[] {
  const dirs = roots().map((root) => join(root, name));
  for (const dir of dirs) {
    mkdirSync(dir, { recursive: true });
    for (const [file, one] of SHARES)
      if (existsSync(join(dir, file))) writeFileSync(join(dir, file), String(Math.round(one * weight)));
  }
  return dirs;
}

/** The command line that puts itself into the groups and then becomes the program. */
export const inGroups = (dirs: readonly string[], argv: readonly string[]): readonly string[] => [
  ...[
    'sh',
    '-c',
    'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit 1; shift; done; shift; exec "$@"',
  ],
  ...['sh', ...dirs, '--', ...argv],
];

/** @returns whether nothing of it is left */
function removeTree(dir: string): boolean {
  for (const entry of readdirSync(dir, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(join(dir, entry.name));
  try {
    rmdirSync(dir);
    return true;
  } catch {
    // Its last process is not reaped yet.
    return false;
  }
}

/** Removes the groups whose name begins so. @returns whether none is left: groups with processes stay */
export function removeGroups(prefix: string): boolean {
  return roots()
    .flatMap((root) =>
      readdirSync(root)
        .filter((n) => n.startsWith(prefix))
        .map((n) => join(root, n)),
    )
    .map(removeTree)
    .every(Boolean);
}
