import type { Selector } from '../../contracts/generated/baseline.ts';
import type { Cell, FleetStore } from '../../ports/fleet-store.ts';
import { selectorSql } from './selector-sql.ts';

/** Whatever has labels, and its key. */
interface Labelled {
  /** A table with a column `labels`: a map, or a struct of all that selectors ask for. */
  readonly from: string;
  readonly key: string;
  /** A table by that key: a row only counts where this column of it is what the values say. */
  readonly within?: { readonly table: string; readonly column: string };
}

/** Values to insert for everything that a selector selects; each has the same columns. */
interface Selected {
  readonly values: Readonly<Record<string, string | number>>;
  readonly select: Selector;
}

/** Selectors in one statement: few enough that its text stays short, so many that hundreds cost as few. */
const AT_ONCE = 50;

/**
 * Inserts `…values, key` into a table for each row of `from` that is selected. Equal selectors, such as the rings of many
 * baselines, are evaluated once; those that ask for values of one label and nothing else, such as exceptions of one host
 * each, are one join. In between: `selecting(selector, …values)`.
 */
export async function insertSelected(
  store: FleetStore,
  into: string,
  { from, key, within }: Labelled,
  selected: readonly Selected[],
): Promise<void> {
  const [first] = selected;
  if (!first) return;
  const distinct = new Map(selected.map(({ select }) => [JSON.stringify(select), select]));
  const numbers = new Map([...distinct.keys()].map((text, no) => [text, no]));
  const names = Object.keys(first.values);
  const columns = Object.entries(first.values).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? 'VARCHAR' : 'INTEGER'}`,
  );
  await store.run(`CREATE OR REPLACE TABLE selecting (${['selector INTEGER', ...columns].join(', ')})`);
  await store.append(
    'selecting',
    ['selector', ...names],
    selected.map(({ values, select }) => [
      numbers.get(JSON.stringify(select)) ?? null,
      ...names.map((name) => values[name] ?? null),
    ]),
  );
  const told = [...names.map((name) => `s.${name}`), `t.${key}`].join(', ');
  for (const { sql, params } of evaluations([...distinct.values()], from, key))
    await store.run(
      `INSERT INTO ${into} SELECT ${told} FROM (${sql}) t ${within ? `JOIN ${within.table} w USING (${key})` : ''}
       JOIN selecting s ON s.selector = t.selector ${within ? `AND s.${within.column} = w.${within.column}` : ''}`,
      params,
    );
}

/** Queries of `(selector, key)`, a selector being known by its place in the list. */
function* evaluations(
  selectors: readonly Selector[],
  from: string,
  key: string,
): Generator<{ readonly sql: string; readonly params: readonly Cell[] }> {
  const asked = selectors.flatMap((select, no) => asksFor(select).map((ask) => ({ no, ...ask })));
  for (const label of new Set(asked.map((a) => a.label))) {
    const pairs = asked.filter((a) => a.label === label);
    yield {
      sql: `SELECT v.selector, f.${key} FROM ${from} f
        JOIN (SELECT unnest($2::INTEGER[]) AS selector, unnest($3::VARCHAR[]) AS "value") v ON v."value" = f.labels[$1]`,
      params: [label, pairs.map((p) => `${p.no}`), pairs.map((p) => p.value)],
    };
  }
  const others = selectors.flatMap((select, no) => (asksFor(select).length === 0 ? [{ select, no }] : []));
  for (let at = 0; at < others.length; at += AT_ONCE) {
    const params: Cell[] = [];
    const selects = others.slice(at, at + AT_ONCE).map(({ select, no }) => {
      const condition = selectorSql(select, params.length + 1);
      params.push(...condition.params);
      return `SELECT ${no} AS selector, ${key} FROM ${from} WHERE ${condition.sql}`;
    });
    yield { sql: selects.join(' UNION ALL '), params };
  }
}

/** The values of the one label that a selector is about; none when it is about anything else. */
function asksFor({ all = [], any, none = [] }: Selector): { label: string; value: string }[] {
  const [term] = all;
  if (!term?.in || all.length > 1 || any || none.length > 0) return [];
  return [...new Set(term.in)].map((value) => ({ label: term.label, value }));
}
