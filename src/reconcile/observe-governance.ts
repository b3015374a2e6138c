import type { Baseline } from '../contracts/generated/baseline.ts';
import type { AssetList, StatusGovernance } from '../contracts/generated/status-report.ts';
import type { Observation } from '../domain/observation.ts';
import { sortedBy } from '../util/sort.ts';

/** Hosts of a baseline that none of its rings selects. */
export interface Ringless extends AssetList {
  readonly baseline: string;
}

type Owners = readonly Pick<Baseline, 'id' | 'owner'>[];
const ownerOf = (baselines: Owners, id: string | undefined): string | null =>
  baselines.find((b) => b.id === id)?.owner ?? null;

/** Hosts that no baseline governs, or two do. */
export function ungoverned(
  { noBaseline, ties }: Pick<StatusGovernance, 'noBaseline' | 'ties'>,
  baselines: Owners,
): readonly Observation[] {
  const alone: Observation[] =
    noBaseline.count === 0
      ? []
      : [
          {
            ...{ code: 'unselected-assets', subject: 'fleet', owner: null },
            ...{ assets: noBaseline.count, names: noBaseline.assets },
            sentence:
              'no baseline selects these hosts, so nothing patches them: widen the "select" of one, or add a baseline',
          },
        ];
  return [
    ...alone,
    ...ties.map(
      (tie): Observation => ({
        ...{
          code: 'two-baselines',
          subject: tie.baselines.join(' '),
          owner: ownerOf(baselines, tie.baselines[0]),
        },
        ...{ assets: tie.count, names: tie.assets },
        sentence: `the baselines ${tie.baselines.join(' and ')} have one priority and select the same hosts, so none of them governs these: give one another "priority", or narrow its "select"`,
      }),
    ),
  ];
}

/** Hosts of a baseline that no ring takes. */
export const ringless = (rows: readonly Ringless[], baselines: Owners): readonly Observation[] =>
  sortedBy(rows, (r) => r.baseline).map(({ baseline, count, assets }) => ({
    ...{ code: 'no-ring', subject: baseline, owner: ownerOf(baselines, baseline) },
    ...{ assets: count, names: assets },
    sentence: `no ring of baseline ${baseline} selects these hosts, so no lock is for them: add a ring that does, or widen the last one`,
  }));

/** Baselines that select hosts, and govern none of them because others come first. */
export const shadowed = (reach: StatusGovernance['reach'], baselines: Owners): readonly Observation[] =>
  sortedBy(reach, (r) => r.baseline)
    .filter((r) => r.selects > 0 && r.governs === 0 && r.shadowedBy.length > 0)
    .map(({ baseline, selects, shadowedBy }) => ({
      ...{ code: 'shadowed-baseline', subject: baseline, owner: ownerOf(baselines, baseline) },
      ...{ assets: selects, names: [] },
      sentence: `baseline ${baseline} governs no host, because ${shadowedBy.join(', ')} select${shadowedBy.length === 1 ? 's' : ''} all of its hosts with a higher priority: raise its "priority", or remove it`,
    }));
