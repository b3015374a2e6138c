import { PatchwardenError } from '../domain/errors.ts';
import type { FileTree } from '../ports/file-tree.ts';
import { compareCodePoints } from '../util/sort.ts';

/** Files that a host sent, as the tree they were on it. Those it could not send whole throw when they are read. */
export function memoryFileTree(
  label: string,
  files: ReadonlyMap<string, Uint8Array>,
  unreadable: ReadonlyMap<string, string> = new Map(),
): FileTree {
  const names = [...files.keys(), ...unreadable.keys()];
  const fail = (path: string, why: string): never => {
    throw new PatchwardenError('source-failed', `cannot read ${path} of ${label}: ${why}`);
  };
  return {
    label,
    read: async (path, { maxBytes = Number.POSITIVE_INFINITY } = {}) => {
      const why = unreadable.get(path);
      if (why !== undefined) fail(path, why);
      const bytes = files.get(path);
      if (bytes !== undefined && bytes.byteLength > maxBytes)
        fail(path, `it is larger than the ${maxBytes} bytes that are read`);
      return bytes;
    },
    list: async (path) => {
      const prefix = path === '' ? '' : `${path}/`;
      const below = names.filter((n) => n.startsWith(prefix)).map((n) => n.slice(prefix.length));
      return [...new Set(below.map((n) => n.split('/')[0] ?? ''))].sort(compareCodePoints);
    },
  };
}
