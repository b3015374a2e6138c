import type { UrgentFinding } from '../../domain/proposal-effect.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';

/** A host that a ring of a baseline governs. */
export interface GovernedAsset {
  readonly asset: string;
  readonly ring: string;
  /** Empty where the scan could not tell. */
  readonly stream: string;
  readonly kernel: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Number of its component set; 0 where nothing is known. */
  readonly set: number;
}

interface AssetRow extends Omit<GovernedAsset, 'labels'> {
  readonly names: readonly string[] | null;
  readonly values: readonly string[] | null;
}

/** The hosts of a baseline, sorted by name. In: the tables of an assessment. */
export async function governedAssets(store: FleetStore, baseline: string): Promise<readonly GovernedAsset[]> {
  const rows = await store.rows<AssetRow>(
    `SELECT a.asset, v.ring, coalesce(a.stream, '') AS stream, coalesce(a.setId, 0)::INTEGER AS "set", a.runningKernel AS kernel,
       map_keys(a.labels) AS names, map_values(a.labels) AS "values"
     FROM assetFacts a JOIN asset_view v USING (asset) WHERE v.baseline = $1 AND v.ring IS NOT NULL ORDER BY asset`,
    [baseline],
  );
  return rows.map(({ names, values, ...row }) => ({
    ...row,
    labels: Object.fromEntries((names ?? []).map((name, i) => [name, values?.[i] ?? ''])),
  }));
}

/** The versions of some packages in the component sets of a baseline. */
export const versionsInSets = (
  store: FleetStore,
  baseline: string,
  names: readonly string[],
): Promise<
  readonly { readonly set: number; readonly name: string; readonly arch: string; readonly version: string }[]
> =>
  store.rows(
    `SELECT DISTINCT s.setId::INTEGER AS "set", i.name, i.arch, i.version
     FROM (SELECT DISTINCT sh.setId FROM population p JOIN context c USING (context) JOIN shape sh USING (shape)
       WHERE c.baseline = $1) s
     JOIN setInstalled USING (setId) JOIN installed i USING (componentId)
     WHERE list_contains($2, i.name) ORDER BY ALL`,
    [baseline, names],
  );

interface UrgentRow extends Pick<UrgentFinding, 'advisory' | 'name' | 'severity' | 'due' | 'rule'> {
  readonly kev: boolean;
  readonly kevAdded: string | null;
  readonly kevDue: string | null;
  readonly cves: readonly string[];
}

/**
 * The most urgent findings that approved patches of some packages end on a baseline: known exploited ones first, then by due
 * date, score and severity; of each package three at most.
 */
export async function urgentFindings(
  store: FleetStore,
  baseline: string,
  names: readonly string[],
  limit: number,
): Promise<readonly UrgentFinding[]> {
  const rows = await store.rows<UrgentRow>(
    `SELECT advisory, name, severity, due, rule, kev, kevAdded, kevDue, cves FROM (
       SELECT f.advisory, t.name, f.severity, min(o.due) AS due, arg_min(o.rule, (o.due, o.rule)) AS rule, f.kev, f.kevAdded, f.kevDue,
         f.epss, any_value(coalesce(d.exploits, [])) AS cves
       FROM outcome o JOIN kin USING (kin)
       SEMI JOIN (SELECT kin FROM kin_of JOIN context USING (context) WHERE baseline = $1) b ON b.kin = o.kin
       JOIN finding f USING (finding) JOIN part t USING (part)
       JOIN judged j ON j.finding = o.finding AND j.law = kin.law
       LEFT JOIN hit_part h ON h.part = f.part AND h.advisory = f.advisory LEFT JOIN told d USING (told)
       WHERE o.status = 'missing' AND j.verdict = 'approved' AND list_contains($2, t.name)
         AND (f.advisory IS NOT NULL OR o.due IS NOT NULL)
       GROUP BY f.advisory, t.name, f.severity, f.kev, f.kevAdded, f.kevDue, f.epss)
     QUALIFY row_number() OVER (PARTITION BY name ORDER BY ${URGENCY}) <= 3
     ORDER BY ${URGENCY}, name LIMIT ${Math.trunc(limit)}`,
    [baseline, names],
  );
  const cves = [...new Set(rows.flatMap((r) => r.cves))];
  const scores = await store.rows<{ cve: string; score: number; modelDate: string }>(
    'SELECT cve, score, substr(modelDate, 1, 10) AS modelDate FROM epss WHERE list_contains($1, cve) ORDER BY score DESC, cve, modelDate',
    [cves],
  );
  const said = await store.rows<{ cve: string } & NonNullable<UrgentFinding['ssvc']>>(
    `SELECT cve, exploitation, automatable, technicalImpact, source FROM ssvc WHERE list_contains($1, cve)
     ORDER BY list_position(['active', 'poc', 'none'], exploitation) NULLS LAST, "at" DESC, cve, source`,
    [cves],
  );
  return rows.map(({ cves: mine, kev, kevAdded, kevDue, ...row }) => {
    const score = scores.find((s) => mine.includes(s.cve));
    const word = said.find((s) => mine.includes(s.cve));
    return {
      ...row,
      kev: kev ? { added: kevAdded ?? '', due: kevDue } : null,
      epss: score ? { score: score.score, modelDate: score.modelDate } : null,
      ssvc: word
        ? {
            exploitation: word.exploitation,
            automatable: word.automatable,
            technicalImpact: word.technicalImpact,
            source: word.source,
          }
        : null,
    };
  });
}

const URGENCY = `kev DESC, due NULLS LAST, epss DESC NULLS LAST,
  list_position(['critical', 'high', 'medium', 'low', 'none', 'unknown'], severity), advisory`;
