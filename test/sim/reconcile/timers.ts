import type { Schedule } from '../schedule.ts';

/**
 * Timers of libraries run on the virtual clock as long as a world is played. @returns what puts the real ones back
 */
export function virtualTimers(schedule: Schedule): () => void {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const mine = new Set<unknown>();
  const set = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): object => {
    const timer = { ref: () => timer, unref: () => timer, hasRef: () => true, refresh: () => timer };
    mine.add(timer);
    schedule.at(schedule.now() + Math.max(0, ms), () => {
      if (!mine.delete(timer)) return;
      schedule.settled();
      run(...args);
    });
    return timer;
  };
  const clear = (timer: Parameters<typeof clearTimeout>[0]): void => {
    if (!mine.delete(timer)) real.clearTimeout(timer);
  };
  Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  return () => void Object.assign(globalThis, real);
}
