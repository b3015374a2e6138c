import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Signer } from '../../src/ports/git.ts';
import { sharedDir } from './temp-dir.ts';

/** Everybody in the test world. `alias` is a second address and key of `author`; `outsider` is in no document. */
const PEOPLE = {
  author: { name: 'Anna Author', email: 'anna@example.org' },
  alias: { name: 'A. A.', email: 'anna@home.example' },
  approver: { name: 'Ben Approver', email: 'ben@example.org' },
  approver2: { name: 'Cleo Approver', email: 'cleo@example.org' },
  merger: { name: 'Mia Merger', email: 'mia@example.org' },
  bot: { name: 'Patchwarden Bot', email: 'bot@example.org' },
  outsider: { name: 'Otto Outsider', email: 'otto@example.com' },
} as const;

export type Who = keyof typeof PEOPLE;
export type Keys = Readonly<Record<Who, Signer>>;

let cached: Keys | undefined;

/** Throw-away SSH keys without a passphrase, made once for a test process and removed when the run ends. */
export function testKeys(): Keys {
  if (cached) return cached;
  const dir = sharedDir();
  const made = Object.entries(PEOPLE).map(([who, person]) => {
    const key = join(dir, who);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', person.email, '-f', key]);
    return [who, { ...person, key }];
  });
  cached = Object.fromEntries(made) as Keys;
  return cached;
}

/** Lines of an allowed-signers file for these people. */
export const allowedSignersOf = (keys: Keys, who: readonly Who[]): string =>
  who.map((w) => `${keys[w].email} ${readFileSync(`${keys[w].key}.pub`, 'utf8').trim()}\n`).join('');
