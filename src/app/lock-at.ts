import { readDocument } from '../audit/history/read-document.ts';
import type { VerifiedMerge } from '../audit/history/verified-merge.ts';
import type { Git } from '../ports/git.ts';
import type { MergedLock } from '../rollout/target.ts';
import { digestOf } from '../util/digest.ts';

/** Reads locks as verified merges brought them; any other commit has none. */
export function lockReader(
  git: Pick<Git, 'readBytes'>,
  merges: readonly VerifiedMerge[],
): (merge: string, path: string) => Promise<MergedLock | undefined> {
  const known = new Map<string, Promise<MergedLock | undefined>>();
  const read = async (merge: string, path: string): Promise<MergedLock | undefined> => {
    const brought = merges.find((m) => m.commit === merge)?.paths.some((p) => p.path === path);
    if (brought !== true) return undefined;
    const lock = readDocument(await git.readBytes(merge, path), path, 'PatchLock');
    return lock ? { path, lock, digest: digestOf(lock), merge } : undefined;
  };
  return (merge, path) => {
    const key = `${merge} ${path}`;
    const found = known.get(key) ?? read(merge, path);
    known.set(key, found);
    return found;
  };
}
