import { namesBinaries } from '../../domain/advisory-names.ts';
import { MODULE_BUILD } from '../../domain/rpm-module.ts';
import { knownSchemeOf } from '../../domain/version/scheme.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';

/**
 * What SQL must know of ecosystems: `ecosystem_fact(ecosystem, scheme, binaries)`. `scheme` is the order of versions,
 * Debian's where the distribution is not known by name; `binaries` is true where advisories name installed packages.
 *
 * In: `stream_no`, `packages`, `firstSeen`.
 */
export async function createEcosystems(store: FleetStore): Promise<void> {
  const rows = await store.rows<{ ecosystem: string }>(
    `SELECT DISTINCT ${ecosystemSql('stream')} AS ecosystem FROM (
       SELECT stream FROM stream_no UNION SELECT stream FROM packages UNION SELECT stream FROM firstSeen)
     WHERE stream IS NOT NULL ORDER BY ALL`,
  );
  await store.run(
    'CREATE OR REPLACE TABLE ecosystem_fact (ecosystem VARCHAR, scheme VARCHAR, binaries BOOLEAN)',
  );
  await store.append(
    'ecosystem_fact',
    ['ecosystem', 'scheme', 'binaries'],
    rows.map(({ ecosystem }) => [ecosystem, knownSchemeOf(ecosystem) ?? 'dpkg', namesBinaries(ecosystem)]),
  );
}

/** SQL for `distribution:release` of a stream. */
export const ecosystemSql = (stream: string): string => `regexp_replace(${stream}, ':[^:]*$', '')`;

/**
 * SQL for the kind of build that a package can be replaced by: empty outside modules, else the module stream that
 * `module` tells, null where it does not: such a package matches none.
 */
export const buildSql = (version: string, module: string): string =>
  `CASE WHEN regexp_matches(${version}, '${MODULE_BUILD}') THEN ${module} ELSE '' END`;

/** SQL for a module stream as origins spell it. @see asInOrigins */
export const asInOriginsSql = (module: string): string =>
  `regexp_replace(lower(${module}), '[^a-z0-9._:-]+', '-', 'g')`;

/** SQL for the module stream of an origin; null for an origin of none. @see moduleOfOrigin */
export const moduleOfOriginSql = (origin: string): string =>
  `nullif(regexp_replace(regexp_extract(${origin}, '^[^/]*/([^/]+/[^/]+)$', 1), '/', ':'), '')`;
