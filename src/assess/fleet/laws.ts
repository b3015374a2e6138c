import type { Baseline } from '../../contracts/generated/baseline.ts';
import { entry } from '../../util/entry.ts';
import { sortedBy } from '../../util/sort.ts';

/** The number of no baseline at all. */
export const NO_LAW = 0;

/** What decides how a finding and its patches are judged: baselines that say the same of it have one law. */
interface Law {
  readonly law: number;
  /** One baseline that has it; for what a law says any will do. */
  readonly baseline: Baseline;
}

interface Laws {
  readonly distinct: readonly Law[];
  /** By the id of a baseline. */
  readonly of: ReadonlyMap<string, number>;
}

/** Numbered from 1 in the order of the baselines. */
export function lawsOf(baselines: readonly Baseline[]): Laws {
  const laws = new Map<string, Law>();
  const of = new Map<string, number>();
  for (const baseline of baselines) {
    const { law } = entry(laws, lawTextOf(baseline), () => ({ law: NO_LAW + 1 + laws.size, baseline }));
    of.set(baseline.id, law);
  }
  return { distinct: [...laws.values()], of };
}

const lawTextOf = ({ approve, reject = [], deadlines }: Baseline): string =>
  JSON.stringify([
    approve,
    reject,
    deadlines.flatMap((d) => (d.kind === 'epss' ? [d.atLeast] : [])).sort((a, b) => a - b),
    sortedBy(
      deadlines.flatMap((d) =>
        d.kind === 'container-escape' ? [{ id: d.id, packages: d.packages ?? null }] : [],
      ),
      (d) => d.id,
    ),
  ]);
