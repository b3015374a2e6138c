import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './fleet-run.ts';

/** A private key file and the line that others know it by: `ssh-ed25519 AAAA…`. */
export interface SshKey {
  readonly file: string;
  readonly line: string;
}

/** A new Ed25519 key without a passphrase at `file`. */
export async function sshKey(file: string): Promise<SshKey> {
  await mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file]);
  return { file, line: readFileSync(`${file}.pub`, 'utf8').trim().split(' ').slice(0, 2).join(' ') };
}

export interface ClientHost {
  readonly name: string;
  readonly ip: string;
  readonly port?: number;
  /** The key on file; none: nobody knows the host. */
  readonly hostKey?: SshKey;
}

/** Writes `known_hosts` and `ssh_config` for a client into `dir`. @returns the path of the config */
export function writeSshClient(dir: string, key: SshKey, user: string, hosts: readonly ClientHost[]): string {
  const known = join(dir, 'known_hosts');
  const lines = hosts.flatMap((h) => (h.hostKey === undefined ? [] : [`${h.name} ${h.hostKey.line}\n`]));
  writeFileSync(known, lines.join(''));
  const config = join(dir, 'ssh_config');
  const stanzas = hosts.map(
    (h) => `Host ${h.name}\n  HostName ${h.ip}\n  HostKeyAlias ${h.name}\n  Port ${h.port ?? 22}\n`,
  );
  writeFileSync(
    config,
    `${stanzas.join('')}Host *\n  User ${user}\n  IdentityFile ${key.file}\n  IdentitiesOnly yes\n  UserKnownHostsFile ${known}\n  GlobalKnownHostsFile /dev/null\n`,
  );
  return config;
}
