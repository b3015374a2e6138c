import type { Component } from '../../domain/component.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { chooseKernels, RPM_KERNELS } from '../match/kernel.ts';
import { ecosystemSql } from './ecosystem-sql.ts';

interface KernelRow extends Component {
  readonly kcase: number;
  readonly kernel: string | null;
  readonly part: number;
}

/** Assets of which nothing is known, or whose stream no advisory is about. */
const UNJUDGED = '(shape.unknown IS NOT NULL OR shape.stream IN (SELECT stream FROM blind_stream))';
/** What may be a kernel: Debian's sources begin so, rpm's packages are known by name. */
const KERNEL = `(starts_with(o.advisoryPackage, 'linux') OR regexp_matches(p.name, '${RPM_KERNELS}'))`;
const NO_STREAM = 'unknown:unknown:unknown';

/**
 * Where findings stand: `place(place, part, originSet, judged, current, waitRank, stream)`, a part as assets with one origin set
 * have it; part is null and stream told for an asset that cannot be judged. And the views `kernel_spot(shape, …the facts of a
 * place)` and `part_origin(part, originSet)`.
 *
 * A kernel's vulnerabilities concern the one that runs; `waitRank` is the newest source version among installed kernels
 * of the same source that only wait to be started; `current` is false where a newer one is installed beside it. Asked once per distinct (component set, running kernel) with a kernel.
 *
 * In: `shape`, `origin_installed`, `part_of`, `setBundles`, `bundles`, `part`, `source_of`, `affected`.
 */
export async function buildPlaces(store: FleetStore): Promise<void> {
  for (const sql of KERNELS) await store.run(sql);
  const rows = await store.rows<KernelRow>(
    `SELECT c.kcase, c.kernel, p.part, p.name, p.version, p.arch, p.sourcePackage, p.sourceVersion, p.held,
       'installed' AS state
     FROM kernel_case c JOIN set_kernel USING (streamNo, setId) JOIN part p USING (part)
     ORDER BY c.kcase, p.part`,
  );
  await store.run(
    'CREATE OR REPLACE TABLE kernel_role (kcase INTEGER, part INTEGER, role VARCHAR, superseded BOOLEAN)',
  );
  await store.append('kernel_role', ['kcase', 'part', 'role', 'superseded'], roles(rows));
  for (const sql of PLACES) await store.run(sql);
}

type Role = readonly [kcase: number, part: number, role: string | null, superseded: boolean];

function* roles(rows: readonly KernelRow[]): Generator<Role> {
  const cases = new Map<number, KernelRow[]>();
  for (const row of rows) {
    const list = cases.get(row.kcase);
    if (list) list.push(row);
    else cases.set(row.kcase, [row]);
  }
  for (const [kcase, parts] of cases) {
    const { waiting, passedOver, superseded } = chooseKernels(parts, parts[0]?.kernel ?? null);
    for (const row of parts) {
      const role = waiting.includes(row) ? 'waiting' : passedOver.includes(row) ? 'passed' : null;
      yield [kcase, row.part, role, superseded.includes(row)];
    }
  }
}

const KERNELS = [
  `CREATE OR REPLACE TABLE kernel_part AS
   SELECT p.part, o.advisoryPackage
   FROM part p LEFT JOIN source_of o USING (ecosystem, sourcePackage, sourceVersion) WHERE ${KERNEL}`,

  'CREATE OR REPLACE TABLE plain_part AS FROM part_of ANTI JOIN kernel_part USING (part)',

  `CREATE OR REPLACE TABLE set_kernel AS
   SELECT DISTINCT s.streamNo, s.setId, k.part
   FROM (SELECT DISTINCT p.streamNo, b.bundleId, p.part FROM part_of p SEMI JOIN kernel_part USING (part) JOIN bundles b USING (componentId)) k
   JOIN setBundles t USING (bundleId) JOIN shape s ON s.streamNo = k.streamNo AND s.setId = t.setId WHERE s.known`,

  `CREATE OR REPLACE TABLE kernel_case AS
   SELECT row_number() OVER (ORDER BY streamNo, setId, kernel)::INTEGER AS kcase, *
   FROM (SELECT DISTINCT streamNo, setId, kernel FROM shape SEMI JOIN set_kernel USING (streamNo, setId) WHERE known)`,
];

const PLACES = [
  `CREATE OR REPLACE TABLE blind_stream AS
   FROM stream_no WHERE ${ecosystemSql('stream')} NOT IN (SELECT DISTINCT ecosystem FROM affected)`,

  `CREATE OR REPLACE TABLE waiting_kernel AS
   SELECT r.kcase, k.advisoryPackage, max(p.sourceRank) AS rank
   FROM kernel_role r JOIN part p USING (part) JOIN kernel_part k USING (part)
   WHERE r.role = 'waiting' GROUP BY r.kcase, k.advisoryPackage`,

  `CREATE OR REPLACE VIEW kernel_spot AS
   SELECT s.shape, t.part, s.originSet, r.role IS NULL AS judged, NOT coalesce(r.superseded, false) AS current,
     w.rank AS waitRank
   FROM (FROM shape WHERE known) s JOIN set_kernel t USING (streamNo, setId) JOIN kernel_part k ON k.part = t.part
   JOIN kernel_case c ON c.streamNo = s.streamNo AND c.setId = s.setId AND c.kernel IS NOT DISTINCT FROM s.kernel
   LEFT JOIN kernel_role r ON r.kcase = c.kcase AND r.part = t.part
   LEFT JOIN waiting_kernel w ON w.kcase = c.kcase AND w.advisoryPackage = k.advisoryPackage AND r.role IS NULL`,

  `CREATE OR REPLACE TABLE place AS
   SELECT row_number() OVER (ORDER BY part, originSet, judged, current, waitRank, stream)::INTEGER AS place, *
   FROM (SELECT part, originSet, true AS judged, true AS current, NULL::INTEGER AS waitRank, NULL::VARCHAR AS stream
       FROM (SELECT DISTINCT p.part, i.originSet FROM origin_installed i JOIN plain_part p USING (streamNo, componentId))
     UNION ALL SELECT DISTINCT part, originSet, judged, current, waitRank, NULL FROM kernel_spot
     UNION ALL SELECT NULL, NULL, true, true, NULL, stream
       FROM (SELECT DISTINCT coalesce(stream, '${NO_STREAM}') AS stream FROM shape WHERE ${UNJUDGED}))`,

  `CREATE OR REPLACE VIEW part_origin AS SELECT DISTINCT part, originSet FROM place WHERE part IS NOT NULL`,
];

/**
 * Where findings stand, once it is known which do; what is up to date everywhere is nowhere: `bundle_place(originSet, streamNo,
 * bundleId, place)` of plain packages, and the views `shape_place(shape, place)` and `shape_finding(shape, finding)`.
 *
 * In: `kernel_spot`, `place`, `place_finding`, `shape`, `part_of`, `origin_bundle`, `bundles`, `setBundles`.
 */
export async function standPlaces(store: FleetStore): Promise<void> {
  for (const sql of standSql('place_finding')) await store.run(sql);
  await store.run(
    'CREATE OR REPLACE VIEW shape_finding AS SELECT shape, finding FROM shape_place JOIN place_finding USING (place)',
  );
}

/**
 * The places of shapes. A few shapes are looked up, and all of them gone through.
 * @param shapes a relation with the columns of `shape`, and others
 * @param columns those to be told beside `place`
 */
export const placesAt = (shapes: string, columns: string): string =>
  `SELECT ${columns}, place
   FROM ${shapes} JOIN setBundles USING (setId) JOIN bundle_place USING (originSet, streamNo, bundleId) WHERE known
   UNION ALL SELECT ${columns}, place FROM ${shapes} JOIN shape_apart USING (shape)`;

/** @param found the table of the places with findings */
export const standSql = (found: string): readonly string[] => [
  `CREATE OR REPLACE TABLE bundle_place AS
   SELECT o.originSet, o.streamNo, o.bundleId, l.place
   FROM (FROM place SEMI JOIN ${found} USING (place)) l JOIN plain_part p USING (part) JOIN bundles b USING (componentId)
   JOIN origin_bundle o ON o.bundleId = b.bundleId AND o.streamNo = p.streamNo AND o.originSet = l.originSet`,

  // Kernels, and assets that cannot be judged.
  `CREATE OR REPLACE TABLE shape_apart AS
   WITH l AS MATERIALIZED (FROM place SEMI JOIN ${found} USING (place))
   SELECT t.shape, l.place
   FROM kernel_spot t JOIN l ON l.part = t.part AND l.originSet = t.originSet AND l.judged = t.judged
     AND l.current = t.current AND l.waitRank IS NOT DISTINCT FROM t.waitRank
   UNION ALL
   SELECT shape.shape, l.place FROM shape JOIN l ON l.stream = coalesce(shape.stream, '${NO_STREAM}')
   WHERE l.part IS NULL AND ${UNJUDGED}`,

  `CREATE OR REPLACE VIEW shape_place AS ${placesAt('shape', 'shape')}`,
];

/**
 * How many assets of each `key` have each place: `(<key>, place, assets)`. Bundles are added up before anybody looks into them.
 * @param crowd a relation `(shape, <key>, assets)`
 */
export const placesOf = (crowd: string, key: string): string =>
  `SELECT ${key}, place, sum(assets)::INTEGER AS assets
   FROM (SELECT c.${key}, b.place, c.assets
     FROM (SELECT p.${key}, s.originSet, s.streamNo, t.bundleId, sum(p.assets) AS assets
       FROM ${crowd} p JOIN shape s USING (shape) JOIN setBundles t USING (setId) WHERE s.known GROUP BY ALL) c
     JOIN bundle_place b USING (originSet, streamNo, bundleId)
     UNION ALL SELECT p.${key}, a.place, p.assets FROM ${crowd} p JOIN shape_apart a USING (shape))
   GROUP BY ${key}, place`;
