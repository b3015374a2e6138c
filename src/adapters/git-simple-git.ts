import { PatchwardenError } from '../domain/errors.ts';
import type { Git } from '../ports/git.ts';
import { printable } from '../util/printable.ts';
import { gitHistory } from './git-simple-git-history.ts';
import { gitReads } from './git-simple-git-read.ts';
import { gitRemote } from './git-simple-git-remote.ts';
import { type GitRun, gitRunner } from './git-simple-git-run.ts';
import { gitWrites } from './git-simple-git-write.ts';

/**
 * Opens the repository whose top directory this is, bare or a clone. Throws `not-a-repository`.
 * Everything but fetch, push and `config` ignores the user's settings, hooks, replaced objects and grafts.
 */
export async function openGit(dir: string): Promise<Git> {
  const trusted = await trustedDirectories(dir);
  const run = gitRunner(
    dir,
    trusted.map((d) => `safe.directory=${d}`),
  );
  await checkRepository(run, dir);
  const reads = gitReads(run);
  return {
    dir,
    ...reads,
    ...gitHistory(run, reads),
    ...gitWrites(run, reads),
    ...gitRemote(run),
    isShallow: async () => (await run(['rev-parse', '--is-shallow-repository'])).text === 'true',
    async workTree() {
      const [branch, head, status] = await Promise.all([
        run(['symbolic-ref', '--quiet', 'HEAD'], { answers: [1] }),
        reads.resolve('HEAD'),
        run(['status', '--porcelain', '--branch', '-z', '--untracked-files=all', '--no-renames']),
      ]);
      return {
        branch: branch.code === 0 ? branch.text : null,
        head: head ?? null,
        dirty: status.bytes
          .toString('utf8')
          .split('\0')
          .filter((r) => r !== '' && !r.startsWith('## '))
          .map((r) => r.slice(3)),
      };
    },
    async config(key) {
      const { code, text } = await run(['config', '--get', key], { answers: [1], ownConfig: true });
      return code === 0 && text !== '' ? text : undefined;
    },
  };
}

/** Directories of other owners that the user declared safe: the one setting that isolation must not lose. */
async function trustedDirectories(dir: string): Promise<readonly string[]> {
  const { text } = await gitRunner(dir)(['config', '--get-all', 'safe.directory'], {
    ownConfig: true,
    answers: [1, 128],
  });
  return text === '' ? [] : text.split('\n');
}

async function checkRepository(run: GitRun, dir: string): Promise<void> {
  const { code, text, stderr } = await run(
    ['rev-parse', '--is-bare-repository', '--is-inside-work-tree', '--show-prefix'],
    { answers: [128] },
  );
  if (code !== 0 && stderr.includes('dubious ownership'))
    throw new PatchwardenError(
      'not-a-repository',
      `${dir} belongs to another user, so git refuses it; run: git config --global --add safe.directory ${printable(dir)}`,
    );
  const [bare, inside, prefix = ''] = text.split('\n');
  if (code !== 0 || (bare !== 'true' && inside !== 'true') || prefix !== '')
    throw new PatchwardenError(
      'not-a-repository',
      `${dir} is not the top directory of a Git repository; name one with --repo`,
    );
}
