import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A working copy of one account; `origin` has its credentials. */
export interface GiteaClone {
  /** @returns stdout without the last newline; throws with what git said when it fails */
  readonly git: (...args: string[]) => string;
  /** For what must fail. @returns what git said */
  readonly refused: (...args: string[]) => string;
  /** Makes a branch of one commit on top of another and pushes it. Default files: one by the name of the branch. @returns the commit */
  readonly push: (
    branch: string,
    options?: { readonly files?: Readonly<Record<string, string>>; readonly from?: string },
  ) => string;
  readonly remove: () => void;
}

/** Clones with real git, away from the settings of whoever runs the tests. */
export function cloneGitea(url: string): GiteaClone {
  const dir = mkdtempSync(join(tmpdir(), 'patchwarden-gitea-clone-'));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: dir,
    LC_ALL: 'C',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((who) => [
        [`GIT_${who}_NAME`, 'A Person'],
        [`GIT_${who}_EMAIL`, 'person@example.org'],
      ]),
    ),
  };
  const work = join(dir, 'work');
  const run = (cwd: string, args: readonly string[]) =>
    execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd();
  run(dir, ['clone', '-q', url, work]);
  const git = (...args: string[]) => run(work, args);
  return {
    git,
    refused: (...args) => {
      try {
        git(...args);
      } catch (error) {
        return String((error as { readonly stderr?: string }).stderr);
      }
      throw new Error(`git ${args.join(' ')} was not refused`);
    },
    push: (branch, { files = { [branch]: `${branch}\n` }, from = 'origin/main' } = {}) => {
      git('fetch', '-q', 'origin');
      git('checkout', '-q', '-B', branch, from);
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(work, path)), { recursive: true });
        writeFileSync(join(work, path), text);
      }
      git('add', '-A');
      git('commit', '-q', '-m', branch);
      git('push', '-q', '-f', 'origin', branch);
      return git('rev-parse', 'HEAD');
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
