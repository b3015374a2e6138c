import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
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
  readonly #known = new Map<string, Promise<unknown>>();

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

  /** Read as files, loose ones first as Git does: every request asks, and a Git would be started for each. */
  async branches(): Promise<ReadonlyMap<string, string>> {
    const heads = join(this.#dir, 'refs', 'heads');
    const entries = await readdir(heads, { recursive: true, withFileTypes: true });
    const loose = await Promise.all(
      entries
        .filter((one) => one.isFile() && !one.name.endsWith('.lock'))
        .map(async (one): Promise<[string, string]> => {
          const file = join(one.parentPath, one.name);
          return [relative(heads, file), (await readFile(file, 'utf8').catch(() => '')).trim()];
        }),
    );
    const packed = await readFile(join(this.#dir, 'packed-refs'), 'utf8').catch(() => '');
    const all = [...packed.matchAll(/^([0-9a-f]{40}) refs\/heads\/(.+)$/gm)].map(
      ([, sha = '', name = '']): [string, string] => [name, sha],
    );
    const found = new Map([...all, ...loose.filter(([, sha]) => sha !== '')]);
    return new Map([...found].sort(([x], [y]) => (x < y ? -1 : 1)));
  }

  /** What is said of whole commit ids stays true. */
  #once<T>(what: string, ids: readonly string[], ask: () => Promise<T>): Promise<T> {
    if (!ids.every((id) => /^[0-9a-f]{40}$/.test(id))) return ask();
    const key = [what, ...ids].join(' ');
    const known = this.#known.get(key) as Promise<T> | undefined;
    if (known) return known;
    const answer = ask();
    this.#known.set(key, answer);
    answer.then(
      (value) => value === undefined && this.#known.delete(key),
      () => this.#known.delete(key),
    );
    return answer;
  }

  commit(sha: string): Promise<GitCommit | undefined> {
    return this.#once('commit', [sha], async () => {
      if (!(await this.#isCommit(sha))) return undefined;
      return commitOf(await this.#git(['log', '-1', '--no-show-signature', `--format=${FORMAT}`, sha, '--']));
    });
  }

  async #isCommit(sha: string): Promise<boolean> {
    try {
      return (await this.#git(['cat-file', '-t', sha])) === 'commit';
    } catch {
      return false;
    }
  }

  isAncestor(older: string, newer: string): Promise<boolean> {
    return this.#once('ancestor', [older, newer], () =>
      this.#says(['merge-base', '--is-ancestor', older, newer]),
    );
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
