import type { Roles } from '../contracts/generated/roles.ts';
import { parseJsonDocument } from '../contracts/load-json.ts';
import { validateDocument } from '../contracts/validate.ts';
import { fail, ok, type Result } from '../domain/result.ts';
import type { Git } from '../ports/git.ts';

/** Who may do what, and whose keys are whose, as one commit has it. */
export interface Authority {
  readonly roles: Roles;
  /** Text of `allowed-signers`. @see ssh-keygen(1) */
  readonly allowedSigners: string;
}

/** @returns the sentence that says what is wrong with the two files at this commit */
export async function readAuthority(
  git: Pick<Git, 'readFile'>,
  commit: string,
): Promise<Result<Authority, string>> {
  const text = await git.readFile(commit, 'roles.json');
  const allowedSigners = await git.readFile(commit, 'allowed-signers');
  if (text === undefined) return fail('there is no roles.json');
  if (allowedSigners === undefined) return fail('there is no allowed-signers');
  const parsed = parseJsonDocument(text, { file: 'roles.json' });
  const document = parsed.ok ? validateDocument(parsed.value, 'Roles') : parsed;
  if (!document.ok)
    return fail(`roles.json is not valid: ${document.error[0]?.message ?? 'no reason given'}`);
  return document.value.kind === 'Roles'
    ? ok({ roles: document.value, allowedSigners })
    : fail('roles.json is not of the kind Roles');
}
