import type { FleetStore } from '../../ports/fleet-store.ts';

/**
 * Rows as JSON, many in one text: of many rows with lists this takes less than half of the time that columns take.
 * @param by what the rows of one text have in common
 */
export async function jsonRows<T>(
  store: FleetStore,
  query: string,
  by: string,
  params: readonly string[] = [],
): Promise<readonly T[]> {
  const texts = await store.rows<{ rows: string }>(
    `SELECT '[' || string_agg(row, ',' ORDER BY row) || ']' AS rows
     FROM (SELECT ${by} AS key, to_json(q)::VARCHAR AS row FROM (${query}) q) GROUP BY key ORDER BY key`,
    params,
  );
  return texts.flatMap(({ rows }) => JSON.parse(rows) as T[]);
}
