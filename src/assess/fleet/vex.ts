import type { Config } from '../../contracts/generated/config.ts';
import { feedLabel } from '../../domain/intel-feed.ts';
import { parseVexProduct } from '../../domain/vex-product.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { momentKey } from '../../util/moment.ts';

/** A feed, and the package URLs (a trailing star is any ending) about which its statements count. */
interface VexTrust {
  readonly feed: string;
  readonly products: readonly string[];
}

/** What the config trusts; nothing by default. */
export const vexTrust = ({ intel }: Pick<Config, 'intel'>): readonly VexTrust[] =>
  intel.feeds.flatMap((feed) =>
    feed.trust?.length ? [{ feed: feedLabel(feed), products: feed.trust }] : [],
  );

/**
 * What vendors say of the vulnerabilities of installed packages, and what of it counts.
 *
 * In: `vex`, `part`, `hit_part`, `told`, `source_of`. Out:
 * - `vex_said(part, advisory, source, feed, document, at, status, justification, statement, product, why)`: every statement about
 *   a package of that name; `why` it does not count, null where it does
 * - `vex_part(part, advisory, vex)`: `not-affected` or `fixed`, where what counts says so
 *
 * A statement counts when its feed is trusted about the product, and the product is exactly the installed package: same
 * distribution, name, and version, architecture and release where it names them; `fixed` has to name the version. Of one
 * source in a feed only the newest counts, and of several sources the worst: `affected` and `under_investigation` undo
 * what another one says.
 */
export async function matchVex(store: FleetStore, trust: readonly VexTrust[]): Promise<void> {
  // Snapshots written before feeds were kept have no such column: nothing of them is trusted.
  await store.run('ALTER TABLE vex ADD COLUMN IF NOT EXISTS feed VARCHAR');
  await store.run(
    `CREATE OR REPLACE TABLE vex_near AS FROM vex WHERE vulnerability IN (SELECT unnest(names) FROM told)`,
  );
  await nameProducts(store);
  await nameMoments(store);
  await store.run('CREATE OR REPLACE TABLE vex_trust (feed VARCHAR, start VARCHAR, whole BOOLEAN)');
  await store.append(
    'vex_trust',
    ['feed', 'start', 'whole'],
    trust.flatMap(({ feed, products }) =>
      products.map((glob) => [feed, glob.replace(/\*$/, ''), !glob.endsWith('*')]),
    ),
  );
  for (const sql of STATEMENTS) await store.run(sql);
}

const PRODUCT = ['product', 'distro', 'name', 'version', 'source', 'arch', 'ecosystem', 'purl', 'whole'];

async function nameProducts(store: FleetStore): Promise<void> {
  await store.run(
    `CREATE OR REPLACE TABLE vex_product (product VARCHAR, distro VARCHAR, name VARCHAR, version VARCHAR,
       source BOOLEAN, arch VARCHAR, ecosystem VARCHAR, purl VARCHAR, whole BOOLEAN)`,
  );
  const rows = await store.rows<{ product: string }>(
    'SELECT DISTINCT product FROM vex_near ORDER BY product',
  );
  await store.append(
    'vex_product',
    PRODUCT,
    rows.flatMap(({ product }) => {
      const p = parseVexProduct(product);
      return p === null
        ? []
        : [[product, p.distro, p.name, p.version, p.source, p.arch, p.ecosystem, p.purl, p.whole]];
    }),
  );
}

/** Moments in a form that sorts by time: vendors write them in many. */
async function nameMoments(store: FleetStore): Promise<void> {
  await store.run('CREATE OR REPLACE TABLE vex_moment ("at" VARCHAR, key VARCHAR)');
  const rows = await store.rows<{ at: string }>(
    'SELECT DISTINCT "at" FROM vex_near WHERE "at" IS NOT NULL ORDER BY "at"',
  );
  await store.append(
    'vex_moment',
    ['at', 'key'],
    rows.map(({ at }) => [at, momentKey(at) ?? null]),
  );
}

const STATEMENTS = [
  `CREATE OR REPLACE TABLE vex_match AS
   SELECT DISTINCT h.part, h.advisory, v.*, coalesce(m.key, '') AS moment,
     CASE WHEN NOT d.whole THEN 'it is about less than the package'
       WHEN d.ecosystem <> p.ecosystem THEN 'it is about another release'
       WHEN d.arch <> p.arch THEN 'it is about another architecture'
       WHEN d.version IS NOT NULL AND NOT list_contains(CASE WHEN d.source THEN [p.ownVersion, s.advisoryVersion]
         ELSE [p.version] END, d.version) THEN 'it is about another version'
       WHEN v.status = 'fixed' AND d.version IS NULL THEN 'it names no version, so that nobody sees whether it is installed'
       WHEN NOT EXISTS (FROM vex_trust t WHERE t.feed = v.feed
         AND (t.start = d.purl OR (NOT t.whole AND starts_with(d.purl, t.start)))) THEN 'its feed is not trusted about it'
     END AS why
   FROM hit_part h JOIN told n USING (told) JOIN part p USING (part)
   LEFT JOIN source_of s ON s.ecosystem = p.ecosystem AND s.sourcePackage = p.sourcePackage AND s.sourceVersion = p.sourceVersion
   JOIN vex_product d ON d.distro = split_part(p.stream, ':', 1)
     AND CASE WHEN d.source THEN d.name = p.source OR d.name = s.advisoryPackage ELSE d.name = p.name END
   JOIN vex_near v ON v.product = d.product AND list_contains(n.names, v.vulnerability)
   LEFT JOIN vex_moment m ON m."at" = v."at"`,

  `CREATE OR REPLACE TABLE vex_said AS
   SELECT * EXCLUDE (why, moment, newest), CASE WHEN why IS NULL AND moment < newest THEN 'it was said anew later' ELSE why END AS why
   FROM (SELECT *, max(moment) FILTER (why IS NULL) OVER (PARTITION BY part, advisory, feed, source) AS newest FROM vex_match)`,

  `CREATE OR REPLACE TABLE vex_part AS
   SELECT part, advisory, CASE WHEN bool_or(status = 'not_affected') THEN 'not-affected' ELSE 'fixed' END AS vex
   FROM vex_said WHERE why IS NULL
   GROUP BY part, advisory HAVING bool_and(status IN ('not_affected', 'fixed'))`,
];
