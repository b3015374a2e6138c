import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inParallel, mustRun } from './fleet-run.ts';

/** Keys of one run, and the OpenSSH configuration that reaches its hosts. */
export interface FleetSsh {
  /** `ssh -F <this> <host name>` works as it is. */
  readonly config: string;
  readonly knownHosts: string;
  readonly identity: string;
  readonly publicKey: string;
  /** Private host key of a host, armoured. */
  readonly hostKey: (name: string) => string;
}

interface Named {
  readonly name: string;
  readonly address: string;
}

const keygen = (file: string) =>
  mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'fleet', '-f', file]);

/** Makes fresh keys for everybody and writes config and known_hosts into a directory. */
export async function createSsh(dir: string, hosts: readonly Named[], user: string): Promise<FleetSsh> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const identity = join(dir, 'id');
  const key = (name: string) => join(dir, `host-${name}`);
  await keygen(identity);
  await inParallel(hosts, 4, ({ name }) => keygen(key(name)));
  const knownHosts = join(dir, 'known_hosts');
  const publicOf = (file: string) => readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
  const known = hosts.map(({ name, address }) => `${name},${address} ${publicOf(key(name))}\n`);
  writeFileSync(knownHosts, known.join(''));
  const config = join(dir, 'config');
  const each = hosts.map(
    ({ name, address }) => `Host ${name}\n  HostName ${address}\n  HostKeyAlias ${name}\n`,
  );
  const all = [
    'Host *',
    `  User ${user}`,
    `  IdentityFile ${identity}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${knownHosts}`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    '  BatchMode yes',
    '  ConnectTimeout 5',
    '',
  ];
  writeFileSync(config, each.join('') + all.join('\n'));
  chmodSync(config, 0o600);
  return {
    config,
    knownHosts,
    identity,
    publicKey: `${publicOf(identity)} fleet\n`,
    hostKey: (name) => readFileSync(key(name), 'utf8'),
  };
}
