import { PatchwardenError } from '../domain/errors.ts';
import type { Git, GitCommit, TreeChange } from '../ports/git.ts';
import { quote } from '../util/printable.ts';
import { sortedBy } from '../util/sort.ts';
import { type CommitObject, parseCommitObject } from './git-commit-object.ts';
import type { ObjectReader } from './git-objects.ts';
import type { GitRun } from './git-simple-git-run.ts';
import { gitTrees } from './git-trees.ts';

/** Commits of a proposal that are looked at one by one. */
const STRAIGHT = 100;
const FULL_ID = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

type Reads = Pick<
  Git,
  | 'resolve'
  | 'readCommit'
  | 'readFile'
  | 'readBytes'
  | 'readObjects'
  | 'listTree'
  | 'diffTrees'
  | 'firstParentLine'
  | 'versionsBelow'
  | 'commitsBetween'
  | 'isAncestor'
  | 'refs'
  | 'rawCommit'
>;

/** The reading half, and the stored object of a commit for whoever checks its signature. */
export interface GitReads extends Reads {
  commitObject(id: string): Promise<CommitObject & { readonly raw: string }>;
}

export function gitReads(run: GitRun, objects: ObjectReader): GitReads {
  // Commits never change, so what was read once stays true.
  const commits = new Map<string, CommitObject & { readonly raw: string }>();
  const known = new Map<string, Promise<unknown>>();
  /** @param ids what the answer hangs on: it is kept where they name objects */
  const once = <T>(what: string, ids: readonly string[], ask: () => Promise<T>): Promise<T> => {
    if (!ids.every((id) => FULL_ID.test(id))) return ask();
    const asked = (known.get(`${what} ${ids.join(' ')}`) as Promise<T> | undefined) ?? ask();
    known.set(`${what} ${ids.join(' ')}`, asked);
    // What failed may not fail again: an object can have been fetched since.
    asked.catch(() => known.delete(`${what} ${ids.join(' ')}`));
    return asked;
  };

  const resolve: Git['resolve'] = async (name) => {
    if (name.includes('\n')) return undefined;
    const [commit] = await objects([`${name}^{commit}`]);
    return commit?.id;
  };

  const commitObject: GitReads['commitObject'] = async (id) => {
    const known = commits.get(id);
    if (known) return known;
    const [stored] = await objects([revision(id)]);
    if (stored?.type !== 'commit')
      throw new PatchwardenError('forge-failed', `${quote(id)} is no commit of this repository`);
    const object = { ...parseCommitObject(id, stored.bytes), raw: stored.bytes.toString('utf8') };
    if (FULL_ID.test(id)) commits.set(id, object);
    return object;
  };

  const readBytes: Git['readBytes'] = async (commit, path) => {
    const [tree = ''] = await treesOf([commit]);
    const entry = await trees.entry(tree, path);
    if (!entry) return undefined;
    if (!entry.mode.startsWith('100'))
      throw new PatchwardenError(
        'bad-document',
        `${quote(path, 200)} in ${commit.slice(0, 12)} is a ${entry.mode === '120000' ? 'symbolic link' : 'submodule'}; only regular files are read`,
      );
    const [blob] = await objects([entry.blob]);
    if (!blob)
      throw new PatchwardenError(
        'forge-failed',
        `the content of ${quote(path, 200)} in ${commit.slice(0, 12)} is missing from the repository; fetch it again`,
      );
    return blob.bytes;
  };

  const trees = gitTrees(objects);
  const treesOf = async (names: readonly string[]): Promise<readonly string[]> => {
    const found = await objects(names.map((name) => `${revision(name)}^{tree}`));
    return found.map((tree, i) => {
      if (!tree)
        throw new PatchwardenError(
          'forge-failed',
          `${quote(names[i] ?? '')} is no commit of this repository`,
        );
      return tree.id;
    });
  };

  const listTree: Git['listTree'] = (commit, prefix) => {
    const path = prefix.replace(/\/$/, '');
    return once(`list ${path}`, [commit], async () => {
      const [tree = ''] = await treesOf([commit]);
      return trees.list(tree, path);
    });
  };

  /** A straight line of commits is read as it is; anything else is for Git to sort. */
  const commitsBetween: Git['commitsBetween'] = async (base, head) => {
    const line: string[] = [];
    for (let at: string | undefined = head; at !== undefined && line.length < STRAIGHT; ) {
      if (at === base) return line.reverse();
      const { parents }: GitCommit = (await commitObject(at)).commit;
      line.push(at);
      at = parents.length === 1 ? parents[0] : undefined;
    }
    const { text } = await run([
      'rev-list',
      '--reverse',
      '--topo-order',
      revision(head),
      `^${revision(base)}`,
    ]);
    return text === '' ? [] : text.split('\n');
  };

  return {
    commitObject,
    readBytes,
    listTree,
    resolve,
    readObjects: async (names) => (await objects(names.map(revision))).map((o) => o?.bytes),
    readCommit: async (id) => (await commitObject(id)).commit,
    rawCommit: async (id) => (await commitObject(id)).raw,
    async readFile(commit, path) {
      const bytes = await readBytes(commit, path);
      if (bytes === undefined) return undefined;
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch (cause) {
        throw new PatchwardenError(
          'bad-document',
          `${quote(path, 200)} in ${commit.slice(0, 12)} is not valid UTF-8; save it as UTF-8`,
          { cause },
        );
      }
    },
    async diffTrees(from, to) {
      if (from === null)
        return (await listTree(to, '')).map(({ path, mode, blob }) => ({
          path,
          mode,
          blob,
          change: 'added',
        }));
      return once('diff', [from, to], async () => {
        const [before = '', after = ''] = await treesOf([from, to]);
        return trees.diff(before, after);
      });
    },
    async firstParentLine(from, to) {
      const { text } = await run(['rev-list', '--first-parent', revision(to)]);
      const line = text.split('\n');
      const start = line.indexOf(from);
      return start < 0 ? undefined : line.slice(0, start).reverse();
    },
    async versionsBelow(head, folder) {
      const { bytes } = await run([
        'log',
        ...['--first-parent', '-m', '--root', '--format=', '-z', '--raw', '--no-renames', '--no-abbrev'],
        ...[revision(head), '--', folder],
      ]);
      const versions = parseDiff(bytes).flatMap(({ path, blob }) => (blob === null ? [] : [{ path, blob }]));
      const each = new Map(versions.map((v) => [`${v.path}\0${v.blob}`, v]));
      return sortedBy(
        each.values(),
        (v) => v.path,
        (v) => v.blob,
      );
    },
    commitsBetween: (base, head) => once('rev-list', [base, head], () => commitsBetween(base, head)),
    async isAncestor(ancestor, of) {
      // A proposal mostly starts where the branch is, and that its own commit says.
      if (FULL_ID.test(of) && (await commitObject(of)).commit.parents.includes(ancestor)) return true;
      const { text } = await run(['merge-base', revision(ancestor), revision(of)], { answers: [1] });
      return text === (FULL_ID.test(ancestor) ? ancestor : await resolve(ancestor));
    },
    async refs(prefix) {
      const { text } = await run(['for-each-ref', '--format=%(objectname) %(refname)', prefix]);
      const pairs = text === '' ? [] : text.split('\n').map((line) => line.split(' ') as [string, string]);
      return new Map(sortedBy(pairs, ([, ref]) => ref).map(([id, ref]) => [ref, id]));
    },
  };
}

/** A revision that cannot be taken for an option. */
export function revision(name: string): string {
  if (name === '' || name.startsWith('-'))
    throw new PatchwardenError('usage', `${quote(name)} is not a Git revision`);
  return name;
}

const records = (bytes: Buffer): string[] =>
  bytes
    .toString('utf8')
    .split('\0')
    .filter((r) => r !== '');

/** `:<mode> <mode> <id> <id> <status> NUL <path> NUL` @see git-diff-tree(1), "RAW OUTPUT FORMAT" */
function parseDiff(bytes: Buffer): TreeChange[] {
  const list = records(bytes);
  const changes: TreeChange[] = [];
  for (let i = 0; i + 1 < list.length; i += 2) {
    const [, mode = '', , blob = '', status = ''] = (list[i] ?? '').split(' ');
    const path = list[i + 1] ?? '';
    if (status === 'D') changes.push({ path, change: 'deleted', blob: null, mode: null });
    else changes.push({ path, change: status === 'A' ? 'added' : 'modified', blob, mode });
  }
  return changes;
}
