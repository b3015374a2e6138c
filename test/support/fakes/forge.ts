import { createHash } from 'node:crypto';
import { openedPull } from '../../../src/app/dry-run.ts';
import { PatchwardenError } from '../../../src/domain/errors.ts';
import { branchOther, otherThanSeen } from '../../../src/domain/seen-pulls.ts';
import type { GitForge, Listing, NewPull, PullAsk, PullRequest } from '../../../src/ports/forge.ts';

/** What a forge and its clients share: branches and pull requests. Everything here is for tests to look at and to break. */
export interface FakeForgeState {
  /** Branch without `refs/heads/` → commit. */
  readonly branches: Map<string, string>;
  readonly pulls: Map<number, PullRequest>;
  /** Commit of each request, by `<number> <ask>`. */
  readonly askers: Map<string, string>;
  /** First and second parent of the merge commits that tests made up. */
  readonly parents: Map<string, readonly string[]>;
  /** Set it to make listings incomplete. */
  incomplete: string | undefined;
  /** So many rivals open the same at the same moment as we do, and each gets a pull request of its own, as on Gitea. */
  rivals: number;
}

const ASKS: readonly PullAsk[] = ['hold', 'rebase', 'expedite'];

export const newForgeState = (base: string, head: string): FakeForgeState => ({
  branches: new Map([[base, head]]),
  pulls: new Map(),
  askers: new Map(),
  parents: new Map(),
  incomplete: undefined,
  rivals: 0,
});

/** A forge in memory with the same leases as the real one. */
export function fakeForge(state: FakeForgeState, base = 'main'): GitForge {
  const lost = (what: string) => new PatchwardenError('lease-lost', `${what} has moved`);
  const put = (pull: PullRequest): PullRequest => {
    state.pulls.set(pull.number, pull);
    return placed(pull);
  };
  const open = (number: number): PullRequest => {
    const pull = state.pulls.get(number);
    if (!pull) throw new PatchwardenError('usage', `there is no pull request ${number}`);
    if (pull.state !== 'open')
      throw new PatchwardenError('refused', `pull request ${number} is ${pull.state}`);
    return pull;
  };
  const moveBranch = (pull: NewPull) => {
    if ((state.branches.get(pull.branch) ?? null) !== pull.expectedBranch) throw lost(pull.branch);
    state.branches.set(pull.branch, pull.head);
  };
  const removeBranch = (pull: PullRequest) => {
    if (pull.branch.startsWith('patchwarden/') && state.branches.get(pull.branch) === pull.head)
      state.branches.delete(pull.branch);
  };
  const numbers = () => [...state.pulls.keys()].sort((a, b) => a - b);

  const placed = (pull: PullRequest): PullRequest => {
    const tip = state.branches.get(pull.branch) ?? null;
    return { ...pull, tip, foreign: pull.state === 'open' && tip !== null && tip !== pull.head };
  };
  const all = async (): Promise<Listing> =>
    state.incomplete === undefined
      ? {
          complete: true,
          pulls: numbers()
            .flatMap((n) => state.pulls.get(n) ?? [])
            .map(placed),
        }
      : { complete: false, reason: state.incomplete };

  return {
    all,
    list: async () => {
      const listing = await all();
      return listing.complete
        ? { complete: true, pulls: listing.pulls.filter((p) => p.state === 'open') }
        : listing;
    },
    branch: async (name) => {
      const listing = await all();
      if (!listing.complete) throw new PatchwardenError('forge-failed', listing.reason);
      const pulls = listing.pulls.filter((p) => p.branch === name);
      const tip = state.branches.get(name) ?? null;
      return { pulls, tip, ours: pulls.some((p) => p.head === tip) };
    },
    open: async (pull, by) => {
      const own = [...state.pulls.values()].filter((p) => p.branch === pull.branch);
      const other = pull.expectedBranch === null ? undefined : otherThanSeen(pull.seen, own);
      if (other !== undefined) throw branchOther(pull.branch, other);
      moveBranch(pull);
      const first = (numbers().at(-1) ?? 0) + 1;
      const opened = (number: number) => put(openedPull(pull, { number, base, openedBy: by.email }));
      for (let i = 0; i < state.rivals; i += 1) opened(first + i);
      return opened(first + state.rivals);
    },
    refresh: async (number, next) => {
      const pull = open(number);
      moveBranch(next);
      const { head, title, body, contentDigest } = next;
      const approvals = contentDigest === pull.contentDigest && !next.anew ? pull.approvals : [];
      const asks = pull.asks.filter((ask) => !next.anew || ask !== 'rebase');
      return put({ ...pull, head, title, body, contentDigest, approvals, asks });
    },
    close: async (number, reason, _at, by, { deleteBranch = false } = {}) => {
      const pull = open(number);
      if (deleteBranch) removeBranch(pull);
      return put({ ...pull, state: 'closed', closeReason: reason, closedBy: by.email });
    },
    approve: async (number, contentDigest, at, by) => {
      const pull = open(number);
      if (pull.contentDigest !== contentDigest)
        throw new PatchwardenError('digest-mismatch', `pull request ${number} has other content`);
      const id = createHash('sha1')
        .update(JSON.stringify([number, contentDigest, at, by.email]))
        .digest('hex');
      return put({ ...pull, approvals: [...pull.approvals, id] });
    },
    label: async (number, ask, set, at, by) => {
      const pull = open(number);
      const rest = pull.asks.filter((a) => a !== ask);
      const asks = ASKS.filter((a) => rest.includes(a) || (set && a === ask));
      const commit = createHash('sha1')
        .update(JSON.stringify([number, ask, set, at, by.email]))
        .digest('hex');
      state.askers.set(`${number} ${ask}`, commit);
      return put({ ...pull, asks });
    },
    asker: async (number, ask) => {
      const commit = state.pulls.get(number)?.asks.includes(ask)
        ? state.askers.get(`${number} ${ask}`)
        : undefined;
      return commit === undefined ? undefined : { commit };
    },
    merge: async (number, mergeCommit, expectedBase) => {
      const pull = open(number);
      const [first, second] = state.parents.get(mergeCommit) ?? [];
      if (first !== expectedBase || second !== pull.head) throw lost(`pull request ${number}`);
      if (state.branches.get(base) !== expectedBase) throw lost(base);
      state.branches.set(base, mergeCommit);
      removeBranch(pull);
      return put({ ...pull, state: 'merged', merge: mergeCommit });
    },
  };
}
