import type { Baseline } from '../contracts/generated/baseline.ts';
import type { CoverageLoss } from '../contracts/generated/change-input.ts';
import { canonicalJson } from '../util/digest.ts';
import { sortedBy } from '../util/sort.ts';
import { all, any, type Formula, not, selects } from './labels/formula.ts';
import { labelsText, witness } from './labels/witness.ts';

type Governing = Pick<Baseline, 'id' | 'select' | 'priority'>;

/**
 * Which assets a change of baselines would leave in none, or in two of the same priority, by any labels that an asset
 * could have: whether such an asset exists today is not asked, so the answer is the same wherever and whenever it is
 * given. Assets that stood so before are not the change's doing.
 */
export function coverageLosses(
  before: readonly Governing[],
  after: readonly Governing[],
): readonly CoverageLoss[] {
  return sortedBy(
    [
      ...uncovered(before, after),
      ...newTies(before, after).map(({ pair, labels }) => ({
        ...{ kind: 'two' as const, baselines: pair.join(', '), labels },
      })),
    ],
    (c) => c.kind,
    (c) => c.baselines,
  );
}

/** Two baselines that may both govern one asset, and labels of such an asset; null: too many cases to tell. */
export interface Tie {
  readonly pair: readonly [string, string];
  readonly labels: string | null;
}

/** All ties among baselines, by id. */
export const ties = (baselines: readonly Governing[]): readonly Tie[] => newTies([], baselines);

function uncovered(before: readonly Governing[], after: readonly Governing[]): readonly CoverageLoss[] {
  const changed = before.filter((b) => !after.some((a) => a.id === b.id && sameSelector(a, b)));
  return changed.flatMap((b) =>
    possible(all(selects(b.select), not(any(...after.map((a) => selects(a.select)))))).map((labels) => ({
      ...{ kind: 'none' as const, baselines: b.id, labels },
    })),
  );
}

function newTies(before: readonly Governing[], after: readonly Governing[]): readonly Tie[] {
  const known = any(...pairs(before).map(([a, b]) => inBoth(a, b, before)));
  return pairs(after).flatMap(([a, b]) =>
    possible(all(inBoth(a, b, after), not(known))).map((labels) => ({ pair: [a.id, b.id] as const, labels })),
  );
}

/** The two select an asset, and nothing above them does. */
const inBoth = (a: Governing, b: Governing, among: readonly Governing[]): Formula =>
  all(
    selects(a.select),
    selects(b.select),
    not(any(...among.filter((c) => c.priority > a.priority).map((c) => selects(c.select)))),
  );

const pairs = (baselines: readonly Governing[]): readonly (readonly [Governing, Governing])[] => {
  const sorted = sortedBy(baselines, (b) => b.id);
  return sorted.flatMap((a, i) =>
    sorted.slice(i + 1).flatMap((b) => (a.priority === b.priority && overlap(a, b) ? [[a, b] as const] : [])),
  );
};

const overlap = (a: Governing, b: Governing): boolean =>
  witness(all(selects(a.select), selects(b.select))).kind !== 'none';

/** Labels for which it is true; none for a formula that never is. */
function possible(formula: Formula): readonly (string | null)[] {
  const found = witness(formula);
  switch (found.kind) {
    case 'none':
      return [];
    case 'found':
      return [labelsText(found.labels)];
    case 'unsettled':
      return [null];
    default:
      return found satisfies never;
  }
}

const sameSelector = (a: Governing, b: Governing): boolean =>
  canonicalJson(a.select) === canonicalJson(b.select);
