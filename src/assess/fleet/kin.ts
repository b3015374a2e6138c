import type { FleetStore } from '../../ports/fleet-store.ts';
import { placesOf } from './places.ts';

/**
 * Contexts that policy cannot tell apart are one kin: what is decided of one holds of all, so it is decided and counted once.
 *
 * In: `context`, `view_of`, `population`, `shape`, `bundle_place`, `shape_apart`. Out: `kin(kin, view, law, exceptions)`,
 * numbered in an order that only depends on content, `kin_of(context, kin)`, and `kin_place(kin, place, assets)`: how many
 * assets of a kin have each place.
 */
export async function buildKin(store: FleetStore): Promise<void> {
  for (const sql of [...KIN, ...KIN_PLACE]) await store.run(sql);
}

const KIN = [
  `CREATE OR REPLACE TABLE kin AS
   SELECT row_number() OVER (ORDER BY "view", law, exceptions)::INTEGER AS kin, *
   FROM (SELECT DISTINCT "view", law, exceptions FROM context JOIN view_of USING (context))`,

  `CREATE OR REPLACE TABLE kin_of AS
   SELECT context, kin FROM context JOIN view_of USING (context) JOIN kin USING ("view", law, exceptions)`,
];

/** In: `population`, `kin_of`, `bundle_place`, `shape_apart`. */
export const KIN_PLACE = [
  'CREATE OR REPLACE VIEW kin_crowd AS SELECT shape, kin, assets FROM population JOIN kin_of USING (context)',

  `CREATE OR REPLACE TABLE kin_place AS ${placesOf('kin_crowd', 'kin')}`,
];
