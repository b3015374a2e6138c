import { contentBetween } from '../../src/audit/history/content.ts';
import { eventMessage, mergeMessage } from '../../src/domain/pull-trailers.ts';
import type { Git } from '../../src/ports/git.ts';
import { CONFIG, commitTree, type RawCommit, rawCommit, git as rawGit, type World } from './git-fixtures.ts';
import type { Who } from './keys.ts';

type Files = NonNullable<RawCommit['files']>;
export const PROD_LOCK = 'locks/servers/prod.lock.json';
export const CANARY_LOCK = 'locks/servers/canary.lock.json';

/** Writes history by hand, honest or not, in the clone of a world. Every step returns a commit id. */
export interface HistoryWriter {
  /** A commit on top of another; by the bot unless told. */
  commit(on: string, files: Files, by?: Who | null, over?: Partial<RawCommit>): string;
  /** Digest of what a head would bring to a base. */
  digest(
    base: string,
    head: string,
    over?: { readonly kind?: string; readonly scope?: string },
  ): Promise<string>;
  approval(
    contentDigest: string,
    by: Who | null,
    over?: { readonly pull?: number } & Partial<RawCommit>,
  ): string;
  merge(base: string, head: string, merge: MergeBy): string;
}

interface MergeBy {
  readonly digest: string;
  readonly approvals: readonly string[];
  readonly by?: Who | null;
  readonly pull?: number;
  readonly kind?: string;
  readonly scope?: string;
  /** What the merge itself changes, beyond its branch. */
  readonly evil?: Files;
  readonly message?: string;
  readonly over?: Partial<RawCommit>;
}

export function historyWriter(world: World, git: Git): HistoryWriter {
  const { clone, keys } = world;
  const signerOf = (by: Who | null) => (by === null ? null : keys[by]);
  return {
    commit: (on, files, by = 'bot', over = {}) =>
      rawCommit(clone, {
        base: on,
        files,
        parents: [on],
        message: 'Change\n',
        signer: signerOf(by),
        ...over,
      }),
    async digest(base, head, { kind = 'remediate', scope = 'servers/prod' } = {}) {
      const merged = await git.mergeTree(base, head);
      const tree = 'tree' in merged ? merged.tree : head;
      const subject = { repository: CONFIG.repository, kind, scope };
      const content = await contentBetween(git, subject, base, tree, head);
      if (!content.ok) throw new Error(content.error.sentence);
      return content.value.digest;
    },
    approval: (contentDigest, by, { pull = 1, ...over } = {}) =>
      rawCommit(clone, {
        parents: [],
        message: eventMessage(`Approve pull request ${pull}`, { type: 'approve', pull, contentDigest }),
        signer: signerOf(by),
        ...over,
      }),
    merge(base, head, m) {
      const { digest, approvals, by = 'merger', pull = 1, kind = 'remediate', scope = 'servers/prod' } = m;
      const merged = rawGit(clone, ['merge-tree', '--write-tree', base, head]);
      const tree = m.evil
        ? rawGit(clone, [
            'rev-parse',
            `${rawCommit(clone, { base: merged, files: m.evil, parents: [], message: 'x\n', signer: null })}^{tree}`,
          ])
        : merged;
      const message =
        m.message ??
        mergeMessage('Test', { pull, kind, scope, contentDigest: digest, approvals, evidence: null });
      return commitTree(clone, tree, { parents: [base, head], message, signer: signerOf(by), ...m.over });
    },
  };
}
