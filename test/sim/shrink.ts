import { playSafely, type Simulator } from './run-seeds.ts';

/**
 * Takes parts of a scenario away as long as the same rule stays broken: first whole lists, then halves, then single
 * items. Bounded by a number of tries and by a minute, since a big world takes long to play.
 */
export async function shrink<S>(
  simulator: Simulator<S>,
  scenario: S,
  invariant: string,
  most = 400,
): Promise<{ readonly scenario: S; readonly tries: number }> {
  const { size, pass } = simulator.shrinking;
  let best = scenario;
  let tries = 0;
  const until = performance.now() + 60_000;
  const spent = (): boolean => tries >= most || performance.now() > until;
  const fails = async (candidate: S): Promise<boolean> => {
    if (spent() || JSON.stringify(candidate) === JSON.stringify(best)) return false;
    tries += 1;
    const { violations } = await playSafely(simulator, candidate);
    if (violations[0]?.invariant !== invariant) return false;
    best = candidate;
    return true;
  };
  for (let before = -1; before !== size(best); ) {
    before = size(best);
    await pass(() => best, fails);
    if (spent()) break;
  }
  return { scenario: best, tries };
}

/** Removes chunks of a list, smaller and smaller, keeping at least so many items. */
export async function without<T>(
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
