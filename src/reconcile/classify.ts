import type { Growth } from '../domain/growth.ts';
import type { Proposal } from '../domain/proposal.ts';
import type { SeenPull } from '../domain/seen-pulls.ts';
import type { Day } from '../domain/time.ts';
import type { BranchState, PullRequest } from '../ports/forge.ts';
import { sortedBy } from '../util/sort.ts';
import { isPass, type NoPlace, type Pass, type Places, type ProposalLimits, placesFor } from './places.ts';

/** What reconcile does about one proposal, and why. */
export type PullAction =
  | {
      readonly action: 'open';
      readonly proposal: Proposal;
      /** Commit that the branch has now and that may be replaced; null when there is no branch. */
      readonly tip: string | null;
      /** Pull requests of the branch, all of them over. */
      readonly seen: readonly SeenPull[];
      /** Set where it passed a limit. */
      readonly reason: Pass | null;
    }
  | {
      readonly action: 'refresh';
      readonly pull: PullRequest;
      readonly proposal: Proposal;
      readonly reason: 'content' | 'conflict' | 'asked';
    }
  | {
      /** The same content would touch too many more hosts. */
      readonly action: 'grown';
      readonly pull: PullRequest;
      readonly proposal: Proposal;
      readonly reason: 'growth';
      readonly growth: Growth;
    }
  | { readonly action: 'keep'; readonly pull: PullRequest; readonly reason: 'same-content' }
  | {
      readonly action: 'yield';
      readonly pull: PullRequest;
      readonly reason: 'foreign-commit' | 'held';
    }
  | {
      readonly action: 'refused';
      readonly pull: PullRequest;
      readonly proposal: Proposal;
      readonly reason: 'closed-by-a-person';
    }
  | {
      readonly action: 'defer';
      readonly proposal: Proposal;
      readonly reason: NoPlace | 'branch-taken' | NonNullable<Proposal['waits']>;
    }
  | { readonly action: 'close'; readonly pull: PullRequest; readonly reason: 'obsolete' }
  | {
      readonly action: 'close';
      readonly pull: PullRequest;
      readonly reason: 'duplicate';
      /** The older one of the same branch, which stays. */
      readonly of: number;
    };

export interface ClassifyInput {
  readonly wanted: readonly Proposal[];
  /** Every open pull request of the forge; only ever a whole listing (R5). */
  readonly open: readonly PullRequest[];
  /** What there is of a branch: asked only for what could be opened. */
  readonly branch: (name: string) => Promise<BranchState>;
  /** Whether the head of a pull request can no longer be merged into the protected branch. */
  readonly conflicts: (pull: PullRequest) => Promise<boolean>;
  /** Open ones, by number, whose content would touch too many more hosts than it did. */
  readonly grown: ReadonlyMap<number, Growth>;
  /** Branches that people want to be opened now, past every limit. */
  readonly asked?: ReadonlySet<string>;
  /** Principals of the bot: what it closed itself it may open again. */
  readonly bot: readonly string[];
  readonly limits: ProposalLimits;
  /** How many were opened within the last hour. */
  readonly lastHour: number;
  readonly today: Day;
  /** Kinds that this run computed in full; open proposals of other kinds are left alone. */
  readonly kinds: readonly Proposal['kind'][];
}

/** Kinds in the order in which they get the places that the limits leave; what is not listed comes first. */
const URGENCY: readonly Proposal['kind'][] = [
  'rollback',
  'expedited',
  'remediate',
  'promote',
  'drift',
  'pins',
  'housekeeping',
];

/**
 * State before action: one action for each wanted proposal and for each open one that is no longer wanted. The branch is
 * what a proposal is known by, for its name is a function of kind and scope (R1).
 */
export async function classifyPulls(input: ClassifyInput): Promise<readonly PullAction[]> {
  const { open, younger } = byBranch(input.open);
  const places = placesOf(input, open, younger.length);
  const actions: PullAction[] = [];
  for (const proposal of sortedBy(
    input.wanted,
    (p) => String(URGENCY.indexOf(p.kind) + 1),
    (p) => p.due ?? '~',
    (p) => p.owner ?? '~',
    (p) => p.kind,
    (p) => p.scope,
  )) {
    const pull = open.find((p) => p.branch === proposal.branch);
    const action = pull
      ? await againstOpen(pull, proposal, input)
      : await againstBranch(proposal, places, input);
    if (action.action === 'open') places.take(proposal);
    actions.push(action);
  }
  const wanted = new Set(input.wanted.map((p) => p.branch));
  for (const pull of open) {
    if (pull.kind === 'manual' || !input.kinds.includes(pull.kind) || wanted.has(pull.branch)) continue;
    const theirs = leftToPeople(pull);
    actions.push(
      theirs ? { action: 'yield', pull, reason: theirs } : { action: 'close', pull, reason: 'obsolete' },
    );
  }
  for (const { pull, of } of younger)
    if (input.bot.includes(pull.openedBy) && !leftToPeople(pull))
      actions.push({ action: 'close', pull, reason: 'duplicate', of });
  return actions;
}

/**
 * The oldest open one of each branch, and the younger ones. Forges that look before they open let rivals open several of
 * one branch at the same moment; whoever sees them keeps the same one (R1).
 */
function byBranch(pulls: readonly PullRequest[]) {
  const oldest = new Map<string, PullRequest>();
  const younger: { readonly pull: PullRequest; readonly of: number }[] = [];
  for (const pull of sortedBy(pulls, (p) => String(p.number).padStart(12, '0'))) {
    if (pull.kind === 'manual') continue;
    const first = oldest.get(pull.branch);
    if (first) younger.push({ pull, of: first.number });
    else oldest.set(pull.branch, pull);
  }
  return { open: [...oldest.values()], younger };
}

async function againstOpen(
  pull: PullRequest,
  proposal: Proposal,
  { conflicts, grown }: Pick<ClassifyInput, 'conflicts' | 'grown'>,
): Promise<PullAction> {
  if (pull.asks.includes('rebase') && !pull.asks.includes('hold'))
    return { action: 'refresh', pull, proposal, reason: 'asked' };
  const theirs = leftToPeople(pull);
  if (theirs) return { action: 'yield', pull, reason: theirs };
  if (pull.contentDigest !== proposal.contentDigest)
    return { action: 'refresh', pull, proposal, reason: 'content' };
  if (await conflicts(pull)) return { action: 'refresh', pull, proposal, reason: 'conflict' };
  const growth = grown.get(pull.number);
  return growth
    ? { action: 'grown', pull, proposal, reason: 'growth', growth }
    : { action: 'keep', pull, reason: 'same-content' };
}

function leftToPeople({ asks, foreign }: PullRequest): 'held' | 'foreign-commit' | undefined {
  if (asks.includes('hold')) return 'held';
  return foreign ? 'foreign-commit' : undefined;
}

function placesOf(
  { wanted, limits, lastHour, today, asked }: ClassifyInput,
  open: readonly PullRequest[],
  duplicates: number,
): Places {
  const branches = new Set(open.map((p) => p.branch));
  const taken = wanted.filter((p) => branches.has(p.branch));
  const strangers = open.length - taken.length + duplicates;
  return placesFor(limits, { taken, strangers, lastHour, today, ...(asked ? { asked } : {}) });
}

/** Without a place left the forge is not asked: a refusal is then told once there is one. */
async function againstBranch(
  proposal: Proposal,
  places: Places,
  input: Pick<ClassifyInput, 'branch' | 'bot' | 'conflicts' | 'grown'>,
): Promise<PullAction> {
  if (proposal.waits) return { action: 'defer', proposal, reason: proposal.waits };
  const full = places.ask(proposal);
  if (full !== null && !isPass(full)) return { action: 'defer', proposal, reason: full };
  const { pulls, tip, ours } = await input.branch(proposal.branch);
  // A page that shifted under the listing can hide an open one.
  const missed = pulls.find((p) => p.state === 'open');
  if (missed) return againstOpen(missed, proposal, input);
  const refused = pulls.find((p) => isRefusal(p, proposal, input.bot));
  if (refused) return { action: 'refused', pull: refused, proposal, reason: 'closed-by-a-person' };
  return tip === null || ours
    ? { action: 'open', proposal, tip, seen: pulls, reason: full }
    : { action: 'defer', proposal, reason: 'branch-taken' };
}

const isRefusal = (pull: PullRequest, { contentDigest }: Proposal, bot: readonly string[]): boolean =>
  pull.state === 'closed' && pull.contentDigest === contentDigest && !bot.includes(pull.closedBy ?? '');
