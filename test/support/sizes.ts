/** How much the random tests try; the exam and CI ask for more by the environment. */
const size = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** Runs of a property about one decision. */
export const RUNS = size('PATCHWARDEN_RUNS', 500);
/** Random fleets that are assessed and compared with the naive implementation. */
export const FLEETS = size('PATCHWARDEN_FLEETS', 50);
/** The most hosts of a random fleet. */
export const HOSTS = size('PATCHWARDEN_HOSTS', 20);
