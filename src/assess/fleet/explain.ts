import type { Reason } from '../../contracts/generated/decide-output.ts';
import type { ExplainedAsset, ExplainedDuty, ExplainedFinding } from '../../domain/explanation.ts';
import type { Day } from '../../domain/time.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { inputsOf } from './explain-inputs.ts';

/** @returns undefined when no snapshot has the asset */
export async function explainAsset(store: FleetStore, asset: string): Promise<ExplainedAsset | undefined> {
  const [row] = await store.rows<
    Omit<ExplainedAsset, 'labels' | 'selectedBy'> & {
      readonly labelNames: readonly string[];
      readonly labelValues: readonly string[];
    }
  >(
    `SELECT a.asset, a.stream, a.source, a.observedAt, map_keys(a.labels) AS labelNames, map_values(a.labels) AS labelValues,
       v.unknown, v.baseline, v.ring, v.exceptions
     FROM assetFacts a JOIN asset_view v USING (asset) WHERE a.asset = $1`,
    [asset],
  );
  if (!row) return undefined;
  const selectedBy = await store.rows<ExplainedAsset['selectedBy'][number]>(
    'SELECT baseline, priority FROM baseline_match WHERE asset = $1 ORDER BY priority DESC, baseline',
    [asset],
  );
  const { labelNames, labelValues, ...rest } = row;
  const pairs = labelNames.map((name, i) => [name, labelValues[i] ?? ''] as const);
  return { ...rest, labels: Object.fromEntries(pairs.sort((a, b) => (a[0] < b[0] ? -1 : 1))), selectedBy };
}

type FindingRow = Omit<ExplainedFinding, 'reasons' | 'duties' | 'inputs' | 'from'> & {
  readonly exploits: readonly string[];
  readonly patchSource: string | null;
  readonly patchOrigin: string | null;
  readonly patchSeen: string | null;
  readonly reasons: string;
  readonly duty: number;
  readonly dates: number;
  readonly due: Day | null;
  readonly rule: string | null;
};

/** Findings on an asset by package and advisory; with `advisory`, those alone that it names, also by another of its ids. */
export async function explainFindings(
  store: FleetStore,
  asset: string,
  advisory: string | null,
): Promise<readonly ExplainedFinding[]> {
  const rows = await store.rows<FindingRow>(
    `WITH h AS MATERIALIZED (FROM asset_context WHERE asset = $1),
       a AS MATERIALIZED (SELECT kin, finding FROM h JOIN kin_of USING (context) JOIN shape_finding USING (shape))
     SELECT f.kind, f.advisory, coalesce(list_filter(n.names, lambda x: x <> f.advisory), []) AS names, coalesce(n.records, []) AS records,
       coalesce(n.exploits, []) AS exploits, t.name, t.arch, t.version, t.source, f.fixed, o.status, o.overdue, o.unmitigated, w.reasons, w.duty, e.dates, o.due, o.rule,
       f.severity, f.kev, f.exploitation, f.automatable, f.technicalImpact, f.epss, f.fix, f.need, f.held, f.reboot,
       k.version AS candidate, k.source AS patchSource, k.origin AS patchOrigin, i.at AS patchSeen, j.verdict, j.rule AS approvedBy, j.waitDays, d.exceptions
     FROM a JOIN finding f USING (finding)
     JOIN outcome o ON o.kin = a.kin AND o.finding = a.finding
     JOIN cell e ON e.kin = a.kin AND e.finding = a.finding
     JOIN decision d ON d.decision = o.decision JOIN answer_status w ON w.decision = o.decision
     JOIN kin ON kin.kin = a.kin
     JOIN judged j ON j.finding = f.finding AND j.law = kin.law
     LEFT JOIN part t ON t.part = f.part LEFT JOIN pkg k ON k.pkg = j.pkg
     LEFT JOIN sight i ON i.stream = k.stream AND i.name = k.name AND i.version = k.version
       AND i.build IS NOT DISTINCT FROM k.build
     LEFT JOIN hit_part p ON p.part = f.part AND p.advisory = f.advisory LEFT JOIN told n USING (told)
     WHERE $2 IS NULL OR f.advisory = $2 OR list_contains(n.names, $2) OR list_contains(n.records, $2)
     ORDER BY t.name, t.arch, t.version, f.kind, f.advisory`,
    [asset, advisory],
  );
  const inputs = await inputsOf(store, rows);
  const duties = await dutiesOf(
    store,
    rows.map((r) => r.dates),
  );
  return rows.map(({ reasons, duty, dates, due, rule, exploits, ...all }) => {
    const { patchSource, patchOrigin, patchSeen, ...row } = all;
    return {
      ...row,
      inputs: inputs(row.records, exploits),
      from:
        patchSource === null || patchOrigin === null
          ? null
          : { source: patchSource, origin: patchOrigin, firstSeen: patchSeen },
      reasons: JSON.parse(reasons) as Reason[],
      duties: duties(duty, dates).map((d) => ({
        ...d,
        binds: d.due !== null && d.due === due && d.rule === rule,
      })),
    };
  });
}

type Duty = Omit<ExplainedDuty, 'binds'>;

/** The obligations of a duty with the dates that they give, earliest first. */
async function dutiesOf(
  store: FleetStore,
  dates: readonly number[],
): Promise<(duty: number, dates: number) => readonly Duty[]> {
  const rows = await store.rows<Duty & { readonly duty: number; readonly dates: number }>(
    `SELECT DISTINCT * FROM duty_date WHERE list_contains($1, dates::VARCHAR) ORDER BY due NULLS LAST, rule`,
    [[...new Set(dates)].map(String)],
  );
  const found = new Map<string, Duty[]>();
  for (const { duty, dates: at, ...row } of rows) {
    const key = `${duty} ${at}`;
    found.set(key, [...(found.get(key) ?? []), row]);
  }
  return (duty, at) => found.get(`${duty} ${at}`) ?? [];
}
