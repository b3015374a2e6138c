import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import { isArchIndependent } from '../domain/arch.ts';
import { parseRpmStatus } from '../domain/rpm-status.ts';
import { knownSchemeOf } from '../domain/version/scheme.ts';
import type { WantedPatch } from '../domain/wanted-patch.ts';
import type { PackageSolver, SolveRequest } from '../ports/package-solver.ts';
import { dependencyNames } from './dependencies.ts';
import { rpmClosure } from './rpm-closure.ts';
import { gatherRpmPackages } from './rpm-solver-packages.ts';
import { gatherSolverPackages, type Offer } from './solver-packages.ts';

/** A package that a lock will hold because the hosts of one component set want or need it. */
export interface ResolvedPackage {
  readonly row: PackageRow;
  /** The patch that wants it; null for a dependency. */
  readonly wanted: WantedPatch | null;
  /** For a dependency: the wanted packages it came with. */
  readonly neededBy: readonly string[];
}

export interface LeftOut {
  readonly name: string;
  readonly version: string;
  readonly reason: string;
  /** closure: it cannot be installed completely; bytes: nobody can promise its file. */
  readonly cause: 'closure' | 'bytes';
}

export interface ResolvedSet {
  readonly packages: readonly ResolvedPackage[];
  readonly closure: 'checked' | 'unchecked';
  readonly leftOut: readonly LeftOut[];
}

export interface ResolveSetInput {
  readonly stream: string;
  readonly status: string | null;
  readonly components: SolveRequest['components'];
  readonly wanted: readonly WantedPatch[];
}

export interface ResolveDeps {
  readonly solver: Pick<PackageSolver, 'solve'>;
  readonly offer: Offer;
  /** Why a dependency may not be installed (a block or a hold), or null. */
  readonly forbids: (row: PackageRow) => string | null;
}

/**
 * Asks a real solver what installing the wanted patches on one component set takes. When all of them together cannot be
 * installed, source packages are tried one after the other, so that one bad patch does not keep the others back.
 */
export async function resolveSet(deps: ResolveDeps, input: ResolveSetInput): Promise<ResolvedSet> {
  const all = await attempt(deps, input, input.wanted);
  if (all.kind !== 'refused') return all.set;
  let accepted: readonly WantedPatch[] = [];
  let best: ResolvedSet = { packages: [], closure: 'checked', leftOut: [] };
  const leftOut: LeftOut[] = [];
  for (const group of groupBySource(input.wanted)) {
    const next = await attempt(deps, input, [...accepted, ...group]);
    if (next.kind === 'refused') {
      for (const w of group)
        leftOut.push({ name: w.name, version: w.candidate.version, reason: next.reason, cause: 'closure' });
    } else {
      accepted = [...accepted, ...group];
      best = next.set;
    }
  }
  return { ...best, leftOut };
}

type Attempt =
  | { readonly kind: 'resolved'; readonly set: ResolvedSet }
  | { readonly kind: 'refused'; readonly reason: string };

async function attempt(
  deps: ResolveDeps,
  input: ResolveSetInput,
  wanted: readonly WantedPatch[],
): Promise<Attempt> {
  const plain = wanted.map((w): ResolvedPackage => ({ row: w.candidate, wanted: w, neededBy: [] }));
  const rpm = knownSchemeOf(input.stream) === 'rpm';
  const unchecked = (): Promise<Attempt> | Attempt =>
    rpm
      ? withRequirements(deps, input, wanted, plain)
      : { kind: 'resolved', set: { packages: plain, closure: 'unchecked', leftOut: [] } };
  if (input.status === null) return unchecked();
  const candidates = wanted.map((w) => w.candidate);
  const offered = rpm
    ? await gatherRpmPackages(candidates, parseRpmStatus(input.status), deps.offer)
    : await gatherSolverPackages(candidates, deps.offer);
  const solved = await solveWith(deps, { ...input, status: input.status }, wanted, offered);
  if (solved === null) return unchecked();
  if (solved.kind === 'refused') return solved;
  return {
    kind: 'resolved',
    set: { packages: [...plain, ...solved.extra], closure: 'checked', leftOut: [] },
  };
}

type Solved =
  | { readonly kind: 'solved'; readonly extra: readonly ResolvedPackage[] }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'forbidden'; readonly reason: string; readonly row: PackageRow };

/**
 * What the solver takes from the offered packages beyond the wanted ones. A package that may not be installed is withheld
 * and the solver is asked again: perhaps an older version, or another package, does as well. Null without a solver.
 */
async function solveWith(
  deps: ResolveDeps,
  input: ResolveSetInput & { readonly status: string },
  wanted: readonly WantedPatch[],
  offered: readonly PackageRow[],
): Promise<Exclude<Solved, { kind: 'forbidden' }> | null> {
  let left = offered;
  let blocked: string | null = null;
  for (;;) {
    const solved = await solveOnce(deps, input, wanted, left);
    if (solved === null || solved.kind === 'solved') return solved;
    blocked ??= solved.reason;
    if (solved.kind === 'refused') return { kind: 'refused', reason: blocked };
    left = left.filter((row) => row !== solved.row);
  }
}

async function solveOnce(
  deps: ResolveDeps,
  input: ResolveSetInput & { readonly status: string },
  wanted: readonly WantedPatch[],
  offered: readonly PackageRow[],
): Promise<Solved | null> {
  const answer = await deps.solver.solve({
    stream: input.stream,
    status: input.status,
    components: input.components,
    packages: `${offered.map((row) => row.stanza.trim()).join('\n\n')}\n`,
    wanted: wanted.map((w) => ({ name: w.name, arch: w.candidate.arch, version: w.candidate.version })),
  });
  if (answer.kind === 'unavailable') return null;
  if (answer.kind === 'unsolvable') return { kind: 'refused', reason: answer.message };
  if (answer.removes.length > 0)
    return { kind: 'refused', reason: `would remove ${answer.removes.join(', ')}` };
  const extra: ResolvedPackage[] = [];
  for (const install of answer.installs) {
    if (wanted.some((w) => w.name === install.name && w.candidate.version === install.version)) continue;
    const row = offered.find(
      (r) =>
        r.name === install.name &&
        r.version === install.version &&
        (r.arch === install.arch || isArchIndependent(r.arch)),
    );
    if (!row)
      return { kind: 'refused', reason: `needs ${install.name} ${install.version}, which no origin offers` };
    const forbidden = deps.forbids(row);
    if (forbidden !== null)
      return { kind: 'forbidden', reason: `needs ${row.name} ${row.version}: ${forbidden}`, row };
    extra.push({ row, wanted: null, neededBy: dependants(row.name, wanted) });
  }
  return { kind: 'solved', extra };
}

/** For rpm without dnf: what the metadata says is needed. */
async function withRequirements(
  deps: ResolveDeps,
  input: ResolveSetInput,
  wanted: readonly WantedPatch[],
  plain: readonly ResolvedPackage[],
): Promise<Attempt> {
  const closure = await rpmClosure(
    wanted.map((w) => w.candidate),
    input.components,
    deps.offer,
  );
  if (closure.kind === 'refused') return closure;
  const extra: ResolvedPackage[] = [];
  for (const row of closure.extra) {
    const forbidden = deps.forbids(row);
    if (forbidden !== null)
      return { kind: 'refused', reason: `needs ${row.name} ${row.version}: ${forbidden}` };
    extra.push({ row, wanted: null, neededBy: dependants(row.name, wanted) });
  }
  return { kind: 'resolved', set: { packages: [...plain, ...extra], closure: 'unchecked', leftOut: [] } };
}

function dependants(name: string, wanted: readonly WantedPatch[]): readonly string[] {
  const direct = wanted.filter((w) => dependencyNames(w.candidate.stanza).includes(name)).map((w) => w.name);
  return direct.length > 0 ? direct : wanted.map((w) => w.name).slice(0, 1);
}

function groupBySource(wanted: readonly WantedPatch[]): readonly (readonly WantedPatch[])[] {
  const groups = new Map<string, WantedPatch[]>();
  for (const w of wanted) {
    const group = groups.get(w.candidate.sourcePackage);
    if (group) group.push(w);
    else groups.set(w.candidate.sourcePackage, [w]);
  }
  return [...groups.values()];
}
