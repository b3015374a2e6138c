import type { Selector } from '../../contracts/generated/baseline.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { selectorSql } from './selector-sql.ts';

/** The part of a selector that does not hold for an asset; undefined when it selects it. In: `assets`. */
export async function unmetPart(
  store: FleetStore,
  asset: string,
  { all = [], any, none = [] }: Selector,
): Promise<Selector | undefined> {
  const parts: readonly Selector[] = [
    ...all.map((term) => ({ all: [term] })),
    ...(any ? [{ any }] : []),
    ...none.map((term) => ({ none: [term] })),
  ];
  for (const part of parts) {
    const { sql, params } = selectorSql(part, 2);
    const [row] = await store.rows<{ holds: boolean }>(
      `SELECT ${sql} AS holds FROM assets WHERE asset = $1`,
      [asset, ...params],
    );
    if (row?.holds !== true) return part;
  }
  return undefined;
}
