import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Moments at which a process can be ended. `during`: what it pushes arrives much later. */
export type Point =
  | `write ${'arrived' | 'done' | 'answered'}`
  | `${'push' | 'evidence'} ${'before' | 'during' | 'after'}`
  | `pace ${'before' | 'after'}`
  | 'sleep';

/** At the nth of these moments, counted over all processes. */
export type Kill = readonly [point: Point, nth: number];

/** Ends processes by SIGKILL at the moments of a list. */
export interface Killer {
  /** What was done, as `<point> <nth>`. */
  readonly done: readonly string[];
  /** Whose moments come from now on. */
  readonly take: (process: ChildProcess) => void;
  /** Counts the moment. @returns whether it is one to end at */
  readonly meets: (point: Point) => boolean;
  /** Returns when the process is gone. */
  readonly end: (point: Point) => Promise<void>;
}

export function killer(kills: readonly Kill[]): Killer {
  const met = new Map<Point, number>();
  const done: string[] = [];
  let victim: ChildProcess | undefined;
  return {
    done,
    take: (process) => {
      victim = process;
    },
    meets: (point) => {
      const nth = (met.get(point) ?? 0) + 1;
      met.set(point, nth);
      return kills.some(([p, n]) => p === point && n === nth);
    },
    end: async (point) => {
      done.push(`${point} ${met.get(point)}`);
      const gone = victim && once(victim, 'exit');
      victim?.kill('SIGKILL');
      await gone;
    },
  };
}
