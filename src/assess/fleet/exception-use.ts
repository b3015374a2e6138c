import type { Exception } from '../../contracts/generated/exception.ts';
import { dayOf, type Instant } from '../../domain/time.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import type { PolicyEngine } from '../../ports/policy-engine.ts';
import { sortedBy } from '../../util/sort.ts';
import type { ExceededException } from './contexts.ts';
import { type DecideFacts, inputsOf, questions } from './decide.ts';
import { overlaid } from './judge.ts';

/** What an exception does on the day of the assessment. */
export interface ExceptionUse {
  readonly exception: string;
  /**
   * - `in-force`: without it findings would stand differently
   * - `ineffective`: it matches findings, and each would stand the same without it (fixed, or covered by another one)
   * - `unused`: it selects assets, and none of them has a finding that it matches
   * - `dead`: it selects no asset
   * - `exceeded`: it would cover more assets than its `maxAssets`, and so does not count
   * - `pending`, `expired`: its first day is to come, its last day is over
   */
  readonly state: 'in-force' | 'ineffective' | 'unused' | 'dead' | 'exceeded' | 'pending' | 'expired';
  /** Assets with a finding that it matches. */
  readonly assets: number;
  /** (asset, finding) pairs that it matches. */
  readonly findings: number;
  /** How the findings would stand that stand differently because of it: status → pairs. Still violating, but accepted. */
  readonly without: Readonly<Record<string, number>>;
  readonly validUntil: string;
}

export interface ExceptionFacts extends DecideFacts {
  /** All of the repository, whenever they are valid. */
  readonly all: readonly Exception[];
  readonly exceeded: readonly ExceededException[];
  readonly asOf: Instant;
}

/**
 * Decides what each exception covers with it and without it, and says what it is good for. Sorted by id.
 *
 * In: the tables of an assessment, and `exception_select(exception, assets)`.
 */
export async function exceptionUse(
  store: FleetStore,
  policy: Pick<PolicyEngine, 'decideAll'>,
  facts: ExceptionFacts,
): Promise<readonly ExceptionUse[]> {
  const effects = await effectsOf(store, policy, facts);
  const covered = await counts(store, 'SELECT exception, assets AS n FROM exception_cover');
  const selected = await counts(store, 'SELECT exception, assets AS n FROM exception_select');
  const exceeded = new Map(facts.exceeded.map((e) => [e.exception, e.assets]));
  const today = dayOf(facts.asOf);
  return sortedBy(facts.all, (e) => e.id).map(({ id, validFrom, validUntil }) => {
    const { findings, without } = effects.get(id) ?? { findings: 0, without: {} };
    const as = (state: ExceptionUse['state'], assets = covered.get(id) ?? 0): ExceptionUse => ({
      ...{ exception: id, state, assets, findings, without, validUntil },
    });
    if (today < validFrom) return as('pending');
    if (validUntil < today) return as('expired');
    if (exceeded.has(id)) return as('exceeded', exceeded.get(id));
    if ((selected.get(id) ?? 0) === 0) return as('dead');
    if (findings === 0) return as('unused');
    return as(Object.keys(without).length === 0 ? 'ineffective' : 'in-force');
  });
}

interface Effect {
  findings: number;
  readonly without: Record<string, number>;
}

async function effectsOf(
  store: FleetStore,
  policy: Pick<PolicyEngine, 'decideAll'>,
  facts: DecideFacts,
): Promise<ReadonlyMap<string, Effect>> {
  const inputOf = inputsOf(facts);
  const cells = await store.rows<{ decision: number; reboot: boolean; status: string; n: number }>(
    `SELECT decision, f.reboot, status, sum(assets)::BIGINT AS n
     FROM cell JOIN finding f USING (finding) JOIN answer_status USING (decision) JOIN decision d USING (decision)
     WHERE len(d.exceptions) > 0 GROUP BY ALL ORDER BY ALL`,
  );
  const cellsOf = new Map<number, (typeof cells)[number][]>();
  for (const cell of cells) cellsOf.set(cell.decision, [...(cellsOf.get(cell.decision) ?? []), cell]);
  const effects = new Map<string, Effect>();
  const rows = await questions(store, 'len(d.exceptions) > 0');
  const alone = rows.flatMap((row) => row.exceptions.map((id) => ({ row, id })));
  const outputs = await policy.decideAll(alone.map(({ row, id }) => inputOf(row, [id])));
  for (const [i, { row, id }] of alone.entries()) {
    const effect = effects.get(id) ?? { findings: 0, without: {} };
    effects.set(id, effect);
    for (const { status, reboot, n } of cellsOf.get(row.decision) ?? []) {
      effect.findings += n;
      const without = overlaid(outputs[i]?.status ?? status, reboot);
      if (without !== overlaid(status, reboot)) effect.without[without] = (effect.without[without] ?? 0) + n;
    }
  }
  return effects;
}

async function counts(store: FleetStore, sql: string): Promise<ReadonlyMap<string, number>> {
  const rows = await store.rows<{ exception: string; n: number }>(sql);
  return new Map(rows.map((r) => [r.exception, r.n]));
}
