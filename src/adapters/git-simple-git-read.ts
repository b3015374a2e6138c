import { PatchwardenError } from '../domain/errors.ts';
import type { Git, TreeChange, TreeEntry } from '../ports/git.ts';
import { quote } from '../util/printable.ts';
import { sortedBy } from '../util/sort.ts';
import { type CommitObject, parseCommitObject } from './git-commit-object.ts';
import type { GitRun } from './git-simple-git-run.ts';

const FULL_ID = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
/** A file of a policy repository beyond this is not read into memory. */
const MAX_BLOB_BYTES = 64 << 20;

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

export function gitReads(run: GitRun): GitReads {
  // Commits never change, so what was read once stays true.
  const commits = new Map<string, CommitObject & { readonly raw: string }>();

  const resolve: Git['resolve'] = async (name) => {
    const { code, text } = await run(['rev-parse', '--verify', '--end-of-options', `${name}^{commit}`], {
      answers: [1, 128],
    });
    return code === 0 && FULL_ID.test(text) ? text : undefined;
  };

  const commitObject: GitReads['commitObject'] = async (id) => {
    const known = commits.get(id);
    if (known) return known;
    const { bytes } = await run(['cat-file', 'commit', revision(id)]);
    const object = { ...parseCommitObject(id, bytes), raw: bytes.toString('utf8') };
    if (FULL_ID.test(id)) commits.set(id, object);
    return object;
  };

  const readBytes: Git['readBytes'] = async (commit, path) => {
    const { bytes } = await run(['ls-tree', '-z', '--long', '--full-tree', revision(commit), '--', path]);
    const entry = parseTree(bytes).find((e) => e.path === path);
    if (!entry || entry.mode === '040000') return undefined;
    if (!entry.mode.startsWith('100'))
      throw new PatchwardenError(
        'bad-document',
        `${quote(path, 200)} in ${commit.slice(0, 12)} is a ${entry.mode === '120000' ? 'symbolic link' : 'submodule'}; only regular files are read`,
      );
    const { size = 0 } = entry;
    if (size > MAX_BLOB_BYTES)
      throw new PatchwardenError(
        'bad-document',
        `${quote(path, 200)} in ${commit.slice(0, 12)} has ${size} bytes; at most ${MAX_BLOB_BYTES} are read`,
      );
    return (await run(['cat-file', 'blob', entry.blob])).bytes;
  };

  const listTree: Git['listTree'] = async (commit, prefix) => {
    const path = prefix.replace(/\/$/, '');
    const { bytes } = await run([
      'ls-tree',
      '-r',
      '-z',
      '--full-tree',
      revision(commit),
      ...(path === '' ? [] : ['--', path]),
    ]);
    return sortedBy(parseTree(bytes), (e) => e.path);
  };

  return {
    commitObject,
    readBytes,
    listTree,
    resolve,
    async readObjects(names) {
      if (names.length === 0) return [];
      // A line feed would end the question early and shift every answer after it.
      if (names.some((n) => n.includes('\n')))
        throw new PatchwardenError('forge-failed', 'a path with a line feed cannot be read from Git');
      const input = names.map((n) => `${revision(n)}\n`).join('');
      const { bytes } = await run(['cat-file', '--batch'], { input });
      return parseBatch(bytes, names.length);
    },
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
      const { bytes } = await run([
        'diff-tree',
        '-r',
        '-z',
        '--raw',
        '--no-renames',
        '--no-abbrev',
        '--full-index',
        revision(from),
        revision(to),
      ]);
      return sortedBy(parseDiff(bytes), (c) => c.path);
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
    async commitsBetween(base, head) {
      const { text } = await run([
        'rev-list',
        '--reverse',
        '--topo-order',
        revision(head),
        `^${revision(base)}`,
      ]);
      return text === '' ? [] : text.split('\n');
    },
    async isAncestor(ancestor, of) {
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

/** `<mode> SP <type> SP <id> [SP+ <size>] TAB <path> NUL` @see git-ls-tree(1) */
function parseTree(bytes: Buffer): (TreeEntry & { readonly size?: number })[] {
  return records(bytes).map((record) => {
    const tab = record.indexOf('\t');
    const [mode = '', , blob = '', size] = record.slice(0, tab).split(/ +/);
    return {
      path: record.slice(tab + 1),
      mode,
      blob,
      ...(size && size !== '-' ? { size: Number(size) } : {}),
    };
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

/** `<id> SP <type> SP <size> LF <content> LF`, or `<name> SP missing LF` @see git-cat-file(1), "BATCH OUTPUT" */
function parseBatch(bytes: Buffer, count: number): (Uint8Array | undefined)[] {
  const found: (Uint8Array | undefined)[] = [];
  let position = 0;
  while (found.length < count) {
    const end = bytes.indexOf('\n', position);
    if (end < 0)
      throw new PatchwardenError('forge-failed', 'git cat-file ended before its answer was complete');
    const size = /^[0-9a-f]{40,64} [a-z]+ (\d+)$/.exec(bytes.toString('utf8', position, end))?.[1];
    position = end + 1;
    if (size === undefined) found.push(undefined);
    else {
      found.push(bytes.subarray(position, position + Number(size)));
      position += Number(size) + 1;
    }
  }
  return found;
}
