import type { PullEvent } from '../contracts/generated/pull-event.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { eventMessage } from '../domain/pull-trailers.ts';
import { branchOther, otherThanSeen } from '../domain/seen-pulls.ts';
import type { GitForge, Listing, NewPull, PullRequest } from '../ports/forge.ts';
import type { Git, RefUpdate, Signer } from '../ports/git.ts';
import { canonicalJson } from '../util/digest.ts';
import { quote } from '../util/printable.ts';
import { BODY_FILE, EVENT_FILE, type EventCache, readChains } from './forge-git-chain.ts';
import type { ChainedPull } from './forge-git-fold.ts';
import { fetchPulls, missingHistory, pullRef, trackedPulls, trackingOf } from './forge-git-refs.ts';

export interface GitForgeOptions {
  /** Name of the remote that has the pull requests. */
  readonly remote: string;
  /** The protected branch, without `refs/heads/`. */
  readonly base: string;
}

type EventOf<T extends PullEvent['type']> = Extract<PullEvent, { type: T }>;
/** Branches of proposals go away with their pull request; others belong to people. */
const OURS = /^patchwarden\//;
const OPEN_TRIES = 5;

/**
 * An embedded forge: no server, only a bare repository that the clone can reach. Each pull request is a chain of signed
 * commits below refs/patchwarden/pulls/; every write appends one with a lease, in one atomic push with the branches it
 * concerns. What a chain claims is verified by whoever acts on it, never believed.
 */
export function openForge(git: Git, options: GitForgeOptions): GitForge {
  const { remote, base } = options;
  const cache: EventCache = new Map();
  const tracking = trackingOf(remote);

  const tips = async () => {
    await fetchPulls(git, remote);
    return trackedPulls(git, remote);
  };

  const get = async (number: number): Promise<{ readonly tip: string; readonly pull: PullRequest }> => {
    const tip = (await tips()).get(number);
    if (tip === undefined)
      throw new PatchwardenError('usage', `there is no pull request ${number} on ${quote(remote)}`);
    return { tip, pull: await read(number, tip) };
  };

  const read = async (number: number, tip: string): Promise<PullRequest> => {
    const chain = (await readChains(git, new Map([[number, tip]]), cache)).get(number);
    if (chain?.ok) return placed(chain.value);
    throw new PatchwardenError('forge-failed', unreadable(number, chain?.error ?? 'it is missing'));
  };

  const tipOf = (branch: string) => git.resolve(`${tracking.heads}${branch}`);

  const placed = async ({ askedIn: _, ...pull }: ChainedPull): Promise<PullRequest> => {
    const tip = (await tipOf(pull.branch)) ?? null;
    return { ...pull, tip, foreign: pull.state === 'open' && tip !== null && tip !== pull.head };
  };

  const all = async (): Promise<Listing> => {
    try {
      const pulls = await tips();
      const gap = await missingHistory(git, remote, pulls);
      if (gap) return { complete: false, reason: gap };
      const chains = await readChains(git, pulls, cache);
      const found: PullRequest[] = [];
      for (const [number, chain] of [...chains].sort(([a], [b]) => a - b)) {
        if (!chain.ok) return { complete: false, reason: unreadable(number, chain.error) };
        found.push(await placed(chain.value));
      }
      return { complete: true, pulls: found };
    } catch (error) {
      if (error instanceof PatchwardenError && error.code === 'forge-failed')
        return { complete: false, reason: error.message };
      throw error;
    }
  };

  const getOpen = async (number: number) => {
    const current = await get(number);
    if (current.pull.state !== 'open')
      throw new PatchwardenError('refused', `pull request ${number} is ${current.pull.state} already`);
    return current;
  };

  const of = async (branch: string): Promise<readonly PullRequest[]> => {
    const listing = await all();
    if (!listing.complete) throw new PatchwardenError('forge-failed', listing.reason);
    return listing.pulls.filter((p) => p.branch === branch);
  };

  const write = (event: PullEvent, subject: string, by: Signer, parents: readonly string[], body?: string) =>
    git.createCommit({
      base: null,
      files: new Map([
        [EVENT_FILE, `${canonicalJson(event)}\n`],
        ...(body === undefined ? [] : ([[BODY_FILE, body]] as const)),
      ]),
      parents,
      message: eventMessage(subject, event),
      signer: by,
      at: event.at,
    });

  /** Appends in one push with everything else that must happen together, then reads back what is there now. */
  const append = async (
    number: number,
    previous: string | null,
    commit: string,
    others: readonly RefUpdate[],
  ): Promise<PullRequest> => {
    await git.push(remote, [...others, { ref: pullRef(number), to: commit, expected: previous }]);
    return read(number, commit);
  };

  /** Removes a branch of ours at the end of its pull request; one that somebody moved stays. */
  const removal = async (pull: PullRequest): Promise<readonly RefUpdate[]> => {
    if (!OURS.test(pull.branch)) return [];
    const now = await tipOf(pull.branch);
    return now === pull.head ? [{ ref: `refs/heads/${pull.branch}`, to: null, expected: pull.head }] : [];
  };

  const branchUpdate = (pull: NewPull): readonly RefUpdate[] =>
    pull.expectedBranch === pull.head
      ? []
      : [{ ref: `refs/heads/${pull.branch}`, to: pull.head, expected: pull.expectedBranch }];

  const branchIsWhere = async (pull: NewPull): Promise<boolean> =>
    ((await tipOf(pull.branch)) ?? null) === pull.expectedBranch;

  return {
    all,

    async list() {
      const listing = await all();
      if (!listing.complete) return listing;
      return { complete: true, pulls: listing.pulls.filter((p) => p.state === 'open') };
    },

    async branch(name) {
      const pulls = await of(name);
      const tip = (await tipOf(name)) ?? null;
      // A branch is only ever made together with its pull request, so that a commit of ours always has one.
      return { pulls, tip, ours: pulls.some((p) => p.head === tip) };
    },

    async open(pull, by) {
      for (let attempt = 1; ; attempt += 1) {
        const known = await tips();
        if (!(await branchIsWhere(pull))) throw branchMoved(pull.branch);
        const other =
          pull.expectedBranch === null ? undefined : otherThanSeen(pull.seen, await of(pull.branch));
        if (other !== undefined) throw branchOther(pull.branch, other);
        const number = Math.max(0, ...known.keys()) + 1;
        const { kind, scope, branch, head, title, contentDigest, at } = pull;
        const event: EventOf<'open'> = {
          apiVersion: 'patchwarden/v1',
          type: 'open',
          pull: number,
          at,
          kind,
          scope,
          branch,
          base,
          head,
          title,
          contentDigest,
        };
        const commit = await write(event, `Open pull request ${number}: ${title}`, by, [head], pull.body);
        try {
          return await append(number, null, commit, branchUpdate(pull));
        } catch (error) {
          // Somebody else took the number; a branch that moved is found at the start of the next try.
          const lost = error instanceof PatchwardenError && error.code === 'lease-lost';
          if (!lost || attempt >= OPEN_TRIES) throw error;
        }
      }
    },

    async refresh(number, next, by) {
      const { tip, pull } = await getOpen(number);
      if (next.branch !== pull.branch || next.kind !== pull.kind || next.scope !== pull.scope)
        throw new PatchwardenError(
          'bug',
          `pull request ${number} cannot become one of another branch or scope`,
        );
      const event: EventOf<'refresh'> = {
        apiVersion: 'patchwarden/v1',
        type: 'refresh',
        pull: number,
        at: next.at,
        head: next.head,
        title: next.title,
        contentDigest: next.contentDigest,
        ...(next.anew ? { anew: true } : {}),
      };
      const commit = await write(event, `Refresh pull request ${number}`, by, [tip, next.head], next.body);
      return append(number, tip, commit, branchUpdate(next));
    },

    async close(number, reason, at, by, { deleteBranch = false } = {}) {
      const { tip, pull } = await getOpen(number);
      const event: EventOf<'close'> = {
        apiVersion: 'patchwarden/v1',
        type: 'close',
        pull: number,
        at,
        reason,
      };
      const commit = await write(event, `Close pull request ${number}`, by, [tip]);
      return append(number, tip, commit, deleteBranch ? await removal(pull) : []);
    },

    async approve(number, contentDigest, at, by) {
      const { tip, pull } = await getOpen(number);
      if (pull.contentDigest !== contentDigest)
        throw new PatchwardenError(
          'digest-mismatch',
          `pull request ${number} has the content ${pull.contentDigest} now, and ${contentDigest} was to be approved; look at it again`,
        );
      const event: EventOf<'approve'> = {
        apiVersion: 'patchwarden/v1',
        type: 'approve',
        pull: number,
        at,
        head: pull.head,
        contentDigest,
      };
      return append(number, tip, await write(event, `Approve pull request ${number}`, by, [tip]), []);
    },

    async label(number, ask, set, at, by) {
      const { tip } = await getOpen(number);
      const event: EventOf<'label'> = {
        ...{ apiVersion: 'patchwarden/v1', type: 'label', pull: number },
        ...{ at, ask, set },
      };
      const what = set ? `Ask for ${ask}` : `Take back ${ask}`;
      return append(number, tip, await write(event, `${what} at pull request ${number}`, by, [tip]), []);
    },

    async asker(number, ask) {
      const tip = (await tips()).get(number);
      const known = tip === undefined ? new Map<number, string>() : new Map([[number, tip]]);
      const chain = (await readChains(git, known, cache)).get(number);
      const commit = chain?.ok ? chain.value.askedIn.get(ask) : undefined;
      return commit === undefined ? undefined : { commit };
    },

    async merge(number, mergeCommit, expectedBase, at, by) {
      const { tip, pull } = await getOpen(number);
      const { parents } = await git.readCommit(mergeCommit);
      if (parents.length !== 2 || parents[0] !== expectedBase || parents[1] !== pull.head)
        throw new PatchwardenError(
          'lease-lost',
          `pull request ${number} or the branch ${base} has moved since the merge was made; run the command again`,
        );
      const event: EventOf<'merge'> = {
        apiVersion: 'patchwarden/v1',
        type: 'merge',
        pull: number,
        at,
        merge: mergeCommit,
      };
      const commit = await write(event, `Merge pull request ${number}`, by, [tip, mergeCommit]);
      return append(number, tip, commit, [
        { ref: `refs/heads/${base}`, to: mergeCommit, expected: expectedBase },
        ...(await removal(pull)),
      ]);
    },
  };
}

const unreadable = (number: number, why: string): string =>
  `pull request ${number} cannot be read: ${why}; remove or repair ${pullRef(number)} on the remote`;

const branchMoved = (branch: string): PatchwardenError =>
  new PatchwardenError(
    'lease-lost',
    `somebody else changed the branch ${branch} first; nothing was pushed, run the command again`,
  );
