import { readDocument } from '../audit/history/read-document.ts';
import type { VerifiedMerge } from '../audit/history/verified-merge.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { lockPath, lockPathOf } from '../domain/document-paths.ts';
import type { Generation } from '../domain/generations.ts';
import type { Forge, PullRequest } from '../ports/forge.ts';
import type { Git } from '../ports/git.ts';
import { digestOf } from '../util/digest.ts';
import { incompleteListing } from './pr-context.ts';

/** Generations of one lock that are read back: as far as a rollback or a promotion may want to look. */
const KEPT = 20;

/** The last generations of every lock, as the verified merges brought them, oldest first. */
export async function readGenerations(
  git: Pick<Git, 'readObjects'>,
  merges: readonly VerifiedMerge[],
): Promise<readonly Generation[]> {
  const count = new Map<string, number>();
  const wanted = [...merges].reverse().flatMap((merge) =>
    merge.paths.flatMap(({ path, change }) => {
      const seen = count.get(path) ?? 0;
      if (change === 'deleted' || seen >= KEPT || lockPathOf(path) === undefined) return [];
      count.set(path, seen + 1);
      return [{ merge, path }];
    }),
  );
  const bytes = await git.readObjects(wanted.map(({ merge, path }) => `${merge.commit}:${path}`));
  return wanted
    .flatMap(({ merge, path }, i): Generation[] => {
      const lock = readDocument(bytes[i], path, 'PatchLock');
      const at = lockPathOf(path);
      if (!lock || !at || lock.baseline !== at.baseline || lock.ring !== at.ring) return [];
      return [
        {
          ...at,
          generation: lock.generation,
          digest: digestOf(lock),
          lock,
          merge: merge.commit,
          kind: merge.kind,
          at: merge.at,
        },
      ];
    })
    .reverse();
}

/**
 * What open expedited proposals bring, as `<lock key> <version>`, by baseline: their locks at the head of the proposal that
 * the protected branch does not have. Throws `forge-failed` when the listing is not whole.
 */
export async function openExpedited(
  git: Pick<Git, 'readObjects' | 'listTree'>,
  forge: Pick<Forge, 'list'>,
  { baselines, locks }: Pick<PolicyDocuments, 'baselines' | 'locks'>,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const listing = await forge.list();
  if (!listing.complete) throw incompleteListing(listing.reason);
  const open = listing.pulls.filter((p) => p.kind === 'expedited' && baselines.some((b) => b.id === p.scope));
  const brought = new Map<string, ReadonlySet<string>>();
  for (const { head, scope } of open) {
    const paths = (await git.listTree(head, `locks/${scope}/`)).map((f) => f.path);
    brought.set(scope, await broughtBy(git, head, paths, locks));
  }
  return brought;
}

/** What people want in the expedited lane: the entries of one open pull request, and who asked. */
export interface AskedLane {
  readonly baseline: string;
  readonly pull: number;
  readonly person: string;
  /** As `<lock key> <version>`. */
  readonly entries: ReadonlySet<string>;
}

/** What the pull requests bring for which somebody who may do so asked for the expedited lane. */
export async function askedLanes(
  git: Pick<Git, 'readObjects'>,
  asks: readonly { readonly pull: Pick<PullRequest, 'number' | 'head' | 'scope'>; readonly person: string }[],
  locks: PolicyDocuments['locks'],
): Promise<readonly AskedLane[]> {
  const lanes: AskedLane[] = [];
  for (const { pull, person } of asks) {
    const [baseline = '', ring = ''] = pull.scope.split('/');
    const entries = await broughtBy(git, pull.head, [lockPath(baseline, ring)], locks);
    lanes.push({ baseline, pull: pull.number, person, entries });
  }
  return lanes;
}

/** What locks have at a commit that those of the protected branch do not. */
async function broughtBy(
  git: Pick<Git, 'readObjects'>,
  head: string,
  paths: readonly string[],
  locks: PolicyDocuments['locks'],
): Promise<ReadonlySet<string>> {
  const bytes = await git.readObjects(paths.map((path) => `${head}:${path}`));
  return new Set(
    paths.flatMap((path, i) => {
      const lock = readDocument(bytes[i], path, 'PatchLock');
      const before = locks.get(path)?.entries ?? {};
      return Object.entries(lock?.entries ?? {})
        .filter(([key, entry]) => before[key]?.version !== entry.version)
        .map(([key, entry]) => `${key} ${entry.version}`);
    }),
  );
}
