import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { mountOverlay } from './fleet-base.ts';
import { type Background, background, runAsync, waitUntil } from './fleet-run.ts';
import { createGroups, inGroups, removeGroups } from './nspawn-cgroup.ts';

/** What systemd-nspawn exits with when the machine asked for a reboot. */
const REBOOT = 133;

export interface MachineSpec {
  readonly name: string;
  /** A name that no other machine of this computer has. */
  readonly machine: string;
  /** Directory of this machine: upper layer, mount point, log. */
  readonly dir: string;
  /** Read-only layers below, uppermost first. */
  readonly lower: readonly string[];
  /** Name of its network namespace, which has its address already. */
  readonly namespace: string;
  readonly address: string;
  /** Of its processor time, where a process outside has 1. */
  readonly weight: number;
}

/** One real systemd in namespaces of its own: pid, mount, uts, ipc, cgroup, network. */
export interface Machine {
  /** Its root directory as seen from outside. */
  readonly root: string;
  /** Process id of its init, outside; undefined while it is off. */
  readonly leader: () => number | undefined;
  /** Waits until sshd says its name. */
  readonly ready: () => Promise<void>;
  /** Pulls the plug: nothing inside is told. */
  readonly off: () => Promise<void>;
  readonly on: () => void;
  /** Off, disk removed, as new, on. */
  readonly reset: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** Whether something at this address says it is an ssh server. */
const greets = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: address, port: 22, timeout: 2000 });
    const end = (up: boolean) => {
      socket.destroy();
      resolve(up);
    };
    socket.once('data', (bytes) => end(bytes.toString().startsWith('SSH-')));
    for (const sad of ['error', 'timeout', 'end'] as const) socket.once(sad, () => end(false));
  });

/** Readable only from outside: the host's first process is the only child of nspawn. */
function firstChild(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return text === '' ? undefined : Number(text.split(' ')[0]);
  } catch {
    return undefined;
  }
}

/** Makes the disk of a machine and boots it. `prepare` writes what is its own: keys, machine id. */
export async function startMachine(
  spec: MachineSpec,
  prepare: (root: string) => void | Promise<void>,
): Promise<Machine> {
  const { name, machine, dir, lower, namespace, address } = spec;
  const root = join(dir, 'root');
  const upper = join(dir, 'upper');
  const work = join(dir, 'work');
  let running: Background | undefined;
  let wanted = false;

  const format = async () => {
    for (const path of [root, upper, work]) mkdirSync(path, { recursive: true, mode: 0o755 });
    await mountOverlay(root, lower, upper, work);
    writeFileSync(join(root, 'etc/hostname'), `${name}\n`);
    writeFileSync(join(root, 'etc/hosts'), `127.0.0.1 localhost\n${address} ${name}\n`);
    await prepare(root);
  };
  const unformat = async () => {
    for (let i = 0; i < 50; i++) {
      const { code } = await runAsync(['umount', root]);
      if (code === 0) break;
      // Its last processes are being reaped.
      await new Promise((r) => setTimeout(r, 50));
    }
    await runAsync(['umount', '-l', root]);
    for (const path of [upper, work]) rmSync(path, { recursive: true, force: true });
  };
  const boot = () => {
    const log = openSync(join(dir, 'console.log'), 'a');
    const groups = createGroups(machine, spec.weight);
    running = background(
      inGroups(groups, [
        ...[
          'systemd-nspawn',
          '--quiet',
          '--register=no',
          '--keep-unit',
          '--console=pipe',
          '--kill-signal=SIGKILL',
        ],
        ...[
          '--link-journal=no',
          '--resolv-conf=off',
          '--timezone=off',
          `--machine=${machine}`,
          `--hostname=${name}`,
        ],
        ...[`--network-namespace-path=/run/netns/${namespace}`, '--directory', root, '--boot'],
      ]),
      log,
    );
    closeSync(log);
    const mine = running;
    void mine.ended.then((code) => {
      if (wanted && running === mine && code === REBOOT) boot();
    });
  };
  const on = () => {
    wanted = true;
    boot();
  };
  const off = async () => {
    wanted = false;
    const last = running;
    if (!last) return;
    const init = firstChild(last.pid);
    if (init !== undefined) process.kill(init, 'SIGKILL');
    await last.stop();
    running = undefined;
  };

  await format();
  on();
  return {
    root,
    leader: () => (running ? firstChild(running.pid) : undefined),
    ready: async () => {
      await waitUntil(`ssh at ${name}`, 60_000, () => greets(address), 100);
    },
    off,
    on,
    reset: async () => {
      await off();
      await unformat();
      await format();
      on();
    },
    remove: async () => {
      await off();
      await waitUntil(`no process left of ${machine}`, 5000, () => removeGroups(machine), 20);
      await unformat();
    },
  };
}

/** Runs a program inside a machine as root, past its network. */
export const inside = (leader: number, argv: readonly string[]): readonly string[] => [
  ...['nsenter', '--target', String(leader), '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'],
  ...['--root', '--wdns=/', '--', ...argv],
];

/** Why machines cannot run here; undefined when they can. */
export async function whyNoMachines(alsoNeeded: readonly string[] = []): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'needs root for namespaces';
  const tools = ['debootstrap', 'systemd-nspawn', 'nsenter', 'setpriv', 'unshare', 'ip', 'ssh', 'ssh-keygen'];
  const missing: string[] = [];
  for (const tool of [...tools, ...alsoNeeded])
    if ((await runAsync(['which', tool])).code !== 0) missing.push(tool);
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  return readFileSync('/proc/filesystems', 'utf8').includes('overlay') ? undefined : 'needs overlayfs';
}
