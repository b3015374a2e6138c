import type { Baseline } from '../../contracts/generated/baseline.ts';
import type { Exception } from '../../contracts/generated/exception.ts';
import { PatchwardenError } from '../../domain/errors.ts';
import { isLabelName } from '../../domain/labels/name.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import type { PolicyRule } from '../../ports/policy-engine.ts';
import { matchDeadlines } from './deadlines.ts';
import { matchBaselines, matchRings } from './govern.ts';
import { insertSelected } from './insert-selected.ts';
import { lawsOf, NO_LAW } from './laws.ts';
import { placesAt, placesOf } from './places.ts';

export interface ContextInput {
  readonly baselines: readonly Baseline[];
  /** Exceptions valid at the moment of the assessment. */
  readonly exceptions: readonly Exception[];
  /** Labels that a rule declares in `custom.reads`. */
  readonly reads: readonly string[];
  /** Rules of the policy, to name those that read a label. */
  readonly rules?: readonly Pick<PolicyRule, 'id' | 'reads'>[];
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
 * Selectors are evaluated on profiles, never on assets.
 *
 * In: `profile`, `crowd`, `asset_crowd`, `shape`, `bundle_place`, `shape_apart`, `exception_finding`, `place_finding`. Out:
 * - `context(context, baseline, law, ring, unknown, exceptions, reads, overlays)`, the law being 0 where no baseline governs
 * - `crowd_context(shape, profile, context)`, and the views `population(shape, context, assets)`, where a pair may stand more
 *   than once, and `place_context(context, place, assets)`: how many assets of a context have each place
 * - `exception_cover(exception, assets)`: assets with a finding that the exception matches, of exceptions that hold;
 *   `exception_select(exception, assets)`: how many assets each selects, whatever their findings
 * - views for questions about some assets: `asset_context(asset, shape, context)`, `baseline_match(asset, baseline, priority)`
 *
 * @throws PatchwardenError `bad-document` when there are more contexts than `limit`, naming what splits them
 */
export async function buildContexts(
  store: FleetStore,
  input: ContextInput,
): Promise<readonly ExceededException[]> {
  await matchBaselines(store, 'profile', input.baselines);
  await matchRings(store, 'profile', input.baselines);
  await matchDeadlines(store, input.baselines);
  const exceeded = await matchExceptions(store, input.exceptions);
  await store.run('CREATE OR REPLACE TABLE baseline_law (baseline VARCHAR, law INTEGER)');
  await store.append('baseline_law', ['baseline', 'law'], lawsOf(input.baselines).of);
  const reads = input.reads.map((label) => (isLabelName(label) ? `p.labels['${label}']` : 'NULL')).join(', ');
  await store.run(
    `CREATE OR REPLACE TABLE stance AS
     SELECT p.profile, g.baseline, coalesce(l.law, ${NO_LAW}) AS law, r.ring, CASE WHEN g.candidates > 1 THEN 'two-baselines'
         WHEN g.baseline IS NOT NULL AND r.ring IS NULL THEN 'no-ring' END AS unknown,
       [${reads}]::VARCHAR[] AS reads, coalesce(d.overlays, []) AS overlays
     FROM profile p LEFT JOIN profile_governed g USING (profile) LEFT JOIN baseline_law l USING (baseline) LEFT JOIN profile_ring r USING (profile)
     LEFT JOIN (SELECT profile, list(deadline ORDER BY deadline) AS overlays FROM profile_deadline GROUP BY profile) d USING (profile)`,
  );
  for (const sql of NUMBER) await store.run(sql);
  await checkLimit(store, input);
  return exceeded;
}

async function matchExceptions(
  store: FleetStore,
  exceptions: readonly Exception[],
): Promise<readonly ExceededException[]> {
  await store.run('CREATE OR REPLACE TABLE exception_profile (exception VARCHAR, profile INTEGER)');
  await insertSelected(
    store,
    'exception_profile',
    { from: 'profile', key: 'profile' },
    exceptions.map(({ id, select }) => ({ values: { exception: id }, select })),
  );
  for (const sql of EXCEPTIONS) await store.run(sql);
  const covered = await store.rows<{ exception: string; assets: number }>('FROM exception_cover');
  const assets = new Map(covered.map((c) => [c.exception, c.assets]));
  const exceeded = exceptions.flatMap(({ id, maxAssets }) => {
    const covers = assets.get(id) ?? 0;
    return maxAssets !== undefined && covers > maxAssets
      ? [{ exception: id, assets: covers, maxAssets }]
      : [];
  });
  for (const { exception } of exceeded)
    for (const table of ['exception_cover', 'crowd_exception'])
      await store.run(`DELETE FROM ${table} WHERE exception = $1`, [exception]);
  return exceeded;
}

const EXCEPTIONS = [
  `CREATE OR REPLACE TABLE exception_select AS
   SELECT e.exception, sum(c.assets)::BIGINT AS assets FROM exception_profile e JOIN crowd c USING (profile) GROUP BY e.exception`,

  `CREATE OR REPLACE TABLE exception_near AS
   SELECT DISTINCT e.exception, c.shape FROM exception_profile e JOIN crowd c USING (profile)`,

  `CREATE OR REPLACE TABLE exception_shape AS
   SELECT DISTINCT e.exception, e.shape FROM (${placesAt('exception_near JOIN shape USING (shape)', 'exception, shape')}) e
   SEMI JOIN (SELECT DISTINCT exception, place FROM exception_finding JOIN place_finding USING (finding)) f
     ON f.exception = e.exception AND f.place = e.place`,

  `CREATE OR REPLACE TABLE crowd_exception AS
   SELECT c.shape, c.profile, e.exception, c.assets
   FROM exception_profile e JOIN crowd c USING (profile) SEMI JOIN exception_shape s ON s.exception = e.exception AND s.shape = c.shape`,

  `CREATE OR REPLACE TABLE exception_cover AS
   SELECT exception, sum(assets)::BIGINT AS assets FROM crowd_exception GROUP BY exception`,
];

/** The population of a fleet whose assets are counted one by one. In: `asset_context`. */
export const POPULATE = `CREATE OR REPLACE VIEW population AS
  SELECT shape, context, count(*)::INTEGER AS assets FROM asset_context GROUP BY ALL`;

const NUMBER = [
  // Equal lists are one, so that a crowd is known by numbers alone.
  `CREATE OR REPLACE TABLE crowd_accepted AS
   SELECT *, dense_rank() OVER (ORDER BY exceptions)::INTEGER AS accepted
   FROM (SELECT shape, profile, list(exception ORDER BY exception) AS exceptions FROM crowd_exception GROUP BY ALL)`,

  `CREATE OR REPLACE TABLE stance_of AS
   SELECT profile, unknown, dense_rank() OVER (ORDER BY baseline, ring, reads, overlays)::INTEGER AS stance FROM stance`,

  `CREATE OR REPLACE VIEW crowd_stance AS
   SELECT c.shape, c.profile, c.assets, coalesce(s.unknown, t.unknown) AS unknown, t.stance, coalesce(x.accepted, 0) AS accepted
   FROM crowd c JOIN stance_of t USING (profile)
   LEFT JOIN (SELECT shape, unknown FROM shape WHERE unknown IS NOT NULL) s USING (shape)
   LEFT JOIN crowd_accepted x ON x.shape = c.shape AND x.profile = c.profile`,

  `CREATE OR REPLACE TABLE context AS
   SELECT row_number() OVER (ORDER BY baseline, ring, c.unknown, reads, overlays, exceptions)::INTEGER AS context, baseline, law, ring, c.unknown, exceptions, reads, overlays, stance, accepted
   FROM (SELECT stance, unknown, accepted, any_value(profile) AS profile FROM crowd_stance GROUP BY ALL) c
   JOIN (SELECT profile, baseline, law, ring, reads, overlays FROM stance) USING (profile)
   JOIN (SELECT DISTINCT accepted, exceptions FROM crowd_accepted UNION ALL SELECT 0, []::VARCHAR[]) USING (accepted)`,

  `CREATE OR REPLACE TABLE crowd_context AS
   SELECT s.shape, s.profile, c.context, s.assets
   FROM crowd_stance s JOIN context c
   ON c.stance = s.stance AND c.accepted = s.accepted AND c.unknown IS NOT DISTINCT FROM s.unknown`,

  'CREATE OR REPLACE VIEW population AS SELECT shape, context, assets FROM crowd_context',

  `CREATE OR REPLACE VIEW place_context AS ${placesOf('population', 'context')}`,

  `CREATE OR REPLACE VIEW asset_context AS
   SELECT asset, shape, context FROM asset_crowd JOIN crowd_context USING (shape, profile)`,

  `CREATE OR REPLACE VIEW asset_view AS
   SELECT asset, c.baseline, c.ring, c.unknown, c.exceptions, c.reads, c.overlays FROM asset_context JOIN context c USING (context)`,

  `CREATE OR REPLACE VIEW baseline_match AS
   SELECT asset, baseline, priority FROM asset_crowd JOIN profile_match USING (profile)`,
];

async function checkLimit(store: FleetStore, input: ContextInput): Promise<void> {
  const [total] = await store.rows<{ n: number }>('SELECT count(*) AS n FROM context');
  if (total === undefined || total.n <= input.limit) return;
  const dimensions = [
    ['the exceptions (by which assets they match)', 'exceptions'],
    ['the deadlines (by which assets they select)', 'overlays'],
    ...input.reads.map((label, i) => [readWords(label, input.rules ?? []), `reads[${i + 1}]`]),
  ] as const;
  const [row] = await store.rows<Record<string, number>>(
    `SELECT ${dimensions.map(([, column], i) => `count(DISTINCT ${column}) AS n${i}`).join(', ')} FROM context`,
  );
  const counted = dimensions.map(([words], i) => ({ words, n: row?.[`n${i}`] ?? 0 }));
  const worst = counted.reduce((a, b) => (b.n > a.n ? b : a));
  throw new PatchwardenError(
    'bad-document',
    `the policy splits the fleet into ${total.n} contexts, more than limits.contexts (${input.limit}) in patchwarden.json allows: ` +
      `${worst.words} take ${worst.n} different values; select by a coarser label, or raise the limit`,
  );
}

function readWords(label: string, rules: readonly Pick<PolicyRule, 'id' | 'reads'>[]): string {
  const by = rules.flatMap((r) => (r.reads.includes(label) ? [r.id] : []));
  const who =
    by.length === 0 ? 'a rule reads' : by.length === 1 ? `${by[0]} reads` : `${by.join(' and ')} read`;
  return `the label "${label}", which ${who},`;
}
