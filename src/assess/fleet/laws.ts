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

/** The label that tells how exposed a host is. */
export const EXPOSURE = 'exposure';

/** Whether its approvals ask how exposed its hosts are: then they hang on these, and on no other baseline's. */
export const asksExposure = ({ approve, reject = [] }: Baseline): boolean =>
  [...approve, ...reject].some((rule) => rule.match.exposure !== undefined);

const lawTextOf = (baseline: Baseline): string => {
  const { id, approve, reject = [], deadlines } = baseline;
  return JSON.stringify([
    asksExposure(baseline) ? id : null,
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
};
