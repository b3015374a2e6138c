import { isLabelName } from '../domain/labels/name.ts';
import type { FleetStore } from '../ports/fleet-store.ts';

/** More would cost a scan more than they save an assessment. */
const MOST = 64;

/**
 * Gives a table that has a map `labels` a second form of it: the struct `labelOf` with a field for each label that occurs, null
 * where a row does not have it. In Parquet that is a column for each label, so that who asks for one reads no other.
 *
 * A table without labels stays as it is, and so does one with very many, or with one that is no name of a field.
 */
export async function addLabelColumns(store: FleetStore, table: string): Promise<void> {
  const rows = await store.rows<{ label: string }>(
    `SELECT DISTINCT unnest(map_keys(labels)) AS label FROM "${table}" ORDER BY label`,
  );
  const labels = rows.map(({ label }) => label);
  if (labels.length === 0 || labels.length > MOST || !labels.every(isLabelName)) return;
  const fields = labels.map((label) => `'${label}': labels['${label}']`);
  await store.run(
    `CREATE OR REPLACE TABLE "${table}" AS SELECT *, {${fields.join(', ')}} AS labelOf FROM "${table}"`,
  );
}
