import { PatchwardenError } from '../domain/errors.ts';
import { sortedBy } from '../util/sort.ts';
import { checkBaselines } from './checks/baselines.ts';
import { checkEdition } from './checks/edition.ts';
import { checkExceptions } from './checks/exceptions.ts';
import { checkFeeds } from './checks/feeds.ts';
import { checkIds } from './checks/ids.ts';
import { checkLocks } from './checks/locks.ts';
import { checkReferences } from './checks/references.ts';
import { checkSigners } from './checks/signers.ts';
import { checkTimes } from './checks/times.ts';
import type { Baseline } from './generated/baseline.ts';
import type { Calendar } from './generated/calendar.ts';
import type { Config } from './generated/config.ts';
import type { Exception } from './generated/exception.ts';
import type { Hold } from './generated/hold.ts';
import type { PatchLock } from './generated/patch-lock.ts';
import type { Pins } from './generated/pins.ts';
import type { Roles } from './generated/roles.ts';
import { loadTree, type TreeFiles } from './load-tree.ts';
import { type LoadedTree, ofKind } from './loaded.ts';
import { formatProblem, isError, type Problem, problem, sortedProblems } from './problem.ts';

/** The documents of one policy repository, valid and each list sorted by id. */
export interface PolicyDocuments {
  readonly config: Config;
  readonly roles: Roles;
  readonly pins: Pins | null;
  /** Text of allowed-signers. */
  readonly allowedSigners: string;
  readonly baselines: readonly Baseline[];
  readonly exceptions: readonly Exception[];
  readonly calendars: readonly Calendar[];
  readonly holds: readonly Hold[];
  /** By path, sorted. */
  readonly locks: ReadonlyMap<string, PatchLock>;
  /** Own rules and what they were compiled to, as they lie in policies/: path → content, sorted. */
  readonly policies: TreeFiles;
}

export interface AssembledRepository {
  /** null when a document is broken or missing: nothing may be decided from part of the policy. */
  readonly documents: PolicyDocuments | null;
  /** Everything that is wrong, sorted by file and place; warnings among them leave the documents usable. */
  readonly problems: readonly Problem[];
  /** Every document that its schema accepts, whatever else is wrong. */
  readonly tree: LoadedTree;
}

const REQUIRED: Readonly<Record<string, string>> = {
  'patchwarden.json': 'it says where facts come from',
  'roles.json': 'it says who may approve',
  'allowed-signers': 'it holds the keys of the people of roles.json',
};

/**
 * All documents from the files of a tree (path → content), and every problem in one go. Pure; never throws.
 * @param unreadable problems of files that are there and could not be read
 */
export function assemblePolicyRepository(
  files: TreeFiles,
  unreadable: readonly Problem[] = [],
): AssembledRepository {
  const { tree, problems } = loadTree(files, new Set(unreadable.map((p) => p.file)));
  return assembleLoaded(tree, [...unreadable, ...problems], policiesOf(files));
}

/** What a tree holds in policies/: the rules of its owner, and what they were compiled to. */
export const policiesOf = (files: TreeFiles): TreeFiles =>
  new Map(
    sortedBy(
      [...files].filter(([path]) => path.startsWith('policies/')),
      ([path]) => path,
    ),
  );

function assembleLoaded(
  tree: LoadedTree,
  loading: readonly Problem[],
  policies: TreeFiles,
): AssembledRepository {
  const missing = Object.entries(REQUIRED)
    .filter(([path]) => !tree.paths.has(path))
    .map(([path, why]) =>
      problem(path, { line: 1, column: 1 }, 'missing-file', `the file is missing; add it: ${why}`),
    );
  const problems = sortedProblems([
    ...loading,
    ...missing,
    ...[
      checkIds,
      checkReferences,
      checkTimes,
      checkBaselines,
      checkLocks,
      checkSigners,
      checkFeeds,
      checkEdition,
      checkExceptions,
    ].flatMap((c) => c(tree)),
  ]);
  return { documents: problems.some(isError) ? null : documentsOf(tree, policies), problems, tree };
}

function documentsOf(tree: LoadedTree, policies: TreeFiles): PolicyDocuments | null {
  const config = ofKind(tree, 'Config')[0]?.value;
  const roles = ofKind(tree, 'Roles')[0]?.value;
  if (!config || !roles || !tree.signers) return null;
  const list = <K extends 'Baseline' | 'Exception' | 'Calendar' | 'Hold'>(kind: K) =>
    sortedBy(
      ofKind(tree, kind).map((d) => d.value),
      (d) => d.id,
    );
  return {
    config,
    roles,
    pins: ofKind(tree, 'Pins')[0]?.value ?? null,
    allowedSigners: tree.signers.text,
    baselines: list('Baseline'),
    exceptions: list('Exception'),
    calendars: list('Calendar'),
    holds: list('Hold'),
    locks: new Map(sortedBy(ofKind(tree, 'PatchLock'), (d) => d.path).map((d) => [d.path, d.value])),
    policies,
  };
}

/**
 * The documents, for verbs that act on them.
 * @param where names the tree in messages: a directory or a commit
 * @throws PatchwardenError `not-a-repository` without patchwarden.json, `bad-document` when anything is wrong
 */
export function policyDocumentsOf(files: TreeFiles, where: string): PolicyDocuments {
  requireRepository(files, where);
  const { documents, problems } = assemblePolicyRepository(files);
  if (documents) return documents;
  const errors = problems.filter(isError);
  const shown = errors.slice(0, 10).map(formatProblem);
  const more = errors.length - shown.length;
  throw new PatchwardenError(
    'bad-document',
    [
      `the policy repository at ${where} has ${errors.length} problem${errors.length === 1 ? '' : 's'}; patchwarden validate lists them`,
      ...shown,
      ...(more > 0 ? [`… and ${more} more`] : []),
    ].join('\n  '),
  );
}

/** @throws PatchwardenError `not-a-repository` */
export function requireRepository(files: TreeFiles, where: string): void {
  if (files.has('patchwarden.json')) return;
  throw new PatchwardenError(
    'not-a-repository',
    `${where} is no policy repository: it has no patchwarden.json; name the right directory with --repo`,
  );
}
