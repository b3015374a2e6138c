import { readFile, realpath, stat } from 'node:fs/promises';
import { PatchwardenError } from '../domain/errors.ts';

/** What a user named: a directory, or a file with its bytes. */
export type NamedInput =
  | {
      readonly kind: 'directory';
      readonly path: string /** The root of this very machine. */;
      readonly live: boolean;
    }
  | { readonly kind: 'file'; readonly path: string; readonly bytes: Uint8Array };

const MAX_BYTES = 64 << 20;

/**
 * Opens a path from the command line, which may be a symbolic link.
 * @throws PatchwardenError `source-failed` when it cannot be read or is larger than 64 MiB
 */
export async function readInput(path: string): Promise<NamedInput> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return { kind: 'directory', path, live: (await realpath(path)) === '/' };
    if (!found.isFile()) throw new Error('it is neither a file nor a directory');
    if (found.size > MAX_BYTES) throw new Error(`it is larger than the ${MAX_BYTES} bytes that are read`);
    return { kind: 'file', path, bytes: await readFile(path) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT'
        ? 'there is no such file or directory'
        : code === 'EACCES'
          ? 'permission is denied'
          : error instanceof Error
            ? error.message
            : String(error);
    throw new PatchwardenError('source-failed', `cannot read ${path}: ${why}`, { cause: error });
  }
}
