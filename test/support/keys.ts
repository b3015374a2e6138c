import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Signer } from '../../src/ports/git.ts';

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

const leftovers: string[] = [];
// A worker is ended without its exit handlers, so the end of the test file is the last moment to tidy up.
afterAll(() => {
  for (const dir of leftovers.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** Removes a directory when the tests of this file have ended. */
export const removeAtEnd = (dir: string): number => leftovers.push(dir);

let cached: Keys | undefined;

/** Throw-away SSH keys without a passphrase, made once for a test process and removed when it ends. */
export function testKeys(): Keys {
  if (cached && existsSync(cached.author.key)) return cached;
  const dir = mkdtempSync(join(tmpdir(), 'patchwarden-keys-'));
  removeAtEnd(dir);
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
