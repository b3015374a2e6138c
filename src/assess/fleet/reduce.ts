import type { FleetStore } from '../../ports/fleet-store.ts';
import { asInOriginsSql, buildSql, createEcosystems, ecosystemSql } from './ecosystem-sql.ts';
import { labelReader } from './label-reader.ts';
import { type LabelUse, otherValue } from './labels.ts';
import { sameColumns } from './relation.ts';

/**
 * Step one, reduce: a million assets become a few thousand shapes and profiles, and their packages distinct parts. Assets
 * are read once; from here on only what is distinct travels.
 *
 * In: `assets`, `shapes`, `setBundles`, `bundles`, `streamBundles`, `installed`, `originSets`, `packages`. Out, all but shapes
 * numbered in an order that only depends on their content:
 * - `shape(shape, stream, streamNo, setId, known, originSet, kernel, unknown)`: what findings hang on, all assets of a shape
 *   have the same ones; `known` are those whose packages are
 * - `profile(profile, labels)`: what policy documents can tell of labels, as a struct of all that they name; a value that
 *   none of them tells apart from others is one that stands for them all
 * - `crowd(shape, profile, assets)`: how many assets, and the view `asset_crowd(asset, shape, profile)`
 * - `origin_set(originSet, origins)`, `origin_member(originSet, origin)`
 * - `part(part, stream, ecosystem, scheme, name, arch, version, source, sourcePackage, sourceVersion, held, module, build)`:
 *   distinct installed packages; `sourcePackage` and `sourceVersion` are what advisories call it, `source` and
 *   `ownVersion` its own source package; `build` is empty outside modules, else the module stream as origins spell it, null where not known
 * - `origin_installed(originSet, streamNo, componentId)`, `part_of(streamNo, componentId, part)`
 */
export async function reduceFleet(store: FleetStore, uses: readonly LabelUse[]): Promise<void> {
  await reduceAssets(store, uses);
  for (const sql of SHAPES) await store.run(sql);
  await createEcosystems(store);
  for (const sql of PARTS) await store.run(sql);
}

async function reduceAssets(store: FleetStore, uses: readonly LabelUse[]): Promise<void> {
  const read = await labelReader(store);
  await store.run('CREATE OR REPLACE TABLE label_value (no INTEGER, label VARCHAR, "value" VARCHAR)');
  for (const { label, whole, values, prefixes } of uses) {
    if (whole) continue;
    // Values that only begin in a way that counts are looked up in the fleet.
    const seen = `UNION SELECT DISTINCT ${read(label)} FROM assets
      WHERE len(list_filter($3::VARCHAR[], lambda p: starts_with(${read(label)}, p))) > 0`;
    const begun = prefixes.length > 0;
    await store.run(
      `INSERT INTO label_value SELECT row_number() OVER (ORDER BY v), $1, v
       FROM (SELECT unnest($2::VARCHAR[]) AS v ${begun ? seen : ''}) WHERE v IS NOT NULL`,
      begun ? [label, values, prefixes] : [label, values],
    );
  }
  const tells = uses.map((use, i) => tellSql(use, i, read));
  const classes = tells.map((t) => `, ${t.name}`).join('');
  await store.run(
    `CREATE OR REPLACE VIEW asset_key AS
     SELECT a.asset, a.shapeId AS shape${tells.map((t) => `, ${t.told} AS ${t.name}`).join('')}
     FROM (SELECT asset, shapeId${tells.map((t) => `, ${t.text}`).join('')} FROM assets) a
     ${tells.map((t) => t.join).join('\n     ')}`,
  );
  await store.run(
    `CREATE OR REPLACE TABLE alike AS
     SELECT shape${classes}, count(*)::INTEGER AS assets FROM asset_key GROUP BY ALL`,
  );
  await store.run(
    `CREATE OR REPLACE TABLE profile_key AS
     SELECT row_number() OVER ()::INTEGER AS profile${classes}
     FROM (SELECT DISTINCT ${['0', ...tells.map((t) => t.name)].join(', ')} FROM alike ORDER BY ALL)`,
  );
  await store.run(
    `CREATE OR REPLACE TABLE profile AS
     SELECT k.profile, {${tells.map((t) => t.entry).join(', ') || 'none: NULL'}} AS labels
     FROM profile_key k ${tells.map((t) => t.back).join(' ')}`,
  );
  const profile = sameColumns(
    'a',
    'k',
    tells.map((t) => t.name),
  );
  const told = `a JOIN profile_key k ON ${profile}`;
  await store.run(`CREATE OR REPLACE TABLE crowd AS SELECT a.shape, k.profile, a.assets FROM alike ${told}`);
  await store.run(
    `CREATE OR REPLACE VIEW asset_crowd AS SELECT a.asset, a.shape, k.profile FROM asset_key ${told}`,
  );
}

/**
 * How a label is told: whole, or by a number; 0 is a value like any other. Null is no such label. The grammar of labels has
 * no quotes.
 */
function tellSql(use: LabelUse, i: number, read: (label: string) => string) {
  const { label, whole } = use;
  const [name, text, l, b] = [`tell${i}`, `text${i}`, `l${i}`, `b${i}`];
  const values = `LEFT JOIN (SELECT no, "value" FROM label_value WHERE label = '${label}')`;
  const value = whole
    ? `k.${name}`
    : `CASE WHEN k.${name} = 0 THEN '${otherValue(use)}' ELSE ${b}."value" END`;
  return {
    name,
    text: `${read(label)} AS ${text}`,
    told: whole ? `a.${text}` : `CASE WHEN a.${text} IS NOT NULL THEN coalesce(${l}.no, 0) END`,
    join: whole ? '' : `${values} ${l} ON ${l}."value" = a.${text}`,
    back: whole ? '' : `${values} ${b} ON ${b}.no = k.${name}`,
    entry: `'${label}': ${value}`,
  };
}

const SHAPES = [
  // A list or lock does not tell its origins; then those count that the configured sources have for its stream.
  `CREATE OR REPLACE TABLE origins_of AS
   SELECT a.stream, a.originsId, coalesce(o.origins, d.origins, []) AS origins
   FROM (SELECT DISTINCT stream, originsId FROM shapes) a LEFT JOIN originSets o USING (originsId)
   LEFT JOIN (SELECT stream, list(DISTINCT origin ORDER BY origin) AS origins FROM packages GROUP BY stream) d USING (stream)`,

  `CREATE OR REPLACE TABLE origin_set AS
   SELECT row_number() OVER (ORDER BY origins)::INTEGER AS originSet, origins FROM (SELECT DISTINCT origins FROM origins_of)`,

  `CREATE OR REPLACE TABLE origin_member AS
   SELECT originSet, unnest(origins) AS origin FROM origin_set`,

  `CREATE OR REPLACE TABLE stream_origins AS
   SELECT stream, dense_rank() OVER (ORDER BY stream)::INTEGER AS streamNo, originsId, originSet
   FROM origins_of JOIN origin_set USING (origins)`,

  'CREATE OR REPLACE TABLE stream_no AS SELECT DISTINCT stream, streamNo FROM stream_origins',

  `CREATE OR REPLACE TABLE shape AS
   SELECT s.shapeId AS shape, s.stream, o.streamNo, s.setId, s.unknown IS NULL AND s.stream IS NOT NULL AS known, o.originSet,
     s.runningKernel AS kernel, s.unknown
   FROM shapes s JOIN stream_origins o ON ${sameColumns('o', 's', ['stream', 'originsId'])}`,
];

const PACKAGE = ['name', 'arch', 'version', 'sourcePackage', 'sourceVersion', 'held', 'module'];
const PACKAGE_COLUMNS = PACKAGE.map((c) => `i.${c}`).join(', ');

const PARTS = [
  `CREATE OR REPLACE TABLE origin_bundle AS
   SELECT DISTINCT o.originSet, o.streamNo, b.bundleId
   FROM streamBundles b JOIN stream_origins o ON o.stream = b.stream AND o.originsId IS NOT DISTINCT FROM b.originsId`,

  `CREATE OR REPLACE TABLE origin_installed AS
   SELECT DISTINCT originSet, streamNo, componentId FROM origin_bundle JOIN bundles USING (bundleId)`,

  'CREATE OR REPLACE TABLE stream_installed AS SELECT DISTINCT streamNo, componentId FROM origin_installed',

  // What advisories call a package: itself or its source.
  `CREATE OR REPLACE TABLE part AS
   SELECT row_number() OVER (ORDER BY stream, name, arch, version, sourcePackage, sourceVersion, held, module)::INTEGER AS part,
     stream, e.ecosystem, e.scheme, name, arch, version, sourcePackage AS source,
     CASE WHEN e.binaries THEN name ELSE sourcePackage END AS sourcePackage,
     sourceVersion AS ownVersion, CASE WHEN e.binaries THEN version ELSE sourceVersion END AS sourceVersion, held, module,
     ${buildSql('version', asInOriginsSql('module'))} AS build
   FROM (SELECT DISTINCT n.stream, ${PACKAGE_COLUMNS} FROM stream_installed JOIN stream_no n USING (streamNo) JOIN installed i USING (componentId))
   JOIN ecosystem_fact e ON e.ecosystem = ${ecosystemSql('stream')}`,

  `CREATE OR REPLACE TABLE part_of AS
   SELECT n.streamNo, i.componentId, p.part FROM stream_installed JOIN stream_no n USING (streamNo) JOIN installed i USING (componentId)
   JOIN part p ON p.stream = n.stream AND p.name = i.name AND p.arch = i.arch AND p.version = i.version AND p.held = i.held
     AND p.source IS NOT DISTINCT FROM i.sourcePackage AND p.module IS NOT DISTINCT FROM i.module
     AND p.ownVersion IS NOT DISTINCT FROM i.sourceVersion`,
];
