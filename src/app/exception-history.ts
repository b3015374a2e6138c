import {
  type AcceptedState,
  type ExceptionHistory,
  exceptionHistories,
} from '../assess/fleet/exception-history.ts';
import { readDocument } from '../audit/history/read-document.ts';
import type { Exception } from '../contracts/generated/exception.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { dayOf } from '../domain/time.ts';
import type { Git, GitCommit } from '../ports/git.ts';
import type { Wire } from './wire.ts';

/**
 * How long each exception has been accepted, by the first-parent history of the protected branch as far as this clone has
 * it; nothing is fetched. Empty without such a history, or with one that is cut off: then nobody knows.
 */
export async function exceptionHistory(
  wire: Pick<Wire, 'git'>,
  repo: string,
  { config, exceptions }: Pick<PolicyDocuments, 'config' | 'exceptions'>,
): Promise<ReadonlyMap<string, ExceptionHistory>> {
  if (exceptions.length === 0) return new Map();
  try {
    const git = await wire.git(repo);
    const branch = config.branch ?? 'main';
    const head =
      (await git.resolve(`refs/remotes/${config.forge?.remote ?? 'origin'}/${branch}`)) ??
      (await git.resolve(`refs/heads/${branch}`));
    if (head === undefined || (await git.isShallow())) return new Map();
    return exceptionHistories(await acceptedStates(git, head), exceptions);
  } catch (error) {
    if (error instanceof PatchwardenError && UNTOLD.includes(error.code)) return new Map();
    throw error;
  }
}

/** A policy repository may lie in a plain directory while it is being tried; and what is only shown stops nobody. */
const UNTOLD: readonly string[] = ['not-a-repository', 'history-unverified'];

/** One state for each commit of the line that changed the exceptions, oldest first. */
async function acceptedStates(
  git: Pick<Git, 'history' | 'readObjects' | 'listTree'>,
  head: string,
): Promise<readonly AcceptedState[]> {
  const line = firstParents(await git.history(head), head);
  const trees = await git.readObjects(line.map((c) => `${c.id}:exceptions`));
  const changed = line.filter((_, i) => !sameBytes(trees[i], trees[i - 1]));
  const listed: { readonly commit: GitCommit; readonly blobs: readonly string[] }[] = [];
  for (const commit of changed) {
    const entries = await git.listTree(commit.id, 'exceptions');
    listed.push({ commit, blobs: entries.map((e) => e.blob) });
  }
  const blobs = [...new Set(listed.flatMap((l) => l.blobs))];
  const read = await git.readObjects(blobs);
  const documents = new Map<string, Exception>();
  for (const [i, blob] of blobs.entries()) {
    const document = readDocument(read[i], 'exceptions', 'Exception');
    if (document) documents.set(blob, document);
  }
  return listed.map(({ commit, blobs: ids }) => ({
    day: dayOf(commit.committer.at),
    exceptions: ids.flatMap((id) => documents.get(id) ?? []),
  }));
}

function firstParents(commits: readonly GitCommit[], head: string): readonly GitCommit[] {
  const byId = new Map(commits.map((c) => [c.id, c]));
  const line: GitCommit[] = [];
  for (let commit = byId.get(head); commit; commit = byId.get(commit.parents[0] ?? '')) line.push(commit);
  return line.reverse();
}

const sameBytes = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && Buffer.compare(a, b) === 0);
