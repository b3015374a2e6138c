import type { Baseline, ContainerEscapeDeadline, Deadline } from '../../contracts/generated/baseline.ts';
import type { Cell, FleetStore } from '../../ports/fleet-store.ts';
import type { PolicyRule } from '../../ports/policy-engine.ts';
import { compareCodePoints } from '../../util/sort.ts';
import { selectorSql } from './selector-sql.ts';

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
 * Which assets each deadline with a selector is on: `deadline_asset(asset, deadline)`, deadlines of the asset's own
 * baseline only. In: `assets`, `governed`.
 */
export async function matchDeadlines(store: FleetStore, baselines: readonly Baseline[]): Promise<void> {
  await store.run('CREATE OR REPLACE TABLE deadline_asset (asset VARCHAR, deadline VARCHAR)');
  for (const { baseline, deadline } of each(baselines)) {
    if (!deadline.select) continue;
    const { sql, params } = selectorSql(deadline.select, 3);
    await store.run(
      `INSERT INTO deadline_asset SELECT asset, $2 FROM assets JOIN governed USING (asset) WHERE baseline = $1 AND ${sql}`,
      [baseline, deadline.id, ...params],
    );
  }
}

/** Labels that rules read, but for rules about deadlines that nobody has: what decides nothing must split no context. */
export function labelsRead(rules: readonly PolicyRule[], baselines: readonly Baseline[]): readonly string[] {
  const kinds = new Set<string>(each(baselines).map(({ deadline }) => deadline.kind));
  const asked = rules.filter((r) => r.deadline === undefined || kinds.has(r.deadline));
  return [...new Set(asked.flatMap((r) => r.reads))].sort(compareCodePoints);
}

/** The deadlines of a baseline as policy sees them on an asset: which, is decided already. */
export const deadlinesOn = (baseline: Baseline, overlays: readonly string[]): Deadline[] =>
  baseline.deadlines.filter((d) => !d.select || overlays.includes(d.id));

/**
 * What deadlines ask about findings, as results: `epss_step(baseline, atLeast)` and `deadline_finding(baseline, deadline,
 * finding)` for those that are about certain packages. In: `finding`, `part`.
 */
export async function scopeDeadlines(store: FleetStore, baselines: readonly Baseline[]): Promise<void> {
  const steps = each(baselines).flatMap(({ baseline, deadline }) =>
    deadline.kind === 'epss' ? [[baseline, deadline.atLeast] as const] : [],
  );
  await store.run('CREATE OR REPLACE TABLE epss_step (baseline VARCHAR, atLeast DOUBLE)');
  await store.append('epss_step', ['baseline', 'atLeast'], steps);
  await store.run(
    'CREATE OR REPLACE TABLE deadline_finding (baseline VARCHAR, deadline VARCHAR, finding INTEGER)',
  );
  for (const { baseline, deadline } of each(baselines)) {
    if (deadline.kind !== 'container-escape') continue;
    const { sql, params } = packagesSql(deadline, 3);
    await store.run(
      `INSERT INTO deadline_finding SELECT $1, $2, finding FROM finding f JOIN part p USING (part) WHERE ${sql}`,
      [baseline, deadline.id, ...params],
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
