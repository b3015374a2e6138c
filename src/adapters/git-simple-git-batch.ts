import { PatchwardenError } from '../domain/errors.ts';
import type { Git } from '../ports/git.ts';
import { parseCommitObject } from './git-commit-object.ts';
import { revision } from './git-simple-git-read.ts';
import type { GitRun } from './git-simple-git-run.ts';

/** Reads that would otherwise start a process each: one process answers many questions. */
export function gitBatch(run: GitRun): Pick<Git, 'readFiles' | 'history'> {
  /** Contents in the order asked; undefined where there is no such object of that type. */
  const objects = async (
    names: readonly string[],
    type: 'blob' | 'commit',
  ): Promise<readonly (Uint8Array | undefined)[]> => {
    // A line feed would end the question early and shift every answer after it.
    if (names.some((n) => n.includes('\n')))
      throw new PatchwardenError('forge-failed', 'a path with a line feed cannot be read from Git');
    if (names.length === 0) return [];
    const { bytes } = await run(['cat-file', '--batch'], { input: `${names.join('\n')}\n` });
    return parseBatch(bytes, names.length, type);
  };

  return {
    readFiles: (wanted) => objects(wanted.map(({ commit, path }) => `${revision(commit)}:${path}`), 'blob'),

    async history(head) {
      const { text } = await run(['rev-list', '--topo-order', '--reverse', revision(head)]);
      const ids = text === '' ? [] : text.split('\n');
      const raw = await objects(ids, 'commit');
      return ids.map((id, i) => {
        const bytes = raw[i];
        if (!bytes) throw new PatchwardenError('forge-failed', `commit ${id.slice(0, 12)} is missing`);
        return parseCommitObject(id, bytes).commit;
      });
    },
  };
}

/** `<id> SP <type> SP <size> LF <contents> LF`, or `<name> SP missing LF`. @see git-cat-file(1), "BATCH OUTPUT" */
function parseBatch(bytes: Uint8Array, count: number, wanted: string): (Uint8Array | undefined)[] {
  const out: (Uint8Array | undefined)[] = [];
  let at = 0;
  while (out.length < count) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) throw new PatchwardenError('forge-failed', 'git cat-file ended in the middle of its answer');
    const header = Buffer.from(bytes.subarray(at, end)).toString('utf8');
    const [, type, digits] = /^[0-9a-f]{40,64} ([a-z]+) (\d+)$/.exec(header) ?? [];
    at = end + 1;
    if (type === undefined || digits === undefined) {
      out.push(undefined);
      continue;
    }
    const size = Number(digits);
    out.push(type === wanted ? bytes.subarray(at, at + size) : undefined);
    at += size + 1;
  }
  return out;
}
