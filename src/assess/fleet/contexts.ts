import type { Baseline } from '../../contracts/generated/baseline.ts';
import type { Exception } from '../../contracts/generated/exception.ts';
import { PatchwardenError } from '../../domain/errors.ts';
import type { Cell, FleetStore } from '../../ports/fleet-store.ts';
import { matchDeadlines } from './deadlines.ts';
import { selectorSql } from './selector-sql.ts';

export interface ContextInput {
  readonly baselines: readonly Baseline[];
  /** Exceptions valid at the moment of the assessment. */
  readonly exceptions: readonly Exception[];
  /** Labels that a rule declares in `custom.reads`. */
  readonly reads: readonly string[];
  /** `limits.contexts` of the config. */
  readonly limit: number;
}

/** An exception that covers more assets than its `maxAssets` allows: it does not count. */
export interface ExceededException {
  readonly exception: string;
  readonly assets: number;
  readonly maxAssets: number;
}

/**
 * What policy may read about an asset, as results of selectors; raw labels only where a rule declares that it reads them.
 *
 * In: `assets`, `asset_shape`, `shape_place`, `exception_shape(exception, shape)`. Out:
 * - `asset_context(asset, context)`, `population(shape, context, assets)`, `place_context(context, place, assets)`
 * - `context(context, view, baseline, ring, unknown, exceptions, reads, overlays)`: `view` numbers what is left of it without
 *   exceptions, which policy only sees where they also match the finding
 * - `exception_asset(exception, asset)`: exceptions that hold, by asset with a finding that they match;
 *   `exception_select(exception, assets)`: how many assets each selects, whatever their findings
 *
 * @throws PatchwardenError `bad-document` when there are more contexts than `limit`, naming what splits them
 */
export async function buildContexts(
  store: FleetStore,
  input: ContextInput,
): Promise<readonly ExceededException[]> {
  await matchBaselines(store, input.baselines);
  await matchRings(store, input.baselines);
  await matchDeadlines(store, input.baselines);
  const exceeded = await matchExceptions(store, input.exceptions);
  const reads = input.reads.map((_, i) => `a.labels[$${i + 1}]`).join(', ');
  await store.run(
    `CREATE OR REPLACE TABLE asset_view AS
     SELECT a.asset, g.baseline, r.ring,
       coalesce(a.unknown, CASE WHEN g.candidates > 1 THEN 'two-baselines'
         WHEN g.baseline IS NOT NULL AND r.ring IS NULL THEN 'no-ring' END) AS unknown,
       coalesce(e.exceptions, []) AS exceptions, [${reads}]::VARCHAR[] AS reads,
       coalesce(d.overlays, []) AS overlays
     FROM assets a LEFT JOIN governed g USING (asset) LEFT JOIN ring_of r USING (asset)
     LEFT JOIN (SELECT asset, list(exception ORDER BY exception) AS exceptions FROM exception_asset GROUP BY asset) e
     USING (asset)
     LEFT JOIN (SELECT asset, list(deadline ORDER BY deadline) AS overlays FROM deadline_asset GROUP BY asset) d USING (asset)`,
    input.reads,
  );
  for (const sql of NUMBER) await store.run(sql);
  await checkLimit(store, input);
  return exceeded;
}

/** Baseline and ring of the assets that have both and are known. Needs the table `assets` alone. */
export async function ringsOfAssets(
  store: FleetStore,
  baselines: readonly Baseline[],
): Promise<readonly { readonly asset: string; readonly baseline: string; readonly ring: string }[]> {
  await matchBaselines(store, baselines);
  await matchRings(store, baselines);
  return store.rows(
    `SELECT asset, g.baseline, r.ring FROM assets a JOIN governed g USING (asset) JOIN ring_of r USING (asset)
     WHERE g.baseline IS NOT NULL AND r.ring IS NOT NULL AND a.unknown IS NULL ORDER BY asset`,
  );
}

async function matchBaselines(store: FleetStore, baselines: readonly Baseline[]): Promise<void> {
  await store.run(
    'CREATE OR REPLACE TABLE baseline_match (asset VARCHAR, baseline VARCHAR, priority INTEGER)',
  );
  for (const { id, priority, select } of baselines) {
    const { sql, params } = selectorSql(select, 3);
    await store.run(`INSERT INTO baseline_match SELECT asset, $1, $2 FROM assets WHERE ${sql}`, [
      id,
      priority,
      ...params,
    ]);
  }
  await store.run(
    `CREATE OR REPLACE TABLE governed AS
     SELECT m.asset, CASE WHEN count(*) = 1 THEN min(m.baseline) END AS baseline, count(*) AS candidates
     FROM baseline_match m
     JOIN (SELECT asset, max(priority) AS priority FROM baseline_match GROUP BY asset) USING (asset, priority)
     GROUP BY m.asset`,
  );
}

async function matchRings(store: FleetStore, baselines: readonly Baseline[]): Promise<void> {
  await store.run('CREATE OR REPLACE TABLE ring_of (asset VARCHAR, ring VARCHAR)');
  for (const { id, rings } of baselines) {
    const params: Cell[] = [id];
    const cases = rings.map((ring) => {
      const name = `$${params.push(ring.id)}`;
      const condition = selectorSql(ring.select, params.length + 1);
      params.push(...condition.params);
      return `WHEN ${condition.sql} THEN ${name}`;
    });
    await store.run(
      `INSERT INTO ring_of SELECT asset, CASE WHEN false THEN NULL ${cases.join(' ')} END
       FROM assets JOIN governed USING (asset) WHERE baseline = $1`,
      params,
    );
  }
}

async function matchExceptions(
  store: FleetStore,
  exceptions: readonly Exception[],
): Promise<readonly ExceededException[]> {
  const exceeded: ExceededException[] = [];
  await store.run('CREATE OR REPLACE TABLE exception_asset (exception VARCHAR, asset VARCHAR)');
  await store.run('CREATE OR REPLACE TABLE exception_select (exception VARCHAR, assets BIGINT)');
  for (const { id, select, maxAssets } of exceptions) {
    const { sql, params } = selectorSql(select, 2);
    await store.run(`INSERT INTO exception_select SELECT $1, count(*) FROM assets WHERE ${sql}`, [
      id,
      ...params,
    ]);
    await store.run(
      `INSERT INTO exception_asset SELECT $1, asset FROM assets WHERE ${sql} AND asset IN
         (SELECT asset FROM asset_shape JOIN exception_shape USING (shape) WHERE exception = $1)`,
      [id, ...params],
    );
    if (maxAssets === undefined) continue;
    const [covered] = await store.rows<{ n: number }>(
      'SELECT count(*) AS n FROM exception_asset WHERE exception = $1',
      [id],
    );
    if (covered === undefined || covered.n <= maxAssets) continue;
    exceeded.push({ exception: id, assets: covered.n, maxAssets });
    await store.run('DELETE FROM exception_asset WHERE exception = $1', [id]);
  }
  return exceeded;
}

const NUMBER = [
  `CREATE OR REPLACE TABLE context AS
   SELECT row_number() OVER (ORDER BY baseline, ring, unknown, reads, overlays, exceptions)::INTEGER AS context,
     dense_rank() OVER (ORDER BY baseline, ring, unknown, reads, overlays)::INTEGER AS view, *
   FROM (SELECT DISTINCT baseline, ring, unknown, exceptions, reads, overlays FROM asset_view)`,

  `CREATE OR REPLACE TABLE asset_context AS
   SELECT a.asset, c.context FROM asset_view a JOIN context c
   ON a.exceptions = c.exceptions AND a.baseline IS NOT DISTINCT FROM c.baseline
   AND a.ring IS NOT DISTINCT FROM c.ring AND a.unknown IS NOT DISTINCT FROM c.unknown
   AND a.reads IS NOT DISTINCT FROM c.reads AND a.overlays = c.overlays`,

  `CREATE OR REPLACE TABLE population AS
   SELECT shape, context, count(*) AS assets FROM asset_shape JOIN asset_context USING (asset) GROUP BY ALL`,

  `CREATE OR REPLACE TABLE place_context AS
   SELECT p.context, s.place, sum(p.assets)::BIGINT AS assets FROM population p JOIN shape_place s USING (shape)
   GROUP BY p.context, s.place`,
];

async function checkLimit(store: FleetStore, input: ContextInput): Promise<void> {
  const [total] = await store.rows<{ n: number }>('SELECT count(*) AS n FROM context');
  if (total === undefined || total.n <= input.limit) return;
  const dimensions = [
    ['the exceptions (by which assets they match)', 'exceptions'],
    ['the deadlines (by which assets they select)', 'overlays'],
    ...input.reads.map((label, i) => [`the label "${label}", which a rule reads,`, `reads[${i + 1}]`]),
  ] as const;
  const counted = await Promise.all(
    dimensions.map(async ([words, column]) => {
      const [row] = await store.rows<{ n: number }>(`SELECT count(DISTINCT ${column}) AS n FROM context`);
      return { words, n: row?.n ?? 0 };
    }),
  );
  const worst = counted.reduce((a, b) => (b.n > a.n ? b : a));
  throw new PatchwardenError(
    'bad-document',
    `the policy splits the fleet into ${total.n} contexts, more than limits.contexts (${input.limit}) in patchwarden.json allows: ` +
      `${worst.words} take ${worst.n} different values; select by a coarser label, or raise the limit`,
  );
}
