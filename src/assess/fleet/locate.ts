import type { AdvisoryRow, AffectedRow } from '../../contracts/generated/fleet-rows.ts';
import { ecosystemOf } from '../../domain/stream.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { indexAdvisories } from '../match/advisories.ts';
import { advisorySubject } from '../match/advisory-source.ts';
import { judgeSource } from '../match/judge-source.ts';

/** A package that an advisory is about, and on how many assets it is installed. */
export interface Located {
  readonly stream: string;
  readonly name: string;
  readonly version: string;
  readonly verdict: 'affected' | 'unknown';
  readonly assets: number;
}

interface InstalledRow {
  readonly name: string;
  readonly version: string;
  readonly sourcePackage: string | null;
  readonly sourceVersion: string | null;
  readonly module: string | null;
}

/**
 * Where the fleet has what one advisory is about, before any policy: only packages that may be meant are looked at. Of
 * kernels every installed one counts, running or not. In: `assets`, `shapes`, `setBundles`, `bundles`, `installed`.
 */
export async function locateAdvisory(
  store: FleetStore,
  advisory: AdvisoryRow,
  affected: readonly AffectedRow[],
): Promise<readonly Located[]> {
  // Signed kernels are built from sources of another name than advisories use.
  const rows = await store.rows<InstalledRow>(
    `SELECT DISTINCT name, version, sourcePackage, sourceVersion, module FROM installed
     WHERE list_contains($1, name) OR list_contains($1, sourcePackage) OR starts_with(sourcePackage, 'linux-signed')`,
    [affected.map((a) => a.package)],
  );
  const streams = await store.rows<{ stream: string }>(
    'SELECT DISTINCT stream FROM shapes WHERE unknown IS NULL AND stream IS NOT NULL',
  );
  await store.run(
    'CREATE OR REPLACE TABLE located (stream VARCHAR, name VARCHAR, version VARCHAR, sourcePackage VARCHAR, sourceVersion VARCHAR, module VARCHAR, verdict VARCHAR)',
  );
  const hits = streams.flatMap(({ stream }) => {
    const index = indexAdvisories([advisory], affected, ecosystemOf(stream));
    return rows.flatMap(({ module, ...row }) => {
      const subject = advisorySubject(stream, module === null ? row : { ...row, module });
      const [judged] = subject === null ? [] : judgeSource(index, subject);
      const { name, version, sourcePackage, sourceVersion } = row;
      return judged ? [[stream, name, version, sourcePackage, sourceVersion, module, judged.verdict]] : [];
    });
  });
  const columns = ['stream', 'name', 'version', 'sourcePackage', 'sourceVersion', 'module', 'verdict'];
  await store.append('located', columns, hits);
  for (const sql of WHERE) await store.run(sql);
  return store.rows<Located>(
    `SELECT l.stream, l.name, l.version, l.verdict, s.assets
     FROM (SELECT s.no, count(*) AS assets FROM located_set s JOIN located_no n USING (no)
       JOIN (FROM shapes WHERE unknown IS NULL) h ON h.setId = s.setId AND h.stream = n.stream
       JOIN (SELECT shapeId FROM assets) a USING (shapeId) GROUP BY s.no) s
     JOIN located_no l USING (no) ORDER BY l.stream, l.name, l.version, l.verdict`,
  );
}

const WHERE = [
  `CREATE OR REPLACE TABLE located_no AS
   SELECT row_number() OVER (ORDER BY stream, name, version, verdict)::INTEGER AS no, * FROM (SELECT DISTINCT stream, name, version, verdict FROM located)`,

  `CREATE OR REPLACE TABLE located_component AS
   SELECT DISTINCT n.no, c.componentId
   FROM located l JOIN located_no n USING (stream, name, version, verdict)
   JOIN installed c ON c.name = l.name AND c.version = l.version
     AND c.sourcePackage IS NOT DISTINCT FROM l.sourcePackage AND c.sourceVersion IS NOT DISTINCT FROM l.sourceVersion
     AND c.module IS NOT DISTINCT FROM l.module`,

  // One package may be there for several architectures.
  `CREATE OR REPLACE TABLE located_bundle AS
   SELECT DISTINCT no, bundleId FROM located_component JOIN bundles USING (componentId)`,

  `CREATE OR REPLACE TABLE located_set AS
   SELECT DISTINCT no, setId FROM located_bundle JOIN setBundles USING (bundleId)`,
];
