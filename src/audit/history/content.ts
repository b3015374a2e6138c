import type { Baseline } from '../../contracts/generated/baseline.ts';
import type { ChangeInput } from '../../contracts/generated/change-input.ts';
import type { PatchLock } from '../../contracts/generated/patch-lock.ts';
import { contentDigest, earlierContentDigest } from '../../domain/content-digest.ts';
import { type ContentChange, contentFacts } from '../../domain/content-facts.ts';
import { baselinePath, lockPathOf } from '../../domain/document-paths.ts';
import { classOfPath } from '../../domain/governed.ts';
import { ok, type Result } from '../../domain/result.ts';
import type { Git, TreeChange } from '../../ports/git.ts';
import { readDocument } from './read-document.ts';
import { type Refusal, refuse } from './refusal.ts';

export interface ContentSubject {
  readonly repository: string;
  readonly kind: string;
  readonly scope: string;
}

/** What would land, as the change rules and approvals see it. */
export interface Content {
  readonly digest: string;
  /** What the digest was before this form of it, where a merge may still be bound to that. */
  readonly earlier: string | null;
  readonly paths: ChangeInput['proposal']['paths'];
  /** Every changed path is the lock of a ring that merges by itself, as the baselines at the base say. */
  readonly autoRing: boolean;
  /** Package versions that the change brings into a lock, by lock key; what a lock keeps is not brought. */
  readonly brought: readonly { readonly key: string; readonly version: string }[];
}

type ContentGit = Pick<Git, 'diffTrees' | 'readObjects'>;

/**
 * The content of a change recomputed from two trees, never taken from what anybody claims.
 * @param base commit it lands on
 * @param tree commit or tree that would be there afterwards
 * @param about commit that a refusal names
 */
export async function contentBetween(
  git: ContentGit,
  subject: ContentSubject,
  base: string,
  tree: string,
  about: string,
): Promise<Result<Content, Refusal>> {
  const diff = await git.diffTrees(base, tree);
  const odd = diff.find((c) => c.mode !== null && !allowedMode(c));
  if (odd)
    return refuse(
      about,
      'history/mode',
      `${odd.path} is no regular file (mode ${odd.mode ?? ''}); links, submodules and executable documents are not accepted`,
      odd.path,
    );
  const [locks, before, after] = await Promise.all([
    locksOf(git, diff, base, tree),
    baselinesOf(git, diff, base),
    baselinesOf(git, diff, tree),
  ]);
  const changes = diff.map(({ path, blob }): ContentChange => {
    const lock = locks.get(path);
    return lock ? { path, blob, lock } : { path, blob };
  });
  const facts = contentFacts(subject, changes, after);
  return ok({
    digest: contentDigest(facts),
    earlier: earlierContentDigest(facts),
    paths: diff.map(({ path, change }) => ({ path, class: classOfPath(path), change })),
    autoRing: diff.length > 0 && diff.every(({ path }) => mergesItself(before, path)),
    brought: facts.locks.flatMap((lock) =>
      lock.changed.flatMap(({ key, from, to }) =>
        to === null || from?.version === to.version ? [] : [{ key, version: to.version }],
      ),
    ),
  });
}

const allowedMode = ({ path, mode }: TreeChange): boolean =>
  mode === '100644' || (mode === '100755' && classOfPath(path) === 'other');

function mergesItself(baselines: ReadonlyMap<string, Baseline>, path: string): boolean {
  const at = lockPathOf(path);
  return baselines.get(at?.baseline ?? '')?.rings.find((r) => r.id === at?.ring)?.merge === 'auto';
}

/** Locks that can be read on both sides and are what their path says; anything else is bound by its bytes. */
async function locksOf(
  git: ContentGit,
  diff: readonly TreeChange[],
  base: string,
  tree: string,
): Promise<ReadonlyMap<string, { readonly before: PatchLock | null; readonly after: PatchLock | null }>> {
  const changed = diff.filter((c) => lockPathOf(c.path) !== undefined);
  const [before, after] = await Promise.all(
    [base, tree].map((t) => git.readObjects(changed.map((c) => `${t}:${c.path}`))),
  );
  return new Map(
    changed.flatMap((c, i) => {
      const from = lockAt(before?.[i], c.path);
      const to = lockAt(after?.[i], c.path);
      const readable = (from !== null || c.change === 'added') && (to !== null || c.change === 'deleted');
      return readable ? [[c.path, { before: from, after: to }] as const] : [];
    }),
  );
}

function lockAt(bytes: Uint8Array | undefined, path: string): PatchLock | null {
  const lock = readDocument(bytes, path, 'PatchLock');
  const at = lockPathOf(path);
  return lock && at && lock.baseline === at.baseline && lock.ring === at.ring ? lock : null;
}

async function baselinesOf(
  git: ContentGit,
  diff: readonly TreeChange[],
  tree: string,
): Promise<ReadonlyMap<string, Baseline>> {
  const ids = [...new Set(diff.flatMap((c) => lockPathOf(c.path)?.baseline ?? []))];
  const files = ids.map(baselinePath);
  const bytes = await git.readObjects(files.map((f) => `${tree}:${f}`));
  return new Map(
    ids.flatMap((id, i) => {
      const baseline = readDocument(bytes[i], files[i] ?? '', 'Baseline');
      return baseline ? [[id, baseline] as const] : [];
    }),
  );
}
