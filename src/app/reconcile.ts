import type { ProposalEvidence } from '../contracts/generated/evidence-entry.ts';
import { type ErrorCode, PatchwardenError, unreachable } from '../domain/errors.ts';
import { formatHead } from '../domain/evidence.ts';
import type { Growth } from '../domain/growth.ts';
import { scheduleWords } from '../domain/opening-schedule.ts';
import type { Proposal } from '../domain/proposal.ts';
import { dayOf, type Instant, instantOf } from '../domain/time.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { Forge, NewPull, PullRequest, ReviewRequest } from '../ports/forge.ts';
import type { Git, Signer } from '../ports/git.ts';
import type { Logger } from '../ports/logger.ts';
import { classifyPulls, type PullAction } from '../reconcile/classify.ts';
import { proposalCommitMessage } from '../reconcile/commit-message.ts';
import type { ProposalLimits } from '../reconcile/places.ts';
import { duplicateText, obsoleteText } from '../review/close-text.ts';
import { pullBody } from '../review/pull-notes.ts';
import {
  grownPulls,
  type ProposalRecords,
  proposalRecords,
  recordOf,
  supersededBy,
} from './proposal-records.ts';
import { tellGrowth } from './tell-growth.ts';

const DEFAULT_OPEN = 10;

export interface ReconcileDeps {
  readonly git: Pick<Git, 'createCommit' | 'mergeTree' | 'readCommit'>;
  readonly forge: Forge;
  readonly evidence: EvidenceLog;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

export interface ReconcileInput {
  /** Verified head of the protected branch: what proposals start from. */
  readonly head: string;
  readonly proposals: readonly Proposal[];
  /** Digests that the proposals were decided from. */
  readonly digests: Readonly<Record<string, string>>;
  readonly limits: Partial<ProposalLimits>;
  /** Share by which the effect of an open one may grow. */
  readonly growth?: number | undefined;
  /** Branches that people want to be opened now, past every limit. */
  readonly asked?: ReadonlySet<string>;
  /** Open ones, by number, that no longer start from where they should, although their content is as wanted. */
  readonly outdated?: ReadonlySet<number>;
  readonly botPrincipals: readonly string[];
  readonly bot: Signer;
  /** Whom a new pull request asks for a review. */
  readonly reviewers?: (proposal: Proposal) => ReviewRequest | undefined;
  readonly now: Instant;
}

interface ActInput extends ReconcileInput {
  readonly records: ProposalRecords;
  readonly grown: ReadonlyMap<number, Growth>;
  readonly logged: Logged;
}

/** What the log has, as of the last look at it. */
interface Logged {
  size: number;
  records: ProposalRecords;
}

/** What was done about one (kind, scope). */
export interface ReconcileAction {
  readonly action: PullAction['action'] | 'failed';
  readonly kind: string;
  readonly scope: string;
  readonly number: number | null;
  readonly contentDigest: string;
  readonly reason: string | null;
  /** What there is to know of the reason. */
  readonly detail?: string;
}

/**
 * Opens, refreshes and closes pull requests until they are what the fleet needs; a second run writes nothing. Writes are
 * serial. What the forge fails at is told as `failed` and the rest goes on; after a limit the rest waits. Throws
 * `forge-failed` when the listing is not whole: then nothing is written at all (R5).
 */
export async function reconcilePulls(
  deps: ReconcileDeps,
  input: ReconcileInput,
): Promise<readonly ReconcileAction[]> {
  const listing = await deps.forge.list();
  if (!listing.complete)
    throw new PatchwardenError(
      'forge-failed',
      `the pull requests cannot be listed in full, so nothing is changed: ${listing.reason}`,
    );
  const entries = await deps.evidence.entries();
  const records = proposalRecords(entries);
  const logged = { size: entries.length, records };
  const grown = grownPulls(listing.pulls, input.proposals, records, input.growth);
  const actions = await classifyPulls({
    wanted: input.proposals,
    open: listing.pulls,
    branch: (name) => deps.forge.branch(name),
    conflicts: async (pull) =>
      input.outdated?.has(pull.number) || (await conflicts(deps.git, input.head, pull.head)),
    grown,
    ...(input.asked ? { asked: input.asked } : {}),
    bot: input.botPrincipals,
    limits: { open: DEFAULT_OPEN, ...input.limits },
    lastHour: records.openedSince(instantOf(Date.parse(input.now) - 3_600_000)),
    today: dayOf(input.now),
    kinds: ['remediate', 'promote', 'rollback', 'expedited', 'drift', 'pins', 'housekeeping'],
  });
  const done: ReconcileAction[] = [];
  let limited: string | undefined;
  for (const action of actions) {
    if (limited !== undefined && isWrite(action)) {
      done.push({ ...subjectOf(action), action: 'defer', reason: 'rate-limited' });
      continue;
    }
    try {
      done.push(await act(deps, { ...input, records, grown, logged }, action));
    } catch (error) {
      if (!(error instanceof PatchwardenError) || !PASSING.includes(error.code)) throw error;
      deps.log.warn(error.message);
      if (error.code === 'forge-limited') limited = error.message;
      const failed = { ...subjectOf(action), action: 'failed', reason: error.code } as const;
      done.push(limited === undefined ? failed : { ...failed, action: 'defer', reason: 'rate-limited' });
    }
  }
  return done;
}

/** Failures of one write that say nothing about the next. */
const PASSING: readonly ErrorCode[] = ['forge-failed', 'forge-limited', 'lease-lost', 'refused'];

const isWrite = ({ action }: PullAction): boolean =>
  action === 'open' || action === 'refresh' || action === 'close';

function subjectOf(action: PullAction): Omit<ReconcileAction, 'action' | 'reason'> {
  const { kind, scope, contentDigest } = 'proposal' in action ? action.proposal : action.pull;
  return { kind, scope, contentDigest, number: 'pull' in action ? action.pull.number : null };
}

/** Whether a proposal that started from an earlier head no longer merges into this one. */
async function conflicts(git: ReconcileDeps['git'], base: string, head: string): Promise<boolean> {
  const [start] = (await git.readCommit(head)).parents;
  return start !== base && 'conflicts' in (await git.mergeTree(base, head));
}

async function act(deps: ReconcileDeps, input: ActInput, action: PullAction): Promise<ReconcileAction> {
  switch (action.action) {
    case 'open': {
      const { proposal, tip, seen } = action;
      const next = await newPull(deps, input, proposal, tip);
      const reviewers = input.reviewers?.(proposal);
      const pull = await deps.forge.open({ ...next, seen, reviewers }, input.bot);
      await record(deps, input, pull);
      return told(action.action, pull, action.reason);
    }
    case 'refresh': {
      const { number, tip } = action.pull;
      const { generation } = action.proposal;
      const supersedes = supersededBy(input.records.newest(number), generation);
      const body = pullBody(action.proposal, { supersedes });
      const next = await newPull(deps, input, { ...action.proposal, body }, tip);
      const asked = action.reason === 'asked';
      const anew = asked || (action.reason === 'conflict' && input.grown.has(number));
      const pull = await deps.forge.refresh(number, { ...next, asked, anew }, input.bot);
      await record(deps, input, pull);
      return told(action.action, pull, action.reason);
    }
    case 'close': {
      const duplicate = action.reason === 'duplicate';
      const { head, digests, now: at } = input;
      const why = duplicate
        ? duplicateText(action.of)
        : obsoleteText({ at, head, digests, evidence: await deps.evidence.head() });
      // A duplicate shares its branch with the one that stays.
      const options = { deleteBranch: !duplicate };
      const pull = await deps.forge.close(action.pull.number, why, input.now, input.bot, options);
      return told(action.action, pull, action.reason);
    }
    case 'keep': {
      await record(deps, input, action.pull);
      await tellGrowth(deps.forge, input, action.pull, undefined);
      return told(action.action, action.pull, action.reason);
    }
    case 'grown': {
      const { pull, growth, reason } = action;
      await record(deps, input, pull);
      await tellGrowth(deps.forge, input, pull, growth);
      return { ...told(action.action, pull, reason), detail: `${growth.from} → ${growth.to}` };
    }
    case 'yield': {
      if (action.reason === 'foreign-commit')
        await deps.forge.note?.(action.pull.number, 'foreign-commit', FOREIGN);
      return told(action.action, action.pull, action.reason);
    }
    case 'refused':
      return told(action.action, action.pull, action.reason);
    case 'defer':
      return { ...subjectOf(action), action: 'defer', reason: action.reason, ...whenOpen(action, input) };
    default:
      return unreachable(action);
  }
}

/** One commit on the verified head, signed by the bot; the branch is made or moved by the forge, with a lease. */
async function newPull(
  deps: ReconcileDeps,
  input: ReconcileInput,
  proposal: Proposal,
  expectedBranch: string | null,
): Promise<NewPull> {
  const { kind, scope, contentDigest, title, body, branch } = proposal;
  const evidence = formatHead(await deps.evidence.head());
  const head = await deps.git.createCommit({
    base: input.head,
    files: proposal.files,
    parents: [input.head],
    message: proposalCommitMessage({ title, kind, scope, contentDigest, evidence }),
    signer: input.bot,
    at: input.now,
  });
  return { kind, scope, branch, head, expectedBranch, title, body, contentDigest, at: input.now };
}

/** When what waits for a schedule may be opened. */
const whenOpen = (
  { reason }: Pick<PullAction & { action: 'defer' }, 'reason'>,
  { limits: { schedule } }: Pick<ActInput, 'limits'>,
): { readonly detail?: string } =>
  reason === 'schedule' && schedule ? { detail: scheduleWords(schedule) } : {};

/**
 * Enters the proposal into the evidence log once; after a crash between the two writes the next run makes up for it. What
 * came into the log since the last look at it may be that very entry: of a rival, or of a run before whose push was slow.
 */
async function record(deps: ReconcileDeps, input: ActInput, pull: PullRequest): Promise<void> {
  const { logged } = input;
  for (let left = RECORD_TRIES; !logged.records.at(pull); left -= 1)
    try {
      const { size } = await deps.evidence.append([entryOf(input, pull)], { after: logged.size });
      logged.size = size;
      return;
    } catch (error) {
      if (!(error instanceof PatchwardenError) || error.code !== 'lease-lost' || left <= 1) throw error;
      const entries = await deps.evidence.entries();
      Object.assign(logged, { size: entries.length, records: proposalRecords(entries) });
    }
}

const RECORD_TRIES = 3;

const entryOf = (input: ActInput, pull: PullRequest): ProposalEvidence => ({
  apiVersion: 'patchwarden/v1',
  type: 'proposal',
  time: input.now,
  pull: pull.number,
  kind: pull.kind,
  scope: pull.scope,
  contentDigest: pull.contentDigest,
  head: pull.head,
  digests: { ...input.digests },
  ...recordOf(
    input.records,
    pull,
    input.proposals.find((p) => p.branch === pull.branch),
  ),
});

const FOREIGN =
  'This branch has commits that are not mine, so it is yours now: I neither change nor close it. ' +
  'Set the label `patchwarden/rebase` to have it made anew from the protected branch; those commits are then gone from it.';

const told = (action: PullAction['action'], pull: PullRequest, reason: string | null): ReconcileAction => ({
  action,
  kind: pull.kind,
  scope: pull.scope,
  number: pull.number,
  contentDigest: pull.contentDigest,
  reason,
});
