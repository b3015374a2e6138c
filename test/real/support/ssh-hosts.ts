import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { baseLayers } from './fleet-base.ts';
import { type Background, background, inParallel, mustRun, runAsync, waitUntil } from './fleet-run.ts';
import { onPath } from './run.ts';
import { type SshKey, sshKey, writeSshClient } from './ssh-keys.ts';

export interface SshHostSpec {
  readonly name: string;
  /** Default `debian`. */
  readonly kind?: 'debian' | 'dnf';
  /** Path → content, put over the base before the host starts. */
  readonly files?: Readonly<Record<string, string>>;
  /** What runs on the host; default sshd. */
  readonly program?: readonly string[];
}

/** A host with a file system, process ids, name and network of its own. No systemd: its first process is sshd. */
export interface SshTestHost {
  readonly name: string;
  readonly ip: string;
  /** Its interface on the bridge. */
  readonly link: (state: 'up' | 'down') => Promise<void>;
  /** Its first process, as seen from outside. */
  readonly pid: () => number;
  /** Runs a program inside, as root. @returns stdout; throws when it fails */
  readonly inside: (...argv: readonly string[]) => Promise<string>;
  /** Ends it and starts it again, changed. */
  readonly restart: (change: SshHostChange) => Promise<void>;
}

export interface SshHostChange {
  readonly files?: Readonly<Record<string, string>>;
  readonly program?: readonly string[];
  /** Another host key from now on: what a reinstalled host, or somebody in the middle, looks like. */
  readonly newHostKey?: boolean;
}

export interface SshRig {
  readonly hosts: readonly SshTestHost[];
  /** For `ssh -F`: addresses, user, key and known hosts. */
  readonly sshConfig: string;
  readonly dir: string;
  readonly clientKey: SshKey;
  /** Milliseconds from the first host started to the last one answering. */
  readonly startMs: number;
  /** Ends every process by its id and removes namespaces, bridge and files. */
  readonly close: () => Promise<void>;
}

/** Why hosts in namespaces cannot be had here; undefined when they can. */
export function whyNoHosts(): string | undefined {
  const missing = ['ssh', 'ssh-keygen', 'ip', 'unshare', 'setpriv'].filter((p) => !onPath(p));
  return missing.length > 0 ? `needs ${missing.join(', ')}` : undefined;
}

const SSHD = ['/usr/sbin/sshd', '-D', '-e', '-o', 'UsePAM=no', '-o', 'PrintLastLog=no'];
const USER = 'patchwarden';
const SCRIPT = join(import.meta.dirname, 'ssh-host.sh');

/** Starts hosts on a bridge of their own, which this machine can reach. */
export async function startSshHosts(specs: readonly SshHostSpec[]): Promise<SshRig> {
  const dir = mkdtempSync(join(tmpdir(), 'patchwarden-hosts-'));
  const undo: (() => Promise<unknown>)[] = [async () => rmSync(dir, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const act of undo.splice(0).reverse()) await act();
  };
  try {
    const net = await openBridge(undo);
    const clientKey = await sshKey(join(dir, 'client'));
    const log = openSync(join(dir, 'hosts.log'), 'a');
    undo.push(async () => closeSync(log));
    const layers = { debian: await baseLayers('debian'), dnf: [] as readonly string[] };
    if (specs.some((s) => s.kind === 'dnf')) layers.dnf = await baseLayers('dnf');
    const prepared = await inParallel(specs, 8, async (spec, i) => {
      const at = join(dir, spec.name);
      for (const name of ['upper', 'work', 'root'])
        mkdirSync(join(at, name), { recursive: true, mode: 0o755 });
      const hostKey = await sshKey(join(at, 'host_key'));
      const put = (path: string, text: string, mode = 0o644) => {
        mkdirSync(dirname(join(at, 'upper', path)), { recursive: true, mode: 0o755 });
        writeFileSync(join(at, 'upper', path), text, { mode });
      };
      put('etc/ssh/ssh_host_ed25519_key', readFileSync(hostKey.file, 'utf8'), 0o600);
      put('etc/hostname', `${spec.name}\n`);
      put('etc/machine-id', `${String(i + 1).padStart(32, '0')}\n`);
      put('etc/ssh/sshd_config.d/keys.conf', 'AuthorizedKeysFile /etc/ssh/keys-of-%u\n');
      put(`etc/ssh/keys-of-${USER}`, `${clientKey.line}\n`);
      for (const [path, text] of Object.entries(spec.files ?? {})) put(path, text);
      return { spec, at, put, hostKey, ip: net.ip(i), namespace: net.namespace(i), port: net.port(i) };
    });
    const from = performance.now();
    const hosts = await inParallel(prepared, 8, async (p): Promise<SshTestHost> => {
      await connect(p, net.bridge, undo);
      const start = (program: readonly string[]): Background =>
        background(
          [
            ...['ip', 'netns', 'exec', p.namespace, 'unshare', '--mount', '--pid', '--uts', '--ipc'],
            ...['--fork', '--kill-child', '--', 'sh', SCRIPT, p.spec.name],
            ...[layers[p.spec.kind ?? 'debian'].join(':'), p.at, ...program],
          ],
          log,
        );
      let running = start(p.spec.program ?? SSHD);
      undo.push(() => running.stop());
      const pid = () =>
        Number(readFileSync(`/proc/${running.pid}/task/${running.pid}/children`, 'utf8').trim());
      const listening = () => waitUntil(`${p.spec.name} listens`, 20_000, () => listens(p.namespace));
      await listening();
      return {
        name: p.spec.name,
        ip: p.ip,
        link: async (state) => void (await mustRun(['ip', 'link', 'set', p.port, state])),
        pid,
        inside: (...argv) =>
          mustRun(['nsenter', '-t', String(pid()), '-m', '-p', '-u', '-i', '-n', '-r', '-w', ...argv]),
        restart: async ({ files = {}, program = SSHD, newHostKey = false }) => {
          await running.stop();
          // Its namespaces, and the sockets in them, are gone a moment after its last process.
          await waitUntil(`${p.spec.name} is silent`, 20_000, async () => !(await listens(p.namespace)));
          for (const [path, text] of Object.entries(files)) p.put(path, text);
          if (newHostKey) {
            const key = await sshKey(join(p.at, 'other_key'));
            p.put('etc/ssh/ssh_host_ed25519_key', readFileSync(key.file, 'utf8'), 0o600);
          }
          running = start(program);
          await listening();
        },
      };
    });
    const startMs = performance.now() - from;
    const client = prepared.map((p) => ({ name: p.spec.name, ip: p.ip, hostKey: p.hostKey }));
    return { hosts, dir, clientKey, sshConfig: writeSshClient(dir, clientKey, USER, client), startMs, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Undo = (() => Promise<unknown>)[];

interface Net {
  readonly bridge: string;
  readonly ip: (i: number) => string;
  readonly namespace: (i: number) => string;
  readonly port: (i: number) => string;
}

/** A bridge with a subnet that nobody here uses; names carry the process id, so that two runs do not meet. */
async function openBridge(undo: Undo): Promise<Net> {
  const id = `pw${process.pid.toString(36)}`;
  const used = await mustRun(['ip', '-4', '-o', 'addr']);
  const third = Array.from({ length: 200 }, (_, i) => (process.pid + i) % 250).find(
    (n) => !used.includes(` 10.213.${n}.`),
  );
  if (third === undefined) throw new Error('no free subnet below 10.213.0.0/16');
  const bridge = `${id}b`;
  await mustRun(['ip', 'link', 'add', bridge, 'type', 'bridge']);
  undo.push(() => runAsync(['ip', 'link', 'del', bridge]));
  await mustRun(['ip', 'addr', 'add', `10.213.${third}.1/24`, 'dev', bridge]);
  await mustRun(['ip', 'link', 'set', bridge, 'up']);
  return {
    bridge,
    ip: (i) => `10.213.${third}.${i + 10}`,
    namespace: (i) => `${id}n${i}`,
    port: (i) => `${id}v${i}`,
  };
}

async function connect(
  host: { readonly namespace: string; readonly port: string; readonly ip: string },
  bridge: string,
  undo: Undo,
): Promise<void> {
  const { namespace, port, ip } = host;
  await mustRun(['ip', 'netns', 'add', namespace]);
  undo.push(() => runAsync(['ip', 'netns', 'del', namespace]));
  await mustRun([
    ...['ip', 'link', 'add', port, 'type', 'veth'],
    ...['peer', 'name', 'eth0', 'netns', namespace],
  ]);
  undo.push(() => runAsync(['ip', 'link', 'del', port]));
  await mustRun(['ip', 'link', 'set', port, 'master', bridge, 'up']);
  await mustRun(['ip', '-n', namespace, 'addr', 'add', `${ip}/24`, 'dev', 'eth0']);
  for (const link of ['lo', 'eth0']) await mustRun(['ip', '-n', namespace, 'link', 'set', link, 'up']);
}

/** @see proc_net_tcp: local port 22 in the state LISTEN */
const listens = async (namespace: string): Promise<boolean> =>
  (await runAsync(['ip', 'netns', 'exec', namespace, 'cat', '/proc/net/tcp'])).stdout.includes(
    ':0016 00000000:0000 0A',
  );
