import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Socket } from 'node:net';
import { PatchwardenError } from '../domain/errors.ts';
import { inTurn } from '../util/in-turn.ts';
import { quote } from '../util/printable.ts';
import { complaint } from './git-simple-git-run.ts';
import { readBytes, readLine } from './read-stream.ts';

/** An object as Git stores it. */
export interface GitObject {
  readonly id: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/**
 * Objects by any name that Git understands, in the order of the names; undefined where there is none.
 * Throws `bad-document` for one beyond 64 MiB, `forge-failed` when Git fails.
 */
export type ObjectReader = (names: readonly string[]) => Promise<readonly (GitObject | undefined)[]>;

/** An object of a policy repository beyond this is not read into memory. */
const MAX_OBJECT_BYTES = 64 << 20;
const TIMEOUT_MS = 300_000;
const IDLE_MS = 1000;

/**
 * Asks one `git cat-file --batch`, which stays for the next question and leaves when there is none for a second: a walk over
 * a history asks for thousands of objects, and a process for each costs more than all the rest. A program whose work is
 * done does not wait for it.
 * @param start starts that process
 */
export function objectReader(start: () => ChildProcessWithoutNullStreams): ObjectReader {
  let child: ChildProcessWithoutNullStreams | undefined;
  let leave: NodeJS.Timeout | undefined;
  const queued = inTurn();

  const answer: ObjectReader = async (names) => {
    clearTimeout(leave);
    child ??= opened(start());
    const asked = child;
    hold(asked, true);
    const timer = setTimeout(() => asked.kill('SIGKILL'), TIMEOUT_MS);
    try {
      asked.stdin.write(names.map((name) => `${name}\n`).join(''));
      const objects: (GitObject | undefined)[] = [];
      for (const name of names) objects.push(await nextObject(asked, name));
      leave = setTimeout(() => {
        child = undefined;
        asked.stdin.end();
      }, IDLE_MS).unref();
      hold(asked, false);
      return objects;
    } catch (error) {
      // What it still has to say would be taken for the next answer.
      child = undefined;
      asked.kill('SIGKILL');
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };

  return (names) => {
    if (names.length === 0) return Promise.resolve([]);
    // A line feed would end the question early and shift every answer after it.
    if (names.some((n) => n.includes('\n')))
      return Promise.reject(
        new PatchwardenError('forge-failed', 'a path with a line feed cannot be read from Git'),
      );
    return queued(() => answer(names));
  };
}

const complaints = new WeakMap<ChildProcessWithoutNullStreams, string>();

function opened(child: ChildProcessWithoutNullStreams): ChildProcessWithoutNullStreams {
  const say = (text: string) => complaints.set(child, `${complaints.get(child) ?? ''}${text}`.slice(-4000));
  child.stderr.on('data', (chunk: Buffer) => say(chunk.toString('utf8')));
  child.on('error', (error) => say(error.message));
  // A process that ends early closes the pipe; what it said tells why.
  child.stdin.on('error', () => undefined);
  return child;
}

/** Whether this program stays for the sake of the process. */
function hold(child: ChildProcessWithoutNullStreams, held: boolean): void {
  for (const part of [child, child.stdin as Socket, child.stdout as Socket, child.stderr as Socket])
    if (held) part.ref();
    else part.unref();
}

/** `<id> SP <type> SP <size> LF <content> LF`, or `<name> SP missing LF` @see git-cat-file(1), "BATCH OUTPUT" */
async function nextObject(
  child: ChildProcessWithoutNullStreams,
  name: string,
): Promise<GitObject | undefined> {
  const line = await readLine(child.stdout);
  if (line === undefined) throw failure(child);
  const [, id, type = '', digits = ''] = /^([0-9a-f]{40,64}) ([a-z]+) (\d+)$/.exec(line) ?? [];
  if (id === undefined) return undefined;
  const size = Number(digits);
  if (size > MAX_OBJECT_BYTES)
    throw new PatchwardenError(
      'bad-document',
      `${quote(name, 200)} has ${size} bytes; at most ${MAX_OBJECT_BYTES} are read`,
    );
  const content = await readBytes(child.stdout, size + 1);
  if (!content) throw failure(child);
  return { id, type, bytes: content.subarray(0, size) };
}

const failure = (child: ChildProcessWithoutNullStreams): PatchwardenError =>
  new PatchwardenError('forge-failed', `git cat-file failed: ${complaint(complaints.get(child) ?? '')}`);
