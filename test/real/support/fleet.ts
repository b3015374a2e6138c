import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseLayers, mountOverlay } from './fleet-base.ts';
import {
  allowManyMachines,
  claimRunDir,
  forgetMachine,
  removeLeftovers,
  removeRunDir,
  runDirPrefix,
} from './fleet-leftovers.ts';
import { createNetwork, type FleetNetwork } from './fleet-network.ts';
import { inParallel, mustRun, type Ran, type RunAsyncOptions, runAsync, waitUntil } from './fleet-run.ts';
import { createSsh } from './fleet-ssh.ts';
import { inside, type Machine, startMachine } from './nspawn.ts';

export type HostKind = 'debian' | 'dnf';

/** A host of the fleet, with the labels a policy selects by. */
export interface FleetHost {
  readonly name: string;
  readonly address: string;
  readonly kind: HostKind;
  readonly ring: 'canary' | 'early' | 'main';
  readonly zone: 'a' | 'b' | 'c';
}

export interface FleetOptions {
  readonly debian?: number;
  readonly dnf?: number;
  /** Puts on the disk of every host of a kind what they start with; `gateway` is this machine's address for them. */
  readonly prepare?: (root: string, kind: HostKind, gateway: string) => void | Promise<void>;
  /** Lines of sudoers for the user `patchwarden`, in place of the scoped one. */
  readonly sudoers?: string;
  /** How much of a busy processor each host gets, where a process of this machine has 1 (default). */
  readonly weight?: number;
}

/** Real-systemd hosts on a bridge. Everything takes a host by its name. */
export interface Fleet {
  readonly hosts: readonly FleetHost[];
  readonly dir: string;
  readonly gateway: string;
  readonly bridge: string;
  /** Seconds from nothing to the last sshd that answers, the making of cached layers excluded. */
  readonly startSeconds: number;
  readonly sshConfig: string;
  readonly knownHosts: string;
  readonly identity: string;
  /** As root, past network and ssh: what the host itself sees. */
  readonly exec: (host: string, argv: readonly string[], options?: RunAsyncOptions) => Promise<Ran>;
  /** Over real ssh, as `patchwarden`. The words are joined by spaces for the host's shell, as ssh does. */
  readonly ssh: (host: string, argv: readonly string[], options?: RunAsyncOptions) => Promise<Ran>;
  /** The same as `ansible`, who may do everything through sudo. */
  readonly admin: Fleet['ssh'];
  readonly cut: (host: string) => Promise<void>;
  readonly mend: (host: string) => Promise<void>;
  /** Pulls the plug. */
  readonly kill: (host: string) => Promise<void>;
  readonly boot: (host: string) => Promise<void>;
  /** Brings hosts (default all) back to the disk they began with, and boots them. @returns seconds */
  readonly reset: (hosts?: readonly string[]) => Promise<number>;
  /** The host's own account of what happened. */
  readonly logs: (host: string) => Promise<HostLogs>;
  /** Path of a host's root directory, as seen from here. */
  readonly root: (host: string) => string;
  readonly stop: () => Promise<void>;
}

export interface HostLogs {
  readonly journal: string;
  readonly dpkg: string;
  readonly apt: string;
  readonly dnf: string;
}

/** All that Patchwarden's user may do as root: run the helper that it sends along. */
const SUDOERS = 'patchwarden ALL=(root) NOPASSWD: /usr/bin/python3 -I -\n';
/** An administrator's account, as Ansible has it everywhere. */
const ANSIBLE_SUDOERS = 'ansible ALL=(root) NOPASSWD: ALL\n';
/** More at once only makes two cores queue. */
const AT_ONCE = 6;

/** Two, six and the rest; of few hosts at least one each, in this order. */
const ringOf = (index: number, of: number): FleetHost['ring'] => {
  const [canary, early] = of >= 10 ? [2, 8] : [1, 2];
  return index < canary ? 'canary' : index < early ? 'early' : 'main';
};
const ZONES = ['a', 'b', 'c'] as const;

function describe(kind: HostKind, count: number, from: number, network: FleetNetwork): readonly FleetHost[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `${kind === 'debian' ? 'deb' : 'rpm'}-${String(i + 1).padStart(2, '0')}`,
    address: network.address(from + i),
    kind,
    ring: ringOf(i, count),
    zone: ZONES[i % 3] ?? 'a',
  }));
}

/** The layer that all hosts of a kind share in one run: keys, sudo, what `prepare` adds. */
async function sharedLayer(
  dir: string,
  lower: readonly string[],
  prepare: (root: string) => void | Promise<void>,
): Promise<string> {
  const [upper, work, root] = ['upper', 'work', 'root'].map((n) => join(dir, n)) as [string, string, string];
  for (const path of [upper, work, root]) mkdirSync(path, { recursive: true, mode: 0o755 });
  await mountOverlay(root, lower, upper, work);
  try {
    await prepare(root);
  } finally {
    await mustRun(['umount', root]);
  }
  return upper;
}

function allow(root: string, publicKey: string, sudoers: string): void {
  for (const user of ['patchwarden', 'ansible']) {
    const ssh = join(root, 'home', user, '.ssh');
    mkdirSync(ssh, { recursive: true, mode: 0o755 });
    writeFileSync(join(ssh, 'authorized_keys'), publicKey, { mode: 0o644 });
  }
  const file = join(root, 'etc/sudoers.d/fleet');
  writeFileSync(file, sudoers + ANSIBLE_SUDOERS);
  chmodSync(file, 0o440);
}

/** Boots a fleet and waits until every sshd answers. Whatever fails, nothing is left behind. */
export async function startFleet(options: FleetOptions = {}): Promise<Fleet> {
  const { debian = 0, dnf = 0, prepare, sudoers = SUDOERS, weight = 1 } = options;
  await removeLeftovers();
  allowManyMachines();
  const bases = {
    debian: debian > 0 ? await baseLayers('debian') : [],
    dnf: dnf > 0 ? await baseLayers('dnf') : [],
  };
  const from = performance.now();
  const dir = mkdtempSync(runDirPrefix());
  chmodSync(dir, 0o755);
  claimRunDir(dir, null);
  let network: FleetNetwork | undefined;
  const machines = new Map<string, Machine>();
  const machineName = (host: string) => `${network?.bridge ?? 'pwf'}-${host}`;
  const stop = async () => {
    await inParallel([...machines], AT_ONCE, async ([name, machine]) => {
      await machine.remove();
      forgetMachine(machineName(name));
    });
    machines.clear();
    await network?.remove();
    await removeRunDir(dir);
  };
  try {
    network = await createNetwork(debian + dnf);
    const net = network;
    claimRunDir(dir, net.bridge);
    const hosts = [...describe('debian', debian, 0, net), ...describe('dnf', dnf, debian, net)];
    const ssh = await createSsh(join(dir, 'ssh'), hosts, 'patchwarden');
    // Memory: twenty dpkgs that fsync at once would measure the disk of whoever runs this.
    mkdirSync(join(dir, 'disk'));
    await mustRun([
      'mount',
      '-t',
      'tmpfs',
      '-o',
      'size=75%,mode=755',
      'patchwarden-fleet',
      join(dir, 'disk'),
    ]);
    const lower = { debian: bases.debian, dnf: bases.dnf };
    for (const kind of ['debian', 'dnf'] as const) {
      if (bases[kind].length === 0) continue;
      const layer = await sharedLayer(join(dir, 'disk', kind), bases[kind], async (root) => {
        allow(root, ssh.publicKey, sudoers);
        for (const user of ['patchwarden', 'ansible'])
          await mustRun(['chroot', root, 'chown', '-R', `${user}:`, `/home/${user}`]);
        await prepare?.(root, kind, net.gateway);
      });
      lower[kind] = [layer, ...bases[kind]];
    }
    await inParallel(hosts, AT_ONCE, async (host, index) => {
      const spec = {
        name: host.name,
        machine: machineName(host.name),
        dir: join(dir, 'disk', host.name),
        lower: lower[host.kind],
        namespace: net.namespace(index),
        address: host.address,
        weight,
      };
      const machine = await startMachine(spec, (root) => {
        const id = createHash('sha256').update(`${dir}/${host.name}`).digest('hex').slice(0, 32);
        rmSync(join(root, 'etc/machine-id'), { force: true });
        writeFileSync(join(root, 'etc/machine-id'), `${id}\n`);
        writeFileSync(join(root, 'etc/ssh/ssh_host_ed25519_key'), ssh.hostKey(host.name), { mode: 0o600 });
      });
      machines.set(host.name, machine);
    });
    await Promise.all([...machines.values()].map((m) => m.ready()));
    const startSeconds = (performance.now() - from) / 1000;
    return { ...operate(hosts, machines, net), dir, startSeconds, stop, ...connect(ssh, hosts) };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Connected = Pick<Fleet, 'sshConfig' | 'knownHosts' | 'identity' | 'ssh' | 'admin'>;

function connect(ssh: Awaited<ReturnType<typeof createSsh>>, hosts: readonly FleetHost[]): Connected {
  const as =
    (user: string): Fleet['ssh'] =>
    (host, argv, options) => {
      if (!hosts.some((h) => h.name === host)) throw new Error(`there is no host ${host}`);
      return runAsync(['ssh', '-F', ssh.config, '-l', user, host, ...argv], options);
    };
  return {
    sshConfig: ssh.config,
    knownHosts: ssh.knownHosts,
    identity: ssh.identity,
    ssh: as('patchwarden'),
    admin: as('ansible'),
  };
}

type Operated = Omit<Fleet, keyof Connected | 'dir' | 'startSeconds' | 'stop'>;

function operate(
  hosts: readonly FleetHost[],
  machines: ReadonlyMap<string, Machine>,
  net: FleetNetwork,
): Operated {
  const machine = (host: string): Machine => {
    const found = machines.get(host);
    if (!found) throw new Error(`there is no host ${host}`);
    return found;
  };
  const index = (host: string): number => hosts.findIndex((h) => h.name === host);
  const exec: Fleet['exec'] = async (host, argv, execOptions) => {
    const leader = machine(host).leader();
    if (leader === undefined) return { code: 255, stdout: '', stderr: `${host} is off` };
    return runAsync(inside(leader, argv), {
      ...execOptions,
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...execOptions?.env },
    });
  };
  const text = async (host: string, ...argv: string[]) => (await exec(host, argv)).stdout;
  return {
    hosts,
    gateway: net.gateway,
    bridge: net.bridge,
    exec,
    cut: (host) => net.cut(index(host)),
    mend: (host) => net.mend(index(host)),
    kill: (host) => machine(host).off(),
    boot: async (host) => {
      machine(host).on();
      await machine(host).ready();
    },
    reset: async (names = hosts.map((h) => h.name)) => {
      const from = performance.now();
      await inParallel(names, AT_ONCE, async (name) => {
        await net.mend(index(name));
        await machine(name).reset();
      });
      await Promise.all(names.map((n) => machine(n).ready()));
      return (performance.now() - from) / 1000;
    },
    logs: async (host) => ({
      journal: await text(host, 'journalctl', '--no-pager', '-o', 'short-iso-precise'),
      dpkg: await text(host, 'cat', '/var/log/dpkg.log'),
      apt: await text(host, 'cat', '/var/log/apt/history.log'),
      dnf: await text(host, 'cat', '/var/log/dnf.rpm.log'),
    }),
    root: (host) => machine(host).root,
  };
}

/** Waits until a systemd unit is active on a host, by its own word. @returns milliseconds */
export const untilActive = (fleet: Fleet, host: string, unit: string, ms = 30_000): Promise<number> =>
  waitUntil(`${unit} active on ${host}`, ms, async () => {
    const { code } = await fleet.exec(host, ['systemctl', 'is-active', '--quiet', unit]);
    return code === 0;
  });
