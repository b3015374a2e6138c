import { PatchwardenError } from '../domain/errors.ts';
import type { TreeChange, TreeEntry } from '../ports/git.ts';
import { quote } from '../util/printable.ts';
import { sortedBy } from '../util/sort.ts';
import type { GitObject, ObjectReader } from './git-objects.ts';

interface Named {
  readonly name: string;
  /** As Git tells it: six digits, one of its five. */
  readonly mode: string;
  readonly id: string;
}

type Tree = ReadonlyMap<string, Named>;

const FOLDER = '040000';
const NONE: Tree = new Map();
/** Trees that are kept: those of two neighbours in a history are mostly the same. */
const KEPT = 2000;

export interface GitTrees {
  /** One file, link or submodule; undefined for a folder, and where there is nothing. */
  entry(tree: string, path: string): Promise<TreeEntry | undefined>;
  /** Every file below a folder, links and submodules too; nothing where there is no such folder. */
  list(tree: string, folder: string): Promise<TreeEntry[]>;
  /** What is different; both are ids of trees. */
  diff(from: string, to: string): Promise<TreeChange[]>;
}

/**
 * Trees from their objects: only what differs is read, and no process is started.
 * Throws `bad-document` on a tree that Git itself would not have written: two readers could see two things in it.
 */
export function gitTrees(objects: ObjectReader): GitTrees {
  const known = new Map<string, Tree>();
  const read = async (ids: readonly string[]): Promise<readonly Tree[]> => {
    const missing = [...new Set(ids.filter((id) => !known.has(id)))];
    const found = await objects(missing);
    const trees = new Map(missing.map((id, i) => [id, parseTree(id, found[i])]));
    if (known.size > KEPT) known.clear();
    const all = ids.map((id) => known.get(id) ?? trees.get(id) ?? NONE);
    for (const [id, tree] of trees) known.set(id, tree);
    return all;
  };

  /** One level of each at a time, so that a level is one question. */
  const below = async (folders: readonly { readonly path: string; readonly id: string }[]) => {
    const files: TreeEntry[] = [];
    for (let level = folders; level.length > 0; ) {
      const trees = await read(level.map((f) => f.id));
      level = level.flatMap(({ path }, i) => {
        const entries = [...(trees[i] ?? NONE).values()].map((e) => ({ ...e, path: `${path}${e.name}` }));
        for (const { path: at, mode, id } of entries)
          if (mode !== FOLDER) files.push({ path: at, mode, blob: id });
        return entries.filter((e) => e.mode === FOLDER).map((e) => ({ path: `${e.path}/`, id: e.id }));
      });
    }
    return files;
  };

  const find = async (tree: string, path: string): Promise<Named | undefined> => {
    let at: Named | undefined = { name: '', mode: FOLDER, id: tree };
    for (const name of path === '' ? [] : path.split('/')) {
      if (at?.mode !== FOLDER) return undefined;
      const [entries] = await read([at.id]);
      at = entries?.get(name);
    }
    return at;
  };

  return {
    async entry(tree, path) {
      const at = await find(tree, path);
      return at === undefined || at.mode === FOLDER ? undefined : { path, mode: at.mode, blob: at.id };
    },

    async list(tree, folder) {
      const at = await find(tree, folder);
      if (at === undefined) return [];
      if (at.mode !== FOLDER) return [{ path: folder, mode: at.mode, blob: at.id }];
      return sortedBy(await below([{ path: folder === '' ? '' : `${folder}/`, id: at.id }]), (e) => e.path);
    },

    async diff(from, to) {
      const changes: TreeChange[] = [];
      const gone: { path: string; id: string }[] = [];
      const come: { path: string; id: string }[] = [];
      const added = (path: string, { mode, id }: Named): void => {
        if (mode === FOLDER) come.push({ path: `${path}/`, id });
        else changes.push({ path, change: 'added', blob: id, mode });
      };
      const deleted = (path: string, { mode, id }: Named): void => {
        if (mode === FOLDER) gone.push({ path: `${path}/`, id });
        else changes.push({ path, change: 'deleted', blob: null, mode: null });
      };
      let level = from === to ? [] : [{ path: '', from, to }];
      while (level.length > 0) {
        const trees = await read(level.flatMap((pair) => [pair.from, pair.to]));
        const deeper: typeof level = [];
        for (const [i, { path: above }] of level.entries()) {
          const [before = NONE, after = NONE] = trees.slice(2 * i);
          for (const name of new Set([...before.keys(), ...after.keys()])) {
            const [old, now] = [before.get(name), after.get(name)];
            const path = `${above}${name}`;
            if (old?.id === now?.id && old?.mode === now?.mode) continue;
            if (old?.mode === FOLDER && now?.mode === FOLDER)
              deeper.push({ path: `${path}/`, from: old.id, to: now.id });
            else if (old && now && old.mode !== FOLDER && now.mode !== FOLDER)
              changes.push({ path, change: 'modified', blob: now.id, mode: now.mode });
            else {
              if (old) deleted(path, old);
              if (now) added(path, now);
            }
          }
        }
        level = deeper;
      }
      for (const { path, mode, blob } of await below(come))
        changes.push({ path, change: 'added', blob, mode });
      for (const { path } of await below(gone))
        changes.push({ path, change: 'deleted', blob: null, mode: null });
      return sortedBy(changes, (c) => c.path);
    },
  };
}

/** `<mode> SP <name> NUL <id in binary>` @see gitformat-pack(5) and git-mktree(1) */
function parseTree(id: string, object: GitObject | undefined): Tree {
  if (object?.type !== 'tree')
    throw new PatchwardenError(
      'forge-failed',
      `the tree ${id.slice(0, 12)} is missing from the repository; fetch it again`,
    );
  const { bytes } = object;
  const entries = new Map<string, Named>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(' ', at);
    const end = bytes.indexOf(0, space);
    const next = end + 1 + id.length / 2;
    const mode = modeOf(Number.parseInt(bytes.toString('latin1', at, space), 8));
    const name = bytes.toString('utf8', space + 1, end);
    if (space < 0 || end < 0 || next > bytes.length || UNUSABLE.test(name) || entries.has(name))
      throw new PatchwardenError(
        'bad-document',
        `the tree ${id.slice(0, 12)} is not one that Git writes: ${quote(name, 200)} is no name, or stands twice`,
      );
    entries.set(name, { name, mode, id: bytes.toString('hex', end + 1, next) });
    at = next;
  }
  return entries;
}

const UNUSABLE = /^$|^\.{1,2}$|^\.git$|\//i;

/** Git knows five modes and takes every other number for one of them. */
function modeOf(mode: number): string {
  switch (mode & 0o170000) {
    case 0o100000:
      return (mode & 0o100) === 0 ? '100644' : '100755';
    case 0o120000:
      return '120000';
    case 0o040000:
      return FOLDER;
    default:
      return '160000';
  }
}
