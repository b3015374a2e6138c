import { PatchwardenError } from '../../../src/domain/errors.ts';
import type { FileTree } from '../../../src/ports/file-tree.ts';
import { compareCodePoints } from '../../../src/util/sort.ts';

/** Files in memory by path; an Error in place of content is thrown when it is read. */
export function fakeFileTree(
  files: ReadonlyMap<string, string | Uint8Array | Error>,
  label = '/fake',
): FileTree {
  return {
    label,
    read: async (path, options) => {
      const content = files.get(path);
      if (content instanceof Error) throw content;
      if (content === undefined) return undefined;
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      if (bytes.byteLength > (options?.maxBytes ?? Number.POSITIVE_INFINITY))
        throw new PatchwardenError('source-failed', `cannot read ${path} below ${label}: it is too large`);
      return bytes;
    },
    list: async (path) => {
      const prefix = path === '' ? '' : `${path}/`;
      const below = [...files.keys()].filter((p) => p.startsWith(prefix)).map((p) => p.slice(prefix.length));
      return [...new Set(below.map((p) => p.split('/')[0] ?? ''))].sort(compareCodePoints);
    },
  };
}
