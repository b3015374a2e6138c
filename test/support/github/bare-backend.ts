import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ChangedFile, GitBackend, GitCommit, GitPerson, Merge } from './backend.ts';

const run = promisify(execFile);
const statuses: Readonly<Record<string, ChangedFile['status']>> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  T: 'modified',
};
const FORMAT = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x00');

/** The repository behind the stand-in is a real bare one. */
export class BareBackend implements GitBackend {
  readonly #dir: string;

  /** @param dir of the bare repository. */
  constructor(dir: string) {
    this.#dir = dir;
  }

  async #git(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    cwd = this.#dir,
  ): Promise<string> {
    const { stdout } = await run('git', args as string[], {
      cwd,
      maxBuffer: 64 << 20,
      env: {
        PATH: process.env.PATH,
        HOME: '/nonexistent',
        LC_ALL: 'C',
        TZ: 'UTC',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_SYSTEM: '/dev/null',
        ...env,
      },
    });
    return stdout.replace(/\n$/, '');
  }

  /** An exit of 1 is a no. @throws for any other. */
  async #says(args: readonly string[]): Promise<boolean> {
    try {
      await this.#git(args);
      return true;
    } catch (error) {
      if ((error as { code?: number }).code === 1) return false;
      throw error;
    }
  }

  async branches(): Promise<ReadonlyMap<string, string>> {
    const out = await this.#git([
      'for-each-ref',
      '--format=%(refname:lstrip=2) %(objectname)',
      'refs/heads/',
    ]);
    return new Map(
      out
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(' ') as [string, string]),
    );
  }

  async commit(sha: string): Promise<GitCommit | undefined> {
    if (!(await this.#known(sha))) return undefined;
    return commitOf(await this.#git(['log', '-1', '--no-show-signature', `--format=${FORMAT}`, sha, '--']));
  }

  async #known(sha: string): Promise<boolean> {
    try {
      return (await this.#git(['cat-file', '-t', sha])) === 'commit';
    } catch {
      return false;
    }
  }

  isAncestor(older: string, newer: string): Promise<boolean> {
    return this.#says(['merge-base', '--is-ancestor', older, newer]);
  }

  async commits(base: string, head: string): Promise<readonly GitCommit[]> {
    const range = ['--reverse', '--topo-order', `${base}..${head}`];
    const out = await this.#git(['log', ...range, `--format=${FORMAT}%x00%x1e`, '--']);
    return out
      .split('\0\u001e')
      .map((text) => text.replace(/^\n/, ''))
      .filter(Boolean)
      .map(commitOf);
  }

  async files(base: string, head: string): Promise<readonly ChangedFile[]> {
    const options = ['--no-renames', '-z', `${base}...${head}`, '--'];
    const [raw, numbers] = await Promise.all([
      this.#git(['diff', '--raw', '--no-abbrev', ...options]),
      this.#git(['diff', '--numstat', ...options]),
    ]);
    const counts = new Map(
      numbers
        .split('\0')
        .filter(Boolean)
        .map((line) => {
          const [added, gone, name = ''] = line.split('\t');
          return [name, [Number(added) || 0, Number(gone) || 0]] as const;
        }),
    );
    const fields = raw.split('\0');
    return fields.flatMap((info, index) => {
      const filename = fields[index + 1];
      if (index % 2 !== 0 || filename === undefined || !info) return [];
      const [, , before = '', after = '', letter = 'M'] = info.split(' ');
      const [additions = 0, deletions = 0] = counts.get(filename) ?? [];
      const sha = letter === 'D' ? before : after;
      return [{ filename, status: statuses[letter] ?? 'modified', sha, additions, deletions }];
    });
  }

  /** @returns the tree, or undefined for a conflict. */
  async #mergedTree(base: string, head: string): Promise<string | undefined> {
    try {
      return (await this.#git(['merge-tree', '--write-tree', base, head])).split('\n')[0];
    } catch (error) {
      if ((error as { code?: number }).code === 1) return undefined;
      throw error;
    }
  }

  async mergeable(base: string, head: string): Promise<boolean> {
    return (await this.#mergedTree(`refs/heads/${base}`, head)) !== undefined;
  }

  async merge({ base, head, method, message, by }: Merge): Promise<string | undefined> {
    const ref = `refs/heads/${base}`;
    const onto = await this.#git(['rev-parse', ref]);
    const tree = await this.#mergedTree(onto, head);
    if (tree === undefined) return undefined;
    const parents = method === 'merge' ? ['-p', onto, '-p', head] : ['-p', onto];
    const sha =
      method === 'rebase'
        ? await this.#replay(onto, head, by)
        : await this.#git(
            ['commit-tree', tree, ...parents, '-m', message.trimEnd()],
            identity(by, webFlow(by)),
          );
    return (await this.#moved(ref, sha, onto)) ? sha : undefined;
  }

  async #moved(ref: string, sha: string, from: string): Promise<boolean> {
    try {
      await this.#git(['update-ref', ref, sha, from]);
      return true;
    } catch (error) {
      if (String(error).includes('but expected')) return false;
      throw error;
    }
  }

  /** Authors stay, committers change, ids with them. */
  async #replay(onto: string, head: string, by: GitPerson): Promise<string> {
    const work = await mkdtemp(join(tmpdir(), 'patchwarden-rebase-'));
    try {
      const tree = join(work, 'tree');
      await this.#git(['worktree', 'add', '--detach', '--quiet', tree, onto]);
      await this.#git(['cherry-pick', '--allow-empty', `${onto}..${head}`], identity(by, by), tree);
      return await this.#git(['rev-parse', 'HEAD'], {}, tree);
    } finally {
      await rm(work, { recursive: true, force: true });
      await this.#git(['worktree', 'prune']);
    }
  }

  async setRef(ref: string, sha: string): Promise<void> {
    await this.#git(['update-ref', ref, sha]);
  }

  async deleteBranch(name: string): Promise<void> {
    await this.#git(['update-ref', '-d', `refs/heads/${name}`]);
  }
}

/** @see https://docs.github.com/en/authentication/managing-commit-signature-verification/about-commit-signature-verification#signature-verification-for-bots */
const webFlow = (by: GitPerson): GitPerson => ({
  name: 'GitHub',
  email: 'noreply@github.com',
  date: by.date,
});

function identity(author: GitPerson, committer: GitPerson): Record<string, string> {
  return {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: author.date,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_COMMITTER_DATE: committer.date,
  };
}

function commitOf(text: string): GitCommit {
  const [sha = '', tree = '', parents = '', an = '', ae = '', ad = '', cn = '', ce = '', cd = '', body = ''] =
    text.split('\0');
  const date = (iso: string): string => `${new Date(iso).toISOString().slice(0, 19)}Z`;
  return {
    sha,
    tree,
    parents: parents.split(' ').filter(Boolean),
    author: { name: an, email: ae, date: date(ad) },
    committer: { name: cn, email: ce, date: date(cd) },
    message: body.trimEnd(),
  };
}
