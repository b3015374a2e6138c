import type { FleetStore } from '../../ports/fleet-store.ts';
import { asInOriginsSql, buildSql, createEcosystems, ecosystemSql } from './ecosystem-sql.ts';

/**
 * Step one, reduce: a million assets become a few thousand shapes, and their packages distinct parts.
 *
 * In: `assets`, `origins`, `components`, `packages`. Out, all numbered in an order that only depends on their content:
 * - `shape(shape, stream, set, origins, kernel, unknown)`, `asset_shape(asset, shape)`
 * - `origin_set(originSet, origins)`, `origin_member(originSet, origin)`
 * - `part(part, stream, ecosystem, scheme, name, arch, version, source, sourcePackage, sourceVersion, held, module, build)`:
 *   distinct installed packages; `sourcePackage` and `sourceVersion` are what advisories call it, `source` and
 *   `ownVersion` its own source package; `build` is empty outside modules, else the module stream as origins spell it, null where not known
 * - `set_part(stream, set, part)`, `part_origin(part, originSet)`
 *
 * Findings hang on shapes: all assets of a shape have the same ones.
 */
export async function reduceFleet(store: FleetStore): Promise<void> {
  for (const sql of SHAPES) await store.run(sql);
  await createEcosystems(store);
  for (const sql of PARTS) await store.run(sql);
}

const SHAPES = [
  // Snapshots written before modules were known have no such column.
  'ALTER TABLE components ADD COLUMN IF NOT EXISTS module VARCHAR',

  // A list or lock does not tell its origins; then those count that the configured sources have for its stream.
  `CREATE OR REPLACE TABLE asset_fact AS
   SELECT a.asset, a.stream, a."set", coalesce(o.origins, d.origins, []) AS origins, a.runningKernel AS kernel, a.unknown
   FROM assets a
   LEFT JOIN (SELECT asset, list(DISTINCT origin ORDER BY origin) AS origins FROM origins GROUP BY asset) o USING (asset)
   LEFT JOIN (SELECT stream, list(DISTINCT origin ORDER BY origin) AS origins FROM packages GROUP BY stream) d
     USING (stream)`,

  `CREATE OR REPLACE TABLE shape AS
   SELECT row_number() OVER (ORDER BY stream, "set", origins, kernel, unknown)::INTEGER AS shape, *
   FROM (SELECT DISTINCT stream, "set", origins, kernel, unknown FROM asset_fact)`,

  `CREATE OR REPLACE TABLE asset_shape AS
   SELECT f.asset, s.shape FROM asset_fact f JOIN shape s
   ON s."set" = f."set" AND s.origins = f.origins AND s.stream IS NOT DISTINCT FROM f.stream
   AND s.kernel IS NOT DISTINCT FROM f.kernel AND s.unknown IS NOT DISTINCT FROM f.unknown`,

  `CREATE OR REPLACE TABLE origin_set AS
   SELECT row_number() OVER (ORDER BY origins)::INTEGER AS originSet, origins
   FROM (SELECT DISTINCT origins FROM shape)`,

  `CREATE OR REPLACE TABLE origin_member AS
   SELECT originSet, unnest(origins) AS origin FROM origin_set`,

  `CREATE OR REPLACE TABLE stream_set AS
   SELECT DISTINCT stream, "set" FROM shape WHERE unknown IS NULL AND stream IS NOT NULL`,
];

const PARTS = [
  // What advisories call a package: itself or its source.
  `CREATE OR REPLACE TABLE part AS
   SELECT row_number() OVER (ORDER BY stream, name, arch, version, source, ownVersion, held, module)::INTEGER AS part,
     stream, e.ecosystem, e.scheme, name, arch, version, source,
     CASE WHEN e.binaries THEN name ELSE source END AS sourcePackage,
     ownVersion, CASE WHEN e.binaries THEN version ELSE ownVersion END AS sourceVersion, held, module, ${buildSql('version', asInOriginsSql('module'))} AS build
   FROM (SELECT DISTINCT s.stream, c.name, c.arch, c.version, c.sourcePackage AS source, c.sourceVersion AS ownVersion,
       c.held, c.module
     FROM stream_set s JOIN components c USING ("set"))
   JOIN ecosystem_fact e ON e.ecosystem = ${ecosystemSql('stream')}`,

  `CREATE OR REPLACE TABLE set_part AS
   SELECT DISTINCT s.stream, s."set", p.part
   FROM stream_set s JOIN components c USING ("set")
   JOIN part p ON p.stream = s.stream AND p.name = c.name AND p.arch = c.arch AND p.version = c.version
   AND p.held = c.held AND p.source IS NOT DISTINCT FROM c.sourcePackage AND p.module IS NOT DISTINCT FROM c.module
   AND p.ownVersion IS NOT DISTINCT FROM c.sourceVersion`,

  `CREATE OR REPLACE TABLE part_origin AS
   SELECT DISTINCT t.part, o.originSet
   FROM shape s JOIN set_part t ON t.stream = s.stream AND t."set" = s."set" JOIN origin_set o ON o.origins = s.origins
   WHERE s.unknown IS NULL`,
];
