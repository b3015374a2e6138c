import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import { CLEAN_ENV, runProcess } from './process.ts';

/**
 * Checks the signature of one rpm file with rpmkeys and a key database of its own.
 * @param keyring path of an armoured key file, the only form that rpmkeys imports
 * @throws PatchwardenError `signature-invalid`, `source-failed` (no rpmkeys)
 */
export async function requireRpmSignature(what: string, bytes: Uint8Array, keyring: string): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'patchwarden-rpmkeys-'));
  try {
    const file = join(dir, 'package.rpm');
    await writeFile(file, bytes);
    const run = (...args: string[]) =>
      runProcess(['rpmkeys', '--dbpath', join(dir, 'db'), '--define', '_pkgverify_level all', ...args], {
        env: { ...CLEAN_ENV, HOME: dir },
        cwd: dir,
      });
    const imported = await run('--import', keyring);
    if (imported.kind === 'missing')
      throw new PatchwardenError(
        'source-failed',
        `the signature of ${what} cannot be checked: rpmkeys is not installed; install it (package rpm)`,
      );
    if (imported.kind !== 'exited' || imported.code !== 0)
      throw new PatchwardenError(
        'bad-document',
        `rpmkeys cannot read the keys of ${keyring}: it must be an armoured OpenPGP public key file`,
      );
    const checked = await run('--checksig', '--verbose', file);
    const said = checked.kind === 'exited' ? checked.stdout : '';
    // Without a signature the digests alone are "OK" to older versions of rpm.
    const signed = /^\s*.*\bSignature, key ID [0-9a-f]+: OK$/im.test(said);
    if (checked.kind === 'exited' && checked.code === 0 && signed) return;
    throw new PatchwardenError('signature-invalid', `${what} is not used: ${reasonOf(said)}`);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function reasonOf(said: string): string {
  if (/NOKEY/.test(said)) return 'it is signed by a key that the keyring does not have';
  if (/BAD/.test(said)) return 'its signature or a digest does not fit its content';
  return 'it is not signed';
}
