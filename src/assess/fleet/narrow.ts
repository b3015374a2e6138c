import type { Selector } from '../../contracts/generated/baseline.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { selectorSql } from './selector-sql.ts';

/**
 * Narrows an assessed fleet to the assets that a selector selects: everything that was decided stays as it was, and counts
 * and lists are those of the selection.
 *
 * In and out: `assets`, `asset_view`, `asset_context`, `population`, `place_context`, `cell`, `outcome`, `baseline_match`,
 * `exception_asset`.
 */
export async function narrowTo(store: FleetStore, selector: Selector): Promise<void> {
  const { sql, params } = selectorSql(selector);
  await store.run(`CREATE OR REPLACE TABLE assets AS SELECT * FROM assets WHERE ${sql}`, params);
  for (const statement of NARROW) await store.run(statement);
}

const BY_ASSET = ['asset_view', 'asset_context', 'baseline_match', 'exception_asset'];
const BY_CELL = ['cell', 'outcome'];

const NARROW = [
  ...BY_ASSET.map((t) => `CREATE OR REPLACE TABLE ${t} AS SELECT * FROM ${t} SEMI JOIN assets USING (asset)`),

  `CREATE OR REPLACE TABLE population AS
   SELECT shape, context, count(*) AS assets FROM asset_shape JOIN asset_context USING (asset) GROUP BY ALL`,

  `CREATE OR REPLACE TABLE place_context AS
   SELECT p.context, s.place, sum(p.assets)::BIGINT AS assets FROM population p JOIN shape_place s USING (shape)
   GROUP BY p.context, s.place`,

  `CREATE OR REPLACE TABLE narrowed AS
   SELECT c.context, f.finding, sum(c.assets)::BIGINT AS assets
   FROM place_context c JOIN place_finding f USING (place) GROUP BY c.context, f.finding`,

  ...BY_CELL.map(
    (t) => `CREATE OR REPLACE TABLE ${t} AS
   SELECT t.* REPLACE (n.assets AS assets) FROM ${t} t JOIN narrowed n USING (context, finding)`,
  ),
];
