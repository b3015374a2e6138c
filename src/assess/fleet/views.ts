import type { FleetStore } from '../../ports/fleet-store.ts';
import { canonicalJson } from '../../util/digest.ts';
import { entry } from '../../util/entry.ts';
import { baselineReader, type DecideFacts } from './decide.ts';
import { isRead, type PolicyReads, readable } from './policy-reads.ts';
import { same } from './relation.ts';

/**
 * `view_of(context, view)`: what policy can read of a context without its exceptions, which it only sees where they also
 * match the finding. Contexts with one view get the same answers. Of a baseline counts what it says, in `baseline_told(baseline,
 * overlays, told)`. In: `context`.
 */
export async function viewContexts(store: FleetStore, facts: DecideFacts, reads: PolicyReads): Promise<void> {
  const baselineOf = baselineReader(facts.baselines);
  const rows = await store.rows<{ readonly baseline: string | null; readonly overlays: readonly string[] }>(
    'SELECT DISTINCT baseline, overlays FROM context ORDER BY ALL',
  );
  const texts = new Map<string, number>();
  const told = rows.map((row) => {
    const text = canonicalJson(readable(reads, { baseline: baselineOf(row) }, ['context']));
    return [row.baseline, row.overlays, entry(texts, text, () => texts.size)] as const;
  });
  await store.run(
    'CREATE OR REPLACE TABLE baseline_told (baseline VARCHAR, overlays VARCHAR[], told INTEGER)',
  );
  await store.append('baseline_told', ['baseline', 'overlays', 'told'], told);
  const seen = [
    't.told',
    ...['ring', 'unknown'].flatMap((fact) => (isRead(reads, ['context', fact]) ? [`c.${fact}`] : [])),
    ...facts.reads.flatMap((label, i) =>
      isRead(reads, ['context', 'labels', label]) ? [`c.reads[${i + 1}]`] : [],
    ),
  ];
  await store.run(
    `CREATE OR REPLACE TABLE view_of AS
     SELECT c.context, dense_rank() OVER (ORDER BY ${seen.join(', ')})::INTEGER AS "view"
     FROM context c JOIN baseline_told t ON ${same('t.baseline', 'c.baseline')} AND t.overlays = c.overlays`,
  );
}
