import { instantOf } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { HostedFailure } from './hosted-api.ts';

/** Where the pace is remembered between runs, which come every few minutes on new machines or the same. */
export interface PaceStore {
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

export interface PaceOptions {
  readonly clock: Clock;
  readonly store?: PaceStore;
  readonly perMinute?: number;
  readonly perHour?: number;
}

export interface Pace {
  /** One write after another, at the pace; throws `limited` when the next place is more than a minute away. */
  write<T>(request: () => Promise<T>): Promise<T>;
  /** Passes a read on, unless the forge asked for silence. */
  read<T>(request: () => Promise<T>): Promise<T>;
}

/** A second longer than their names say, for clocks here tell whole seconds. */
const MINUTE = 61_000;
const HOUR = 3_601_000;

interface Memory {
  /** Milliseconds since 1970 of the writes of the last hour, oldest first. */
  writes: number[];
  /** No request at all before this. */
  silentUntil: number;
}

/**
 * Keeps below what a forge bears: at most so many writes a minute and an hour, one at a time, and silence until the time
 * that a limit named (R6). A clock that went back neither forgets writes nor lengthens
 * a silence beyond an hour.
 */
export function createPace({ clock, store, perMinute = 60, perHour = 400 }: PaceOptions): Pace {
  const now = (): number => Date.parse(clock.now());
  let memory: Memory | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const load = async (): Promise<Memory> => {
    memory ??= parseMemory(await store?.read());
    const at = now();
    memory.writes = memory.writes.map((t) => Math.min(t, at)).filter((t) => t > at - HOUR);
    if (memory.silentUntil > at + HOUR) memory.silentUntil = at + HOUR;
    return memory;
  };
  const save = async (state: Memory): Promise<void> => store?.write(`${JSON.stringify(state)}\n`);

  const listen = async <T>(request: () => Promise<T>): Promise<T> => {
    const state = await load();
    if (state.silentUntil > now()) throw limitedUntil(state.silentUntil, 'the forge asked for silence');
    try {
      return await request();
    } catch (error) {
      if (error instanceof HostedFailure && error.kind === 'limited') {
        state.silentUntil = Math.max(state.silentUntil, Date.parse(error.retryAt ?? clock.now()));
        await save(state);
      }
      throw error;
    }
  };

  const placed = async <T>(request: () => Promise<T>): Promise<T> => {
    const state = await load();
    const hourly = state.writes.at(-perHour);
    if (hourly !== undefined)
      throw limitedUntil(hourly + HOUR, `${perHour} writes within an hour are as many as we make`);
    const minutely = state.writes.at(-perMinute);
    if (minutely !== undefined && minutely + MINUTE > now()) await clock.sleep(minutely + MINUTE - now());
    state.writes.push(now());
    await save(state);
    return listen(request);
  };

  return {
    read: listen,
    write: (request) => {
      const mine = last.then(() => placed(request));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

function parseMemory(text: string | undefined): Memory {
  try {
    const { writes, silentUntil } = JSON.parse(text ?? '') as Partial<Memory>;
    if (Array.isArray(writes) && writes.every(Number.isFinite) && Number.isFinite(silentUntil))
      return { writes: [...writes], silentUntil: silentUntil ?? 0 };
  } catch {
    // What cannot be read is forgotten: the forge says so itself when we are too fast.
  }
  return { writes: [], silentUntil: 0 };
}

const limitedUntil = (at: number, why: string): HostedFailure => {
  const retryAt = instantOf(at + 999);
  return new HostedFailure('limited', `${why}; the next request is due at ${retryAt}`, { retryAt });
};
