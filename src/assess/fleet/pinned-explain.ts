import type { ExplainedPin } from '../../domain/explanation.ts';
import type { Day } from '../../domain/time.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';

/** Facts of a finding that pins may hold on to, and what to call them. */
const FACTS = {
  severity: 'severity',
  kev: 'known exploited',
  exploitation: 'exploitation',
  automatable: 'automatable',
  technicalImpact: 'technical impact',
  epss: 'EPSS',
  vex: 'vendor statement',
  affected: 'affected',
  fixed: 'fixed in',
  fix: 'fix',
} as const;
const CLOCKS = ['published', 'fixAvailable', 'firstSeen', 'kevAdded', 'kevDue'] as const;

/** A finding on the asset that pins.json alone keeps as strict as it is. */
interface KeptFinding extends ExplainedPin {
  readonly kind: string;
  readonly advisory: string | null;
  readonly name: string | null;
  readonly version: string | null;
}

type Told = Readonly<Record<string, string | number | boolean | null>>;

interface Row extends Told {
  readonly kind: string;
  readonly advisory: string | null;
  readonly name: string | null;
  readonly version: string | null;
  readonly nextStatus: string | null;
  readonly nextDue: Day | null;
}

/** In: the tables of `joinPinnedWorld`. The facts are those that the current snapshots tell otherwise. */
export async function keptFindings(store: FleetStore, asset: string): Promise<readonly KeptFinding[]> {
  const columns = (world: string) => [
    ...Object.keys(FACTS).map((f) => `${world}.${f} AS ${world}_${f}`),
    ...CLOCKS.map((c) => `${world}_date.${c} AS ${world}_${c}`),
  ];
  const dates = (world: string) =>
    `LEFT JOIN ${world}_cell ${world}_of ON ${world}_of.kin = m.${world}Kin AND ${world}_of.finding = m.${world}
     LEFT JOIN ${world}_dates ${world}_date ON ${world}_date.dates = ${world}_of.dates`;
  const rows = await store.rows<Row>(
    `SELECT f.kind, f.advisory, t.name, t.version, m.nextStatus, m.nextDue, ${[...columns('pinned'), ...columns('current')].join(', ')}
     FROM (FROM asset_context JOIN kin_of USING (context) WHERE asset = $1) a
     JOIN pinned_move m ON m.kin = a.kin JOIN shape_finding s ON s.shape = a.shape AND s.finding = m.finding
     JOIN finding f ON f.finding = m.finding LEFT JOIN part t ON t.part = f.part
     JOIN pinned_finding pinned ON pinned.finding = m.pinned LEFT JOIN current_finding "current" ON "current".finding = m.current
     ${dates('pinned')} ${dates('current')}
     ORDER BY t.name, t.version, f.kind, f.advisory`,
    [asset],
  );
  return rows.map(({ kind, advisory, name, version, nextStatus, nextDue, ...told }) => ({
    ...{ kind, advisory, name, version, nextStatus, nextDue },
    facts: nextStatus === null ? [] : factsOf(told),
  }));
}

function factsOf(told: Told): ExplainedPin['facts'] {
  const words: readonly (readonly [string, string])[] = [
    ...Object.entries(FACTS),
    ...CLOCKS.map((c) => [c, c] as const),
  ];
  return words.flatMap(([column, fact]) => {
    const [pinned, current] = [told[`pinned_${column}`] ?? null, told[`current_${column}`] ?? null];
    return pinned === current ? [] : [{ fact, pinned, current }];
  });
}

/** Labels of the asset that the pinned snapshot tells otherwise. In: `pinned_labels`, `assets`. */
export async function keptLabels(store: FleetStore, asset: string): Promise<ExplainedPin['facts']> {
  const rows = await store.rows<{ label: string; pinned: string | null; current: string | null }>(
    `SELECT label, p.labels[label] AS pinned, a.labels[label] AS current
     FROM assets a JOIN pinned_labels p USING (asset),
       unnest(list_sort(list_distinct(map_keys(a.labels) || map_keys(p.labels)))) AS u(label)
     WHERE a.asset = $1 AND p.labels[label] IS DISTINCT FROM a.labels[label] ORDER BY label`,
    [asset],
  );
  return rows.map(({ label, pinned, current }) => ({ fact: `label ${label}`, pinned, current }));
}
