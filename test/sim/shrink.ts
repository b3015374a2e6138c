import { playSafely } from './run-seeds.ts';
import type { Scenario } from './scenario.ts';

/**
 * Takes parts of a scenario away as long as the same rule stays broken: first whole lists, then halves, then single
 * items. Bounded by a number of tries and by a minute, since a big world takes long to play.
 */
export async function shrink(
  scenario: Scenario,
  invariant: string,
  most = 400,
): Promise<{ readonly scenario: Scenario; readonly tries: number }> {
  let best = scenario;
  let tries = 0;
  const until = performance.now() + 60_000;
  const spent = (): boolean => tries >= most || performance.now() > until;
  const fails = async (candidate: Scenario): Promise<boolean> => {
    if (spent()) return false;
    tries += 1;
    const { violations } = await playSafely(candidate);
    if (violations[0]?.invariant !== invariant) return false;
    best = candidate;
    return true;
  };
  for (let before = -1; before !== sizeOf(best); ) {
    before = sizeOf(best);
    await without(best.faults, (faults) => fails({ ...best, faults }));
    await without(best.changes, (changes) => fails({ ...best, changes }), 1);
    await without(best.hosts, (hosts) => fails({ ...best, hosts }), 1);
    await without(best.controllers, (controllers) => fails({ ...best, controllers }), 1);
    const { settings } = best;
    for (const simpler of [
      { calendar: null },
      { zoneBudget: null },
      { cpuSeconds: null },
      { canaryHosts: null },
      { liftAfter: null },
      { rollbackAfter: null },
      { soakSeconds: 0 },
      { parallel: 1 },
    ]) {
      const candidate = { ...best.settings, ...simpler };
      if (JSON.stringify(candidate) !== JSON.stringify(settings))
        await fails({ ...best, settings: candidate });
    }
    await fails({ ...best, controllers: best.controllers.map((c) => ({ ...c, skew: 0 })) });
    if (spent()) break;
  }
  return { scenario: best, tries };
}

const sizeOf = (s: Scenario): number =>
  s.faults.length + s.changes.length + s.hosts.length + s.controllers.length;

/** Removes chunks of a list, smaller and smaller, keeping at least so many items. */
async function without<T>(
  list: readonly T[],
  attempt: (rest: readonly T[]) => Promise<boolean>,
  least = 0,
): Promise<void> {
  let rest = list;
  for (let chunk = Math.max(1, rest.length); chunk >= 1; chunk = Math.floor(chunk / 2))
    for (let from = 0; from < rest.length; ) {
      const candidate = [...rest.slice(0, from), ...rest.slice(from + chunk)];
      if (candidate.length >= least && candidate.length < rest.length && (await attempt(candidate)))
        rest = candidate;
      else from += chunk;
    }
}
