import { createHash } from 'node:crypto';
import type { ChangedFile, GitBackend, GitCommit, GitPerson, Merge } from './backend.ts';

type Files = Readonly<Record<string, string>>;

interface Node extends GitCommit {
  readonly files: Files;
}

const id = (text: string): string => createHash('sha1').update(text).digest('hex');

/** A repository of whole files in memory: commits are made by `commit`, branches moved by `setRef`. */
export class MemoryBackend implements GitBackend {
  readonly refs = new Map<string, string>();
  readonly #commits = new Map<string, Node>();

  /** @returns the new commit; `files` are those that differ from the first parent, null deletes. */
  write(
    parents: readonly string[],
    files: Readonly<Record<string, string | null>>,
    message: string,
    by: GitPerson,
  ): string {
    const merged = new Map(Object.entries(parents[0] ? this.#of(parents[0]).files : {}));
    for (const [name, content] of Object.entries(files))
      if (content === null) merged.delete(name);
      else merged.set(name, content);
    return this.#keep(parents, Object.fromEntries(merged), message, by);
  }

  #keep(parents: readonly string[], files: Files, message: string, by: GitPerson): string {
    const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
    const tree = id(JSON.stringify(sorted));
    const sha = id(JSON.stringify([tree, parents, message, by]));
    this.#commits.set(sha, { sha, tree, parents, message, author: by, committer: by, files: sorted });
    return sha;
  }

  #of(sha: string): Node {
    const found = this.#commits.get(sha);
    if (!found) throw new Error(`no commit ${sha}`);
    return found;
  }

  branches(): Promise<ReadonlyMap<string, string>> {
    const heads = [...this.refs].filter(([ref]) => ref.startsWith('refs/heads/'));
    return Promise.resolve(new Map(heads.map(([ref, sha]) => [ref.slice('refs/heads/'.length), sha])));
  }

  commit(sha: string): Promise<GitCommit | undefined> {
    return Promise.resolve(this.#commits.get(sha));
  }

  #ancestors(sha: string): Set<string> {
    const seen = new Set([sha]);
    for (const one of seen) for (const parent of this.#of(one).parents) seen.add(parent);
    return seen;
  }

  isAncestor(older: string, newer: string): Promise<boolean> {
    return Promise.resolve(this.#ancestors(newer).has(older));
  }

  commits(base: string, head: string): Promise<readonly GitCommit[]> {
    const known = this.#ancestors(base);
    return Promise.resolve(
      [...this.#ancestors(head)]
        .filter((sha) => !known.has(sha))
        .map((sha) => this.#of(sha))
        .reverse(),
    );
  }

  #mergeBase(base: string, head: string): Files {
    const known = this.#ancestors(base);
    const shared = [...this.#ancestors(head)].find((sha) => known.has(sha));
    return shared ? this.#of(shared).files : {};
  }

  files(base: string, head: string): Promise<readonly ChangedFile[]> {
    const before = this.#mergeBase(base, head);
    const after = this.#of(head).files;
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    const changed = names.filter((name) => before[name] !== after[name]);
    return Promise.resolve(changed.map((name) => changedFile(name, before[name], after[name])));
  }

  /** @returns undefined when both changed the same file differently. */
  #merged(base: string, head: string): Files | undefined {
    const [old, ours, theirs] = [this.#mergeBase(base, head), this.#of(base).files, this.#of(head).files];
    const out = new Map(Object.entries(ours));
    for (const name of new Set([...Object.keys(old), ...Object.keys(theirs)])) {
      if (theirs[name] === old[name] || theirs[name] === ours[name]) continue;
      if (ours[name] !== old[name]) return undefined;
      const content = theirs[name];
      if (content === undefined) out.delete(name);
      else out.set(name, content);
    }
    return Object.fromEntries(out);
  }

  #branch(name: string): string {
    return this.refs.get(`refs/heads/${name}`) ?? '';
  }

  mergeable(base: string, head: string): Promise<boolean> {
    return Promise.resolve(this.#merged(this.#branch(base), head) !== undefined);
  }

  async merge({ base, head, method, message, by }: Merge): Promise<string | undefined> {
    const onto = this.#branch(base);
    const files = this.#merged(onto, head);
    if (!files) return undefined;
    const sha =
      method === 'rebase'
        ? await this.#replay(onto, head, by)
        : this.#keep(method === 'merge' ? [onto, head] : [onto], files, message, by);
    this.refs.set(`refs/heads/${base}`, sha);
    return sha;
  }

  async #replay(onto: string, head: string, by: GitPerson): Promise<string> {
    let tip = onto;
    for (const one of await this.commits(onto, head)) {
      const files = this.#of(one.sha).files;
      const parent = one.parents[0] ? this.#of(one.parents[0]).files : {};
      const changes = Object.fromEntries(
        [...new Set([...Object.keys(parent), ...Object.keys(files)])]
          .filter((name) => parent[name] !== files[name])
          .map((name) => [name, files[name] ?? null]),
      );
      tip = this.write([tip], changes, one.message, by);
    }
    return tip;
  }

  setRef(ref: string, sha: string): Promise<void> {
    this.refs.set(ref, sha);
    return Promise.resolve();
  }

  deleteBranch(name: string): Promise<void> {
    this.refs.delete(`refs/heads/${name}`);
    return Promise.resolve();
  }
}

function changedFile(filename: string, before: string | undefined, after: string | undefined): ChangedFile {
  const lines = (text = ''): number => text.split('\n').length - 1;
  const status = before === undefined ? 'added' : after === undefined ? 'removed' : 'modified';
  return {
    filename,
    status,
    sha: id(after ?? before ?? ''),
    additions: lines(after),
    deletions: lines(before),
  };
}
