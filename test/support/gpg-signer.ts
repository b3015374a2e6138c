import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstAbsent } from './on-path.ts';

/** Why nothing can be signed or checked here; undefined when it can. */
export const whyNoGpg = firstAbsent('gpg', 'gpgv')?.concat(' is absent');

/** A throw-away OpenPGP key. */
export interface GpgSigner {
  readonly armored: string;
  readonly binary: Buffer;
  readonly clearsign: (text: string) => string;
  readonly detached: (text: string | Uint8Array) => string;
  readonly remove: () => void;
}

/** @param over `at`: moment of all it does, as gpg writes it (20200101T000000); `expires`: such as `1d`; `digest`: hash of its signatures */
export function createSigner(
  over: { readonly at?: string; readonly expires?: string; readonly digest?: string } = {},
): GpgSigner {
  const home = mkdtempSync(join(tmpdir(), 'patchwarden-gpg-'));
  const time = over.at === undefined ? [] : ['--faked-system-time', `${over.at}!`];
  const gpg = (args: readonly string[], input?: string | Uint8Array): Buffer =>
    execFileSync(
      'gpg',
      ['--homedir', home, '--batch', '--quiet', '--no-tty', '--passphrase', '', ...time, ...args],
      { input: input ?? '', stdio: ['pipe', 'pipe', 'ignore'] },
    );
  const algorithm = over.digest === 'SHA1' ? 'rsa2048' : 'ed25519';
  gpg(['--quick-generate-key', 'Test <test@example.org>', algorithm, 'sign', over.expires ?? 'never']);
  const digest = over.digest ? ['--digest-algo', over.digest, '--allow-weak-digest-algos'] : [];
  const signed = (how: readonly string[], data: string | Uint8Array): string => {
    const file = join(home, 'data');
    writeFileSync(file, data);
    return gpg([...digest, ...how, '--output', '-', file]).toString('utf8');
  };
  return {
    armored: gpg(['--armor', '--export']).toString('utf8'),
    binary: gpg(['--export']),
    clearsign: (text) => signed(['--clearsign'], text),
    detached: (text) => signed(['--armor', '--detach-sign'], text),
    remove: () => {
      execFileSync('gpgconf', ['--homedir', home, '--kill', 'gpg-agent'], { stdio: 'ignore' });
      rmSync(home, { recursive: true, force: true });
    },
  };
}
