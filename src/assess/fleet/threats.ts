import type { FleetStore } from '../../ports/fleet-store.ts';

/** The values of an SSVC decision point, from harmless to bad. */
const POINTS = {
  exploitation: ['none', 'poc', 'active'],
  automatable: ['no', 'yes'],
  technicalImpact: ['partial', 'total'],
} as const;

/**
 * What is known of the danger of the vulnerabilities that a judgement names.
 *
 * In: `judgement`, `ssvc`, `epss`. Out: `threat(exploits, exploitation, automatable, technicalImpact, epss)`, one row for each
 * distinct list of ids. Of several claims about one vulnerability the newest of each source counts, of several the worst,
 * and so it is for a bulletin that closes many. Where one of them is not known, only the worst value can be: anything less
 * would be laxer than to say `unknown`. EPSS: the highest score; null where none is scored.
 */
export async function createThreats(store: FleetStore): Promise<void> {
  for (const sql of STATEMENTS) await store.run(sql);
}

/**
 * SQL aggregates of the three points, under their own names.
 * @param silence what a row without a word means: nothing, or that it is not known
 * @param of the column of a point
 */
const worst = (silence: 'nothing' | 'unknown', of = (point: string): string => point): string =>
  Object.entries(POINTS)
    .map(([name, values]) => {
      const point = of(name);
      const list = `['${values.join("', '")}']`;
      const doubt = silence === 'unknown' ? `WHEN bool_or(${point} IS NULL) THEN NULL ` : '';
      return `CASE WHEN bool_or(${point} = '${values.at(-1) ?? ''}') THEN '${values.at(-1) ?? ''}' ${doubt}ELSE
      ${list}[max(list_position(${list}, ${point}))] END AS ${name}`;
    })
    .join(',\n     ');

/** SQL aggregates over the points of several vulnerabilities, where a point may be `unknown`. */
export const worstPoints = (table: string): string =>
  worst('unknown', (point) => `nullif(${table}.${point}, 'unknown')`);

const STATEMENTS = [
  `CREATE OR REPLACE TABLE threat_of AS
   SELECT cve, ${worst('nothing')}
   FROM (FROM ssvc QUALIFY row_number() OVER
     (PARTITION BY cve, source ORDER BY "at" DESC, exploitation, automatable, technicalImpact) = 1)
   GROUP BY cve`,

  // Ids that are no CVE are never scored, and do not make the others unknown.
  `CREATE OR REPLACE TABLE threat AS
   SELECT exploits, coalesce(exploitation, 'unknown') AS exploitation, coalesce(automatable, 'unknown') AS automatable,
     coalesce(technicalImpact, 'unknown') AS technicalImpact, epss
   FROM (SELECT exploits, ${worst('unknown')}, max(score) AS epss
     FROM (SELECT exploits, unnest(exploits) AS cve FROM (SELECT DISTINCT exploits FROM judgement)) l
     LEFT JOIN threat_of s USING (cve)
     LEFT JOIN (SELECT cve, max(score) AS score FROM epss GROUP BY cve) e USING (cve)
     WHERE starts_with(cve, 'CVE-') OR NOT list_bool_or(list_transform(exploits, lambda x: starts_with(x, 'CVE-')))
     GROUP BY exploits)`,
];
