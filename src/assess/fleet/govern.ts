import type { Baseline } from '../../contracts/generated/baseline.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { insertSelected } from './insert-selected.ts';

/** What is selected, by its table and key: each asset, or what is distinct about many. Both have `labels`. */
type Subject = 'asset' | 'profile';
const TABLES: Readonly<Record<Subject, string>> = { asset: 'assets', profile: 'profile' };

/**
 * Which baselines select each subject, and the one that governs it: `<subject>_match(<subject>, baseline, priority)` and
 * `<subject>_governed(<subject>, baseline, candidates)`, `baseline` being null where several claim it.
 */
export async function matchBaselines(
  store: FleetStore,
  subject: Subject,
  baselines: readonly Baseline[],
): Promise<void> {
  const from = TABLES[subject];
  await store.run(`CREATE OR REPLACE TABLE ${subject}_match AS
    SELECT '' AS baseline, 0 AS priority, ${subject} FROM ${from} WHERE false`);
  await insertSelected(
    store,
    `${subject}_match`,
    { from, key: subject },
    baselines.map(({ id, priority, select }) => ({ values: { baseline: id, priority }, select })),
  );
  await store.run(
    `CREATE OR REPLACE TABLE ${subject}_governed AS
     SELECT m.${subject}, CASE WHEN count(*) = 1 THEN min(m.baseline) END AS baseline, count(*) AS candidates
     FROM ${subject}_match m
     JOIN (SELECT ${subject}, max(priority) AS priority FROM ${subject}_match GROUP BY ${subject}) USING (${subject}, priority)
     GROUP BY m.${subject}`,
  );
}

/**
 * The first ring of its baseline that selects each subject: `<subject>_ring(<subject>, ring)`; all that do, by their place in
 * the baseline: `<subject>_rings(baseline, ring, place, <subject>)`. In: `<subject>_governed`.
 */
export async function matchRings(
  store: FleetStore,
  subject: Subject,
  baselines: readonly Baseline[],
): Promise<void> {
  const from = TABLES[subject];
  await store.run(
    `CREATE OR REPLACE TABLE ${subject}_rings AS SELECT '' AS baseline, '' AS ring, 0 AS place, ${subject} FROM ${from} WHERE false`,
  );
  await insertSelected(
    store,
    `${subject}_rings`,
    { from, key: subject, within: { table: `${subject}_governed`, column: 'baseline' } },
    baselines.flatMap(({ id, rings }) =>
      rings.map((ring, place) => ({ values: { baseline: id, ring: ring.id, place }, select: ring.select })),
    ),
  );
  await store.run(
    `CREATE OR REPLACE TABLE ${subject}_ring AS
     SELECT ${subject}, arg_min(ring, place) AS ring FROM ${subject}_rings GROUP BY ${subject}`,
  );
}

/** Baseline and ring of the assets that have both and are known. Needs the tables of the fleet alone. */
export async function ringsOfAssets(
  store: FleetStore,
  baselines: readonly Baseline[],
): Promise<readonly { readonly asset: string; readonly baseline: string; readonly ring: string }[]> {
  await matchBaselines(store, 'asset', baselines);
  await matchRings(store, 'asset', baselines);
  return store.rows(
    `SELECT asset, g.baseline, r.ring FROM assetFacts a JOIN asset_governed g USING (asset) JOIN asset_ring r USING (asset)
     WHERE a.unknown IS NULL ORDER BY asset`,
  );
}
