import { PatchwardenError } from '../domain/errors.ts';
import type { Git, TreeChange, TreeEntry } from '../ports/git.ts';
import { quote } from '../util/printable.ts';
import { sortedBy } from '../util/sort.ts';
import { type CommitObject, parseCommitObject } from './git-commit-object.ts';
import type { GitObject, ObjectReader } from './git-objects.ts';
import type { GitRun } from './git-simple-git-run.ts';

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
    const [, folder = '', name = ''] = /^(?:(.*)\/)?([^/]*)$/s.exec(path) ?? [];
    const [top, within] = await objects([`${revision(commit)}^{tree}`, `${commit}:${folder}`]);
    if (!top) throw new PatchwardenError('forge-failed', `${quote(commit)} is no commit of this repository`);
    if (within?.type !== 'tree') return undefined;
    const entry = parseTreeObject(within).find((e) => e.name === name);
    if (!entry || entry.mode === '40000') return undefined;
    if (!entry.mode.startsWith('100'))
      throw new PatchwardenError(
        'bad-document',
        `${quote(path, 200)} in ${commit.slice(0, 12)} is a ${entry.mode === '120000' ? 'symbolic link' : 'submodule'}; only regular files are read`,
      );
    const [blob] = await objects([entry.id]);
    if (!blob)
      throw new PatchwardenError(
        'forge-failed',
        `the content of ${quote(path, 200)} in ${commit.slice(0, 12)} is missing from the repository; fetch it again`,
      );
    return blob.bytes;
  };

  const listTree: Git['listTree'] = (commit, prefix) => {
    const path = prefix.replace(/\/$/, '');
    return once(`ls-tree ${path}`, [commit], async () => {
      const under = path === '' ? [] : ['--', path];
      const { bytes } = await run(['ls-tree', '-r', '-z', '--full-tree', revision(commit), ...under]);
      return sortedBy(parseTree(bytes), (e) => e.path);
    });
  };

  const diffTrees = async (from: string, to: string): Promise<TreeChange[]> => {
    const options = ['-r', '-z', '--raw', '--no-renames', '--no-abbrev', '--full-index'];
    const { bytes } = await run(['diff-tree', ...options, revision(from), revision(to)]);
    return sortedBy(parseDiff(bytes), (c) => c.path);
  };

  const commitsBetween: Git['commitsBetween'] = async (base, head) => {
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
      return once('diff-tree', [from, to], () => diffTrees(from, to));
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

/** `<mode> SP <type> SP <id> TAB <path> NUL` @see git-ls-tree(1) */
function parseTree(bytes: Buffer): TreeEntry[] {
  return records(bytes).map((record) => {
    const tab = record.indexOf('\t');
    const [mode = '', , blob = ''] = record.slice(0, tab).split(' ');
    return { path: record.slice(tab + 1), mode, blob };
  });
}

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

/** `<mode> SP <name> NUL <id in binary>` @see gitformat-pack(5) and git-mktree(1) */
function parseTreeObject({
  id,
  bytes,
}: GitObject): { readonly mode: string; readonly name: string; readonly id: string }[] {
  const entries = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(' ', at);
    const end = bytes.indexOf(0, space);
    const next = end + 1 + id.length / 2;
    entries.push({
      mode: bytes.toString('latin1', at, space),
      name: bytes.toString('utf8', space + 1, end),
      id: bytes.toString('hex', end + 1, next),
    });
    at = next;
  }
  return entries;
}
