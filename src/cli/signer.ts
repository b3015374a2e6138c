import { isAbsolute, resolve } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import type { Git, Signer } from '../ports/git.ts';
import { type Args, text } from './command.ts';

/** Who writes: name, address and key as Git itself has them; --key names another key. */
export async function signerOf(git: Pick<Git, 'config'>, args: Args, cwd: string): Promise<Signer> {
  const [name, email, configured] = await Promise.all(
    ['user.name', 'user.email', 'user.signingkey'].map((key) => git.config(key)),
  );
  const given = text(args, 'key');
  const key = given === undefined ? configured : isAbsolute(given) ? given : resolve(cwd, given);
  if (!name || !email)
    throw new PatchwardenError(
      'usage',
      'git does not know who you are; set user.name and user.email in the clone',
    );
  if (!key)
    throw new PatchwardenError(
      'usage',
      'no key to sign with; name one with --key, or set user.signingkey in the clone',
    );
  return { name, email, key };
}
