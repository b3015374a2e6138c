import type { Baseline, ContainerEscapeDeadline, Deadline } from '../../contracts/generated/baseline.ts';
import type { Cell, FleetStore } from '../../ports/fleet-store.ts';
import type { PolicyRule } from '../../ports/policy-engine.ts';
import { compareCodePoints, sortedBy } from '../../util/sort.ts';
import { insertSelected } from './insert-selected.ts';
import { asksExposure, EXPOSURE, lawsOf } from './laws.ts';

/** What starts containers; a weakness in one of them may let a container reach its host. */
const CONTAINER_PACKAGES = [
  'buildah',
  'containerd*',
  'cri-o',
  'crun',
  'docker-ce*',
  'docker.io*',
  'incus',
  'lxc',
  'lxd',
  'moby-engine',
  'nvidia-container-toolkit',
  'podman',
  'runc',
];

/**
 * Which profiles each deadline with a selector is on: `profile_deadline(baseline, deadline, profile)`, deadlines of the
 * profile's own baseline only. In: `profile`, `profile_governed`.
 */
export async function matchDeadlines(store: FleetStore, baselines: readonly Baseline[]): Promise<void> {
  await store.run(
    'CREATE OR REPLACE TABLE profile_deadline (baseline VARCHAR, deadline VARCHAR, profile INTEGER)',
  );
  await insertSelected(
    store,
    'profile_deadline',
    { from: 'profile', key: 'profile', within: { table: 'profile_governed', column: 'baseline' } },
    each(baselines).flatMap(({ baseline, deadline: { id, select } }) =>
      select ? [{ values: { baseline, deadline: id }, select }] : [],
    ),
  );
}

/**
 * Labels that rules read, but for rules about deadlines that nobody has, and the label exposure where approvals ask for
 * it: what decides nothing must split no context.
 */
export function labelsRead(rules: readonly PolicyRule[], baselines: readonly Baseline[]): readonly string[] {
  const kinds = new Set<string>(each(baselines).map(({ deadline }) => deadline.kind));
  const asked = rules.filter((r) => r.deadline === undefined || kinds.has(r.deadline));
  const exposed = baselines.some(asksExposure) ? [EXPOSURE] : [];
  return [...new Set([...asked.flatMap((r) => r.reads), ...exposed])].sort(compareCodePoints);
}

/** The deadlines of a baseline as policy sees them on an asset, by id: which, is decided already, and their order tells nothing. */
export const deadlinesOn = (baseline: Baseline, overlays: readonly string[]): Deadline[] =>
  sortedBy(
    baseline.deadlines.filter((d) => !d.select || overlays.includes(d.id)),
    (d) => d.id,
  );

/**
 * What the deadlines of each law ask about findings, as results: `epss_step(law, atLeast)` and `deadline_finding(law, deadline,
 * finding)` for those that are about certain packages. In: `finding`, `part`.
 */
export async function scopeDeadlines(store: FleetStore, baselines: readonly Baseline[]): Promise<void> {
  const asked = lawsOf(baselines).distinct.flatMap(({ law, baseline }) =>
    baseline.deadlines.map((deadline) => ({ law, deadline })),
  );
  const steps = asked.flatMap(({ law, deadline }) =>
    deadline.kind === 'epss' ? [[law, deadline.atLeast] as const] : [],
  );
  await store.run('CREATE OR REPLACE TABLE epss_step (law INTEGER, atLeast DOUBLE)');
  await store.append('epss_step', ['law', 'atLeast'], steps);
  await store.run(
    'CREATE OR REPLACE TABLE deadline_finding (law INTEGER, deadline VARCHAR, finding INTEGER)',
  );
  for (const { law, deadline } of asked) {
    if (deadline.kind !== 'container-escape') continue;
    const { sql, params } = packagesSql(deadline, 3);
    await store.run(
      `INSERT INTO deadline_finding SELECT $1::INTEGER, $2, finding FROM finding f JOIN part p USING (part) WHERE ${sql}`,
      [law, deadline.id, ...params],
    );
  }
}

const each = (baselines: readonly Baseline[]) =>
  baselines.flatMap(({ id, deadlines }) => deadlines.map((deadline) => ({ baseline: id, deadline })));

/** By the name of the package or of its source; a trailing star matches any ending. */
function packagesSql(deadline: ContainerEscapeDeadline, first: number) {
  const globs = deadline.packages ?? CONTAINER_PACKAGES;
  const exact = globs.filter((g) => !g.endsWith('*'));
  const starts = globs.filter((g) => g.endsWith('*')).map((g) => g.slice(0, -1));
  const fits = (column: string): string =>
    `(list_contains($${first}, ${column}) OR len(list_filter($${first + 1}, lambda x: starts_with(${column}, x))) > 0)`;
  const params: Cell[] = [exact, starts];
  return { sql: `coalesce(${fits('p.name')} OR ${fits('p.source')}, false)`, params };
}
