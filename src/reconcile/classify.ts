import type { Proposal } from '../domain/proposal.ts';
import type { PullRequest } from '../ports/forge.ts';
import { sortedBy } from '../util/sort.ts';

/** What reconcile does about one (kind, scope), and why. */
export type PullAction =
  | { readonly action: 'open'; readonly proposal: Proposal }
  | { readonly action: 'refresh'; readonly pull: PullRequest; readonly proposal: Proposal }
  | { readonly action: 'keep'; readonly pull: PullRequest; readonly reason: 'same-content' }
  | { readonly action: 'yield'; readonly pull: PullRequest; readonly reason: 'foreign-commit' }
  | {
      readonly action: 'refused';
      readonly pull: PullRequest;
      readonly proposal: Proposal;
      readonly reason: 'closed-by-a-person';
    }
  | {
      readonly action: 'defer';
      readonly proposal: Proposal;
      readonly reason: 'limit' | 'branch-taken' | NonNullable<Proposal['waits']>;
    }
  | { readonly action: 'close'; readonly pull: PullRequest; readonly reason: 'obsolete' };

export interface ClassifyInput {
  readonly wanted: readonly Proposal[];
  /** Every pull request of the forge; only ever a whole listing (R5). */
  readonly pulls: readonly PullRequest[];
  /** Commit of each branch on the forge now, by name without `refs/heads/`. */
  readonly branches: ReadonlyMap<string, string>;
  /** Principals of the bot: what it closed itself it may open again. */
  readonly bot: readonly string[];
  readonly openLimit: number;
  /** Kinds that this run computed in full; open proposals of other kinds are left alone. */
  readonly kinds: readonly Proposal['kind'][];
}

/** Kinds in the order in which they get the places that `openLimit` leaves; what is not listed comes first. */
const URGENCY: readonly Proposal['kind'][] = [
  'rollback',
  'expedited',
  'remediate',
  'promote',
  'drift',
  'pins',
  'housekeeping',
];

/** State before action: one action for each wanted proposal and for each open one that is no longer wanted. */
export function classifyPulls(input: ClassifyInput): readonly PullAction[] {
  const open = input.pulls.filter((p) => p.state === 'open');
  let slots = input.openLimit - open.length;
  const actions: PullAction[] = [];
  for (const proposal of sortedBy(
    input.wanted,
    (p) => String(URGENCY.indexOf(p.kind) + 1),
    (p) => p.kind,
    (p) => p.scope,
  )) {
    const pull = open.find((p) => p.kind === proposal.kind && p.scope === proposal.scope);
    if (pull) {
      actions.push(against(pull, proposal, input));
      continue;
    }
    const refused = input.pulls.find((p) => isRefusal(p, proposal, input.bot));
    if (refused) actions.push({ action: 'refused', pull: refused, proposal, reason: 'closed-by-a-person' });
    else if (proposal.waits) actions.push({ action: 'defer', proposal, reason: proposal.waits });
    else if (isTaken(proposal, input)) actions.push({ action: 'defer', proposal, reason: 'branch-taken' });
    else if (slots > 0) {
      slots -= 1;
      actions.push({ action: 'open', proposal });
    } else actions.push({ action: 'defer', proposal, reason: 'limit' });
  }
  for (const pull of sortedBy(open, (p) => String(p.number).padStart(12, '0'))) {
    if (pull.kind === 'manual' || !input.kinds.includes(pull.kind)) continue;
    if (input.wanted.some((p) => p.kind === pull.kind && p.scope === pull.scope)) continue;
    actions.push(
      isForeign(pull, input.branches)
        ? { action: 'yield', pull, reason: 'foreign-commit' }
        : { action: 'close', pull, reason: 'obsolete' },
    );
  }
  return actions;
}

function against(pull: PullRequest, proposal: Proposal, input: ClassifyInput): PullAction {
  if (isForeign(pull, input.branches)) return { action: 'yield', pull, reason: 'foreign-commit' };
  if (pull.contentDigest === proposal.contentDigest) return { action: 'keep', pull, reason: 'same-content' };
  return { action: 'refresh', pull, proposal };
}

/** Somebody else's commit is on our branch, so the branch is theirs now (R3). A deleted branch is not. */
function isForeign(pull: PullRequest, branches: ReadonlyMap<string, string>): boolean {
  const now = branches.get(pull.branch);
  return now !== undefined && now !== pull.head;
}

/** A branch of our name that no open pull request of ours accounts for, and that is not a leftover of a finished one. */
function isTaken(proposal: Proposal, input: ClassifyInput): boolean {
  const now = input.branches.get(proposal.branch);
  return now !== undefined && !input.pulls.some((p) => p.branch === proposal.branch && p.head === now);
}

const isRefusal = (pull: PullRequest, proposal: Proposal, bot: readonly string[]): boolean =>
  pull.state === 'closed' &&
  pull.kind === proposal.kind &&
  pull.scope === proposal.scope &&
  pull.contentDigest === proposal.contentDigest &&
  !bot.includes(pull.closedBy ?? '');
