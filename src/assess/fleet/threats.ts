import type { FleetStore } from '../../ports/fleet-store.ts';

/** The values of an SSVC decision point, from harmless to bad. */
const POINTS = {
  exploitation: ['none', 'poc', 'active'],
  automatable: ['no', 'yes'],
  technicalImpact: ['partial', 'total'],
} as const;

/**
 * What is known of the danger of the vulnerabilities that are told of.
 *
 * In: `told`, `ssvc`, `epss`. Out: columns of `told`: `exploitation`, `automatable`, `technicalImpact`, `epss`. Of several claims about one vulnerability the newest of each source counts, of several the worst,
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

/** Of several statements of one source about one vulnerability the newest. */
export const NEWEST_OF_SOURCE = `QUALIFY row_number() OVER
  (PARTITION BY cve, source ORDER BY "at" DESC, exploitation, automatable, technicalImpact) = 1`;

const STATEMENTS = [
  `CREATE OR REPLACE TABLE threat_of AS
   SELECT cve, ${worst('nothing')}
   FROM (FROM ssvc ${NEWEST_OF_SOURCE})
   GROUP BY cve`,

  // Ids that are no CVE are never scored, and do not make the others unknown.
  `CREATE OR REPLACE TABLE told AS
   SELECT t.*, coalesce(exploitation, 'unknown') AS exploitation, coalesce(automatable, 'unknown') AS automatable,
     coalesce(technicalImpact, 'unknown') AS technicalImpact, epss
   FROM told t JOIN (SELECT told, ${worst('unknown')}, max(score) AS epss
     FROM (SELECT told, unnest(coalesce(nullif(list_filter(exploits, lambda x: starts_with(x, 'CVE-')), []), exploits)) AS cve FROM told) l
     LEFT JOIN threat_of s USING (cve) LEFT JOIN epss e USING (cve)
     GROUP BY told) USING (told)`,
];
