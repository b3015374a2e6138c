import type { Selector } from '../../contracts/generated/baseline.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { POPULATE } from './contexts.ts';
import { KIN_PLACE } from './kin.ts';
import { replaceRows } from './relation.ts';
import { selectorSql } from './selector-sql.ts';

/**
 * Narrows an assessed fleet to the assets that a selector selects: everything that was decided stays as it was, and counts
 * and lists are those of the selection.
 *
 * In and out: `assets`, `crowd`, `asset_context`, `population`, `kin_place`, `cell`, `outcome`, `exception_cover`, and the views
 * on them.
 */
export async function narrowTo(store: FleetStore, selector: Selector): Promise<void> {
  const { sql, params } = selectorSql(selector);
  await replaceRows(store, 'assets', `SELECT * FROM assets WHERE ${sql}`, params);
  await replaceRows(store, 'asset_context', 'FROM asset_context SEMI JOIN assets USING (asset)');
  for (const statement of [POPULATE, ...KIN_PLACE, ...COUNTS]) await store.run(statement);
  await replaceRows(store, 'outcome', counted('outcome'));
  await store.run(`CREATE OR REPLACE TABLE cell AS ${counted('cell')}`);
}

const COUNTS = [
  `CREATE OR REPLACE TABLE crowd AS SELECT shape, profile, count(*)::INTEGER AS assets FROM asset_crowd GROUP BY ALL`,

  `CREATE OR REPLACE TABLE exception_cover AS
   SELECT exception, count(*) AS assets FROM crowd_exception JOIN asset_crowd USING (shape, profile) GROUP BY exception`,

  `CREATE OR REPLACE TABLE narrowed AS
   SELECT p.kin, f.finding, sum(p.assets)::BIGINT AS assets
   FROM kin_place p JOIN place_finding f USING (place) GROUP BY p.kin, f.finding`,
];

const counted = (table: string): string =>
  `SELECT t.* REPLACE (n.assets AS assets) FROM ${table} t JOIN narrowed n USING (kin, finding)`;
