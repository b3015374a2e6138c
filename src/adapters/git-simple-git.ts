import { PatchwardenError } from '../domain/errors.ts';
import type { Git } from '../ports/git.ts';
import { printable } from '../util/printable.ts';
import { objectReader } from './git-objects.ts';
import { gitHistory } from './git-simple-git-history.ts';
import { gitReads } from './git-simple-git-read.ts';
import { gitRemote } from './git-simple-git-remote.ts';
import { gitRunner, gitServer } from './git-simple-git-run.ts';
import { gitWrites } from './git-simple-git-write.ts';

/**
 * Opens the repository whose top directory this is, bare or a clone. Throws `not-a-repository`.
 * Everything but fetch, push and `config` ignores the user's settings, hooks, replaced objects and grafts.
 */
export async function openGit(dir: string): Promise<Git> {
  const settings = await settingsFor(dir);
  const run = gitRunner(dir, settings);
  const reads = gitReads(
    run,
    objectReader(() => gitServer(dir, ['cat-file', '--batch'], settings)),
  );
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

/** What Git must be told to read this repository; nothing, unless it belongs to somebody else. */
async function settingsFor(dir: string): Promise<readonly string[]> {
  if ((await checkRepository(dir, [])) === 'usable') return [];
  const settings = await trustedDirectories(dir);
  if ((await checkRepository(dir, settings)) === 'usable') return settings;
  throw new PatchwardenError(
    'not-a-repository',
    `${dir} belongs to another user, so git refuses it; run: git config --global --add safe.directory ${printable(dir)}`,
  );
}

/** Directories of other owners that the user declared safe: the one setting that isolation must not lose. */
async function trustedDirectories(dir: string): Promise<readonly string[]> {
  const { text } = await gitRunner(dir)(['config', '--get-all', 'safe.directory'], {
    ownConfig: true,
    answers: [1, 128],
  });
  return text === '' ? [] : text.split('\n').map((d) => `safe.directory=${d}`);
}

async function checkRepository(dir: string, settings: readonly string[]): Promise<'usable' | 'of another'> {
  const { code, text, stderr } = await gitRunner(dir, settings)(
    ['rev-parse', '--is-bare-repository', '--is-inside-work-tree', '--show-prefix'],
    { answers: [128] },
  );
  if (code !== 0 && stderr.includes('dubious ownership')) return 'of another';
  const [bare, inside, prefix = ''] = text.split('\n');
  if (code !== 0 || (bare !== 'true' && inside !== 'true') || prefix !== '')
    throw new PatchwardenError(
      'not-a-repository',
      `${dir} is not the top directory of a Git repository; name one with --repo`,
    );
  return 'usable';
}
