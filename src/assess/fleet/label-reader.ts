import type { FleetStore } from '../../ports/fleet-store.ts';

/**
 * SQL of one label of rows of `assets`, null where a row does not have it: from its own column where the snapshot has such (the
 * struct `labelOf`), which costs a tenth, else from the map. The grammar of labels has no quotes.
 */
export async function labelReader(store: FleetStore): Promise<(label: string) => string> {
  const [column] = await store.rows("SELECT 1 FROM (DESCRIBE assets) WHERE column_name = 'labelOf'");
  const [row] = column
    ? await store.rows<{ fields: readonly string[] }>(
        'SELECT struct_keys(labelOf) AS fields FROM assets LIMIT 1',
      )
    : [];
  if (!row) return (label) => `labels['${label}']`;
  return (label) => (row.fields.includes(label) ? `labelOf['${label}']` : 'NULL::VARCHAR');
}
