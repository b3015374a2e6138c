import type { Baseline } from '../../contracts/generated/baseline.ts';

/** The number of no baseline at all. */
export const NO_LAW = 0;

/** A law is what decides how a finding and its patches are judged: baselines that say the same of it have one law. */
const lawTextOf = ({ approve, reject = [], deadlines }: Baseline): string =>
  JSON.stringify([
    approve,
    reject,
    deadlines.flatMap((d) => (d.kind === 'epss' ? [d.atLeast] : [])),
    deadlines.flatMap((d) => (d.kind === 'container-escape' ? [[d.id, d.packages ?? null]] : [])),
  ]);

export interface Law {
  readonly law: number;
  /** One baseline that has it; for what a law says any will do. */
  readonly baseline: Baseline;
}

/** The distinct laws of the baselines, numbered from 1 in the order of the baselines. */
export function distinctLaws(baselines: readonly Baseline[]): readonly Law[] {
  const first = new Map<string, Baseline>();
  for (const b of baselines) first.set(lawTextOf(b), first.get(lawTextOf(b)) ?? b);
  return [...first.values()].map((baseline, i) => ({ law: NO_LAW + 1 + i, baseline }));
}

/** The law of each baseline, by its id. */
export function lawsById(baselines: readonly Baseline[]): ReadonlyMap<string, number> {
  const numbers = new Map(distinctLaws(baselines).map((l) => [lawTextOf(l.baseline), l.law]));
  return new Map(baselines.map((b) => [b.id, numbers.get(lawTextOf(b)) ?? NO_LAW]));
}
