import { PatchwardenError } from '../domain/errors.ts';
import type { Git } from '../ports/git.ts';

/** What is not committed is not policy; proposing from beside it would only confuse. */
export function requireCleanClone(dir: string, dirty: readonly string[]): void {
  if (dirty.length === 0) return;
  const shown = dirty.slice(0, 5).join(', ');
  throw new PatchwardenError(
    'dirty-repository',
    `${dir} has changes that are not committed (${shown}${dirty.length > 5 ? ', …' : ''}); commit, stash or remove them first`,
  );
}

export async function requireNotAhead(
  git: Pick<Git, 'dir' | 'isAncestor'>,
  local: string | null,
  head: string,
): Promise<void> {
  if (local === null || local === head || (await git.isAncestor(local, head))) return;
  throw new PatchwardenError(
    'dirty-repository',
    `${git.dir} has commits that the protected branch does not have; push them through a pull request or reset the clone`,
  );
}
