import { PatchwardenError } from '../domain/errors.ts';
import type { Git } from '../ports/git.ts';
import type { Wire } from './wire.ts';

/** Policy can be tried out in any directory: undefined where that is no repository, which stops nothing that only shows. */
export async function openedGit(wire: Pick<Wire, 'git'>, repo: string): Promise<Git | undefined> {
  try {
    return await wire.git(repo);
  } catch (error) {
    if (error instanceof PatchwardenError && error.code === 'not-a-repository') return undefined;
    throw error;
  }
}
