import { readDocument } from '../audit/history/read-document.ts';
import { firstParents } from '../audit/protected-history.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import type { ExceptionVersion } from '../domain/acceptance.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { type ExceptionHistory, exceptionHistories } from '../domain/exception-history.ts';
import type { Git, TreeEntry } from '../ports/git.ts';
import { openedGit } from './opened-git.ts';
import type { Wire } from './wire.ts';

type Documents = Pick<PolicyDocuments, 'config' | 'exceptions'>;

/**
 * How long each exception has been accepted, by the first-parent history of the protected branch as far as this clone has
 * it; nothing is fetched. Empty without such a history, or with one that is cut off: then nobody knows.
 */
export async function exceptionHistory(
  wire: Pick<Wire, 'git'>,
  repo: string,
  documents: Documents,
): Promise<ReadonlyMap<string, ExceptionHistory>> {
  return documents.exceptions.length === 0
    ? new Map()
    : exceptionHistoryIn(await openedGit(wire, repo), documents);
}

/** The same of a repository that is open already. */
export async function exceptionHistoryIn(
  git: Git | undefined,
  { config, exceptions }: Documents,
): Promise<ReadonlyMap<string, ExceptionHistory>> {
  if (!git) return new Map();
  try {
    const branch = config.branch ?? 'main';
    const head =
      (await git.resolve(`refs/remotes/${config.forge?.remote ?? 'origin'}/${branch}`)) ??
      (await git.resolve(`refs/heads/${branch}`));
    if (head === undefined || (await git.isShallow())) return new Map();
    return exceptionHistories(await broughtVersions(git, head), exceptions);
  } catch (error) {
    // What is only shown stops nobody.
    if (error instanceof PatchwardenError && error.code === 'history-unverified') return new Map();
    throw error;
  }
}

/** The versions that each commit of the line was the first to have, oldest first. */
async function broughtVersions(
  git: Pick<Git, 'history' | 'readObjects' | 'listTree'>,
  head: string,
): Promise<readonly (readonly ExceptionVersion[])[]> {
  const line = firstParents(await git.history(head), head);
  const trees = await git.readObjects(line.map((c) => `${c.id}:exceptions`));
  const changed = line.filter((_, i) => !sameBytes(trees[i], trees[i - 1]));
  const known = new Set<string>();
  const brought: (readonly TreeEntry[])[] = [];
  for (const { id } of changed) {
    const entries = await git.listTree(id, 'exceptions');
    brought.push(entries.filter((e) => !known.has(versionOf(e))));
    for (const entry of entries) known.add(versionOf(entry));
  }
  const entries = brought.flat();
  const read = await git.readObjects(entries.map((e) => e.blob));
  const values = new Map(
    entries.map((e, i) => [versionOf(e), readDocument(read[i], e.path, 'Exception')] as const),
  );
  return brought.map((list) =>
    list.flatMap((e) => {
      const value = values.get(versionOf(e));
      return value ? [{ document: e.path, value }] : [];
    }),
  );
}

const versionOf = ({ path, blob }: TreeEntry): string => `${path}\0${blob}`;

const sameBytes = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && Buffer.compare(a, b) === 0);
