import type { FleetStore } from '../../ports/fleet-store.ts';
import { same, sameColumns } from './relation.ts';

/*
 * What was judged of sources by one state of the advisories, in four tables: `<memory>_asked`, `_judgement`, `_told` and
 * `_verdict`. A judgement hangs on the source that is asked, on the advisories and on the program; so one that was made in
 * an earlier run is good in this one. Numbers of sources, tellings and verdicts mean something within one memory only.
 */

/** `known`: its tables live as long as the store, and can be filled from outside. `unknown`: empty at each assessment. */
export type Memory = 'known' | 'unknown';

const TYPES = {
  asked: {
    source: 'INTEGER',
    ecosystem: 'VARCHAR',
    advisoryPackage: 'VARCHAR',
    advisoryVersion: 'VARCHAR',
    module: 'VARCHAR',
  },
  judgement: { source: 'INTEGER', told: 'INTEGER', verdict: 'INTEGER' },
  told: {
    told: 'INTEGER',
    advisory: 'VARCHAR',
    names: 'VARCHAR[]',
    severity: 'VARCHAR',
    published: 'VARCHAR',
    bulletinAt: 'VARCHAR',
    kevAdded: 'VARCHAR',
    kevDue: 'VARCHAR',
    records: 'VARCHAR[]',
    exploits: 'VARCHAR[]',
  },
  verdict: {
    verdict: 'INTEGER',
    ecosystem: 'VARCHAR',
    affected: 'VARCHAR',
    fixed: 'VARCHAR',
    closedFrom: 'VARCHAR',
  },
} as const;

export type MemoryTable = keyof typeof TYPES;
export const MEMORY_TABLES = Object.keys(TYPES) as readonly MemoryTable[];

/** Columns of each table. */
export const MEMORY: Readonly<Record<MemoryTable, readonly string[]>> = {
  asked: Object.keys(TYPES.asked),
  judgement: Object.keys(TYPES.judgement),
  told: Object.keys(TYPES.told),
  verdict: Object.keys(TYPES.verdict),
};

const createSql = (of: Memory | 'fresh', table: MemoryTable): string =>
  `CREATE OR REPLACE TABLE ${of}_${table} (${Object.entries(TYPES[table])
    .map(([column, type]) => `${column} ${type}`)
    .join(', ')})`;

export async function createMemory(store: FleetStore, memory: Memory): Promise<void> {
  for (const table of MEMORY_TABLES) await store.run(createSql(memory, table));
}

const SAME_SOURCE = `k.ecosystem = a.ecosystem AND k.advisoryPackage = a.advisoryPackage
  AND k.advisoryVersion = a.advisoryVersion AND ${same('k.module', 'a.module')}`;

/** Sources that are asked and not in the memory, under numbers after those that are: `fresh`. Says how many. */
export async function findFresh(store: FleetStore, memory: Memory): Promise<number> {
  await store.run(
    `CREATE OR REPLACE TABLE fresh AS
     SELECT a.* REPLACE (a.source + (SELECT coalesce(max(source), 0) FROM ${memory}_asked)::INTEGER AS source)
     FROM asked a ANTI JOIN ${memory}_asked k ON ${SAME_SOURCE}`,
  );
  for (const table of ['judgement', 'told', 'verdict'] as const) await store.run(createSql('fresh', table));
  const [fresh] = await store.rows<{ n: number }>('SELECT count(*) AS n FROM fresh');
  return fresh?.n ?? 0;
}

/** Adds what was judged of the sources in `fresh`; what the memory tells already stands there once. */
export async function remember(store: FleetStore, memory: Memory): Promise<void> {
  for (const table of ['told', 'verdict'] as const) {
    const told = MEMORY[table].filter((column) => column !== table);
    await store.run(
      `CREATE OR REPLACE TABLE fresh_${table}_number AS
       SELECT f.${table} AS fresh, min(k.${table}) AS known,
         f.${table} + (SELECT coalesce(max(${table}), 0) FROM ${memory}_${table})::INTEGER AS next
       FROM fresh_${table} f LEFT JOIN ${memory}_${table} k ON ${sameColumns('k', 'f', told)} GROUP BY f.${table}`,
    );
    await store.run(
      `INSERT INTO ${memory}_${table} SELECT f.* REPLACE (n.next AS ${table})
       FROM fresh_${table} f JOIN fresh_${table}_number n ON n.fresh = f.${table} WHERE n.known IS NULL`,
    );
  }
  await store.run(
    `INSERT INTO ${memory}_judgement SELECT j.source, coalesce(t.known, t.next), coalesce(v.known, v.next)
     FROM fresh_judgement j JOIN fresh_told_number t ON t.fresh = j.told
     JOIN fresh_verdict_number v ON v.fresh = j.verdict`,
  );
  await store.run(`INSERT INTO ${memory}_asked BY NAME FROM fresh`);
}

/** What the memory has of the sources in `asked`, and nothing else: `judgement`, `told`, `verdict`. */
export async function recall(store: FleetStore, memory: Memory): Promise<void> {
  await store.run(
    `CREATE OR REPLACE TABLE judgement AS SELECT a.source, j.told, j.verdict
     FROM ${memory}_judgement j JOIN ${memory}_asked k USING (source) JOIN asked a ON ${SAME_SOURCE}`,
  );
  for (const table of ['told', 'verdict'] as const)
    await store.run(
      `CREATE OR REPLACE TABLE ${table} AS FROM ${memory}_${table} SEMI JOIN judgement USING (${table})`,
    );
}

/** Leaves only what the sources in `asked` need. */
export async function forgetUnasked(store: FleetStore, memory: Memory): Promise<void> {
  await store.run(`CREATE OR REPLACE TABLE ${memory}_asked AS
     FROM ${memory}_asked k SEMI JOIN asked a ON ${SAME_SOURCE}`);
  await store.run(
    `CREATE OR REPLACE TABLE ${memory}_judgement AS FROM ${memory}_judgement SEMI JOIN ${memory}_asked USING (source)`,
  );
  for (const table of ['told', 'verdict'] as const)
    await store.run(
      `CREATE OR REPLACE TABLE ${memory}_${table} AS
       FROM ${memory}_${table} SEMI JOIN ${memory}_judgement USING (${table})`,
    );
}
