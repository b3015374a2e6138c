import { MAX_DOCUMENT_BYTES } from '../contracts/load-json.ts';
import { type Problem, problem } from '../contracts/problem.ts';
import { FOLDERS } from '../contracts/repository-layout.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { FileTree } from '../ports/file-tree.ts';

/** What a directory holds of a policy repository. */
export interface WorkingTree {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** One problem for each file that is there and cannot be read: too large, a symbolic link, no permission. */
  readonly unreadable: readonly Problem[];
}

const MAX_FILES = 10_000;
const MAX_TOTAL_BYTES = 256 * 1024 * 1024;
const MAX_DEPTH = 4;
const SINGLE_FILES = ['patchwarden.json', 'roles.json', 'pins.json', 'allowed-signers'];

/**
 * The files that may be documents, from the work tree as it is (committed or not).
 * @throws PatchwardenError `bad-document` above 10,000 files or 256 MiB
 */
export async function readWorkingTree(tree: FileTree): Promise<WorkingTree> {
  const files = new Map<string, Uint8Array>();
  const unreadable: Problem[] = [];
  let bytes = 0;
  const guarded = async <T>(path: string, action: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof PatchwardenError) || error.code !== 'source-failed') throw error;
      unreadable.push(problem(path, { line: 1, column: 1 }, 'unreadable', error.message));
      return undefined;
    }
  };
  const take = async (path: string, depth: number): Promise<void> => {
    const before = unreadable.length;
    const content = await guarded(path, () => tree.read(path, { maxBytes: MAX_DOCUMENT_BYTES }));
    if (content !== undefined) files.set(path, content);
    else if (unreadable.length === before && depth < MAX_DEPTH) await folder(path, depth + 1);
    bytes += content?.byteLength ?? 0;
    if (files.size + unreadable.length > MAX_FILES || bytes > MAX_TOTAL_BYTES)
      throw new PatchwardenError(
        'bad-document',
        `${tree.label} holds more than ${MAX_FILES} documents or ${MAX_TOTAL_BYTES >> 20} MiB of them; split the policy repository`,
      );
  };
  const folder = async (path: string, depth: number): Promise<void> => {
    for (const name of (await guarded(path, () => tree.list(path))) ?? [])
      await take(`${path}/${name}`, depth);
  };
  for (const path of SINGLE_FILES) await take(path, MAX_DEPTH);
  for (const path of [...Object.keys(FOLDERS), 'locks', 'policies']) await folder(path, 1);
  return { files, unreadable };
}
