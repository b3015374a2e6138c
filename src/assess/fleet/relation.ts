import type { FleetStore } from '../../ports/fleet-store.ts';

/**
 * Gives a table or view other rows, kept in the table `<name>_kept`: the query may read what it replaces, and whoever
 * reads the name finds a view afterwards, whatever it was.
 */
export async function replaceRows(
  store: FleetStore,
  name: string,
  query: string,
  params: Parameters<FleetStore['run']>[1] = [],
): Promise<void> {
  await store.run(`CREATE OR REPLACE TABLE ${name}_kept AS ${query}`, params);
  const [view] = await store.rows('SELECT 1 FROM duckdb_views() WHERE view_name = $1', [name]);
  await store.run(`DROP ${view ? 'VIEW' : 'TABLE'} IF EXISTS ${name}`);
  await store.run(`CREATE VIEW ${name} AS FROM ${name}_kept`);
}

/** SQL: equal, where null is a value like any other. */
export const same = (a: string, b: string): string => `${a} IS NOT DISTINCT FROM ${b}`;

/** SQL: equal in all of these columns. */
export const sameColumns = (a: string, b: string, columns: readonly string[]): string =>
  ['true', ...columns.map((c) => same(`${a}.${c}`, `${b}.${c}`))].join(' AND ');
