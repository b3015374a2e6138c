import type { FleetStore } from '../../ports/fleet-store.ts';

/**
 * Step one, reduce: a million assets become a few thousand shapes, and their packages distinct parts.
 *
 * In: `assets`, `origins`, `components`, `packages`. Out, all numbered in an order that only depends on their content:
 * - `shape(shape, stream, set, origins, kernel, unknown)`, `asset_shape(asset, shape)`
 * - `origin_set(originSet, origins)`, `origin_member(originSet, origin)`
 * - `part(part, stream, ecosystem, name, arch, version, sourcePackage, sourceVersion, held)`: distinct installed packages
 * - `set_part(stream, set, part)`, `part_origin(part, originSet)`
 *
 * Findings hang on shapes: all assets of a shape have the same ones.
 */
export async function reduceFleet(store: FleetStore): Promise<void> {
  for (const sql of STATEMENTS) await store.run(sql);
}

const STATEMENTS = [
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

  `CREATE OR REPLACE TABLE part AS
   SELECT row_number() OVER (ORDER BY stream, name, arch, version, sourcePackage, sourceVersion, held)::INTEGER AS part,
     stream, regexp_replace(stream, ':[^:]*$', '') AS ecosystem, name, arch, version, sourcePackage, sourceVersion, held
   FROM (SELECT DISTINCT s.stream, c.name, c.arch, c.version, c.sourcePackage, c.sourceVersion, c.held
     FROM stream_set s JOIN components c USING ("set"))`,

  `CREATE OR REPLACE TABLE set_part AS
   SELECT DISTINCT s.stream, s."set", p.part
   FROM stream_set s JOIN components c USING ("set")
   JOIN part p ON p.stream = s.stream AND p.name = c.name AND p.arch = c.arch AND p.version = c.version
   AND p.held = c.held AND p.sourcePackage IS NOT DISTINCT FROM c.sourcePackage
   AND p.sourceVersion IS NOT DISTINCT FROM c.sourceVersion`,

  `CREATE OR REPLACE TABLE part_origin AS
   SELECT DISTINCT t.part, o.originSet
   FROM shape s JOIN set_part t ON t.stream = s.stream AND t."set" = s."set" JOIN origin_set o ON o.origins = s.origins
   WHERE s.unknown IS NULL`,
];
