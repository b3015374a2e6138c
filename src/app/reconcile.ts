import { PatchwardenError, unreachable } from '../domain/errors.ts';
import { formatHead } from '../domain/evidence.ts';
import type { Proposal } from '../domain/proposal.ts';
import type { Instant } from '../domain/time.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { Forge, NewPull, PullRequest } from '../ports/forge.ts';
import type { Git, Signer } from '../ports/git.ts';
import type { Logger } from '../ports/logger.ts';
import { classifyPulls, type PullAction } from '../reconcile/classify.ts';
import { proposalCommitMessage } from '../reconcile/commit-message.ts';

const DEFAULT_OPEN = 10;

export interface ReconcileDeps {
  readonly git: Pick<Git, 'createCommit' | 'refs'>;
  readonly forge: Forge;
  readonly evidence: EvidenceLog;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

export interface ReconcileInput {
  /** Name of the remote that has the pull requests. */
  readonly remote: string;
  /** Verified head of the protected branch: what proposals start from. */
  readonly head: string;
  readonly proposals: readonly Proposal[];
  /** Digests that the proposals were decided from. */
  readonly digests: Readonly<Record<string, string>>;
  readonly openLimit: number | undefined;
  readonly botPrincipals: readonly string[];
  readonly bot: Signer;
  readonly now: Instant;
}

interface ActInput extends ReconcileInput {
  readonly recorded: ReadonlySet<string>;
}

/** What was done about one (kind, scope). */
export interface ReconcileAction {
  readonly action: PullAction['action'];
  readonly kind: string;
  readonly scope: string;
  readonly number: number | null;
  readonly contentDigest: string;
  readonly reason: string | null;
}

/**
 * Opens, refreshes and closes pull requests until they are what the fleet needs; a second run writes nothing. Writes are
 * serial. Throws `forge-failed` when the listing is not whole: then nothing is written at all (R5).
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
  const actions = classifyPulls({
    wanted: input.proposals,
    pulls: listing.pulls,
    branches: await branchesOf(deps.git, input.remote),
    bot: input.botPrincipals,
    openLimit: input.openLimit ?? DEFAULT_OPEN,
    kinds: ['remediate', 'promote', 'rollback', 'expedited', 'drift', 'pins', 'housekeeping'],
  });
  const recorded = await recordedPulls(deps.evidence);
  const done: ReconcileAction[] = [];
  for (const action of actions) done.push(await act(deps, { ...input, recorded }, action));
  return done;
}

/** The bot's branches on the remote, as the listing before fetched them. */
async function branchesOf(git: Pick<Git, 'refs'>, remote: string): Promise<ReadonlyMap<string, string>> {
  const heads = `refs/remotes/${remote}/`;
  const refs = await git.refs(`${heads}patchwarden/`);
  return new Map([...refs].map(([ref, id]) => [ref.slice(heads.length), id]));
}

async function act(deps: ReconcileDeps, input: ActInput, action: PullAction): Promise<ReconcileAction> {
  switch (action.action) {
    case 'open': {
      const { proposal } = action;
      const pull = await deps.forge.open(await newPull(deps, input, proposal), input.bot);
      await record(deps, input, pull);
      return told(action.action, pull, null);
    }
    case 'refresh': {
      const pull = await deps.forge.refresh(
        action.pull.number,
        await newPull(deps, input, action.proposal),
        input.bot,
      );
      await record(deps, input, pull);
      return told(action.action, pull, null);
    }
    case 'close': {
      const options = { deleteBranch: true };
      const pull = await deps.forge.close(
        action.pull.number,
        'obsolete: nothing of it is wanted any more',
        input.now,
        input.bot,
        options,
      );
      return told(action.action, pull, action.reason);
    }
    case 'keep': {
      await record(deps, input, action.pull);
      return told(action.action, action.pull, action.reason);
    }
    case 'yield':
      return told(action.action, action.pull, action.reason);
    case 'refused':
      return told(action.action, action.pull, action.reason);
    case 'defer': {
      const { kind, scope, contentDigest } = action.proposal;
      return { action: 'defer', kind, scope, number: null, contentDigest, reason: action.reason };
    }
    default:
      return unreachable(action);
  }
}

/** One commit on the verified head, signed by the bot; the branch is made or moved by the forge, with a lease. */
async function newPull(deps: ReconcileDeps, input: ReconcileInput, proposal: Proposal): Promise<NewPull> {
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
  const expectedBranch = (await branchesOf(deps.git, input.remote)).get(branch) ?? null;
  return { kind, scope, branch, head, expectedBranch, title, body, contentDigest, at: input.now };
}

/** Proposals that the evidence log has, as `<number> <head>`. */
async function recordedPulls(evidence: Pick<EvidenceLog, 'entries'>): Promise<ReadonlySet<string>> {
  const entries = await evidence.entries();
  return new Set(entries.flatMap((e) => (e.type === 'proposal' ? [`${e.pull} ${e.head}`] : [])));
}

/** Enters the proposal into the evidence log once; after a crash between the two writes the next run makes up for it. */
async function record(deps: ReconcileDeps, input: ActInput, pull: PullRequest): Promise<void> {
  if (input.recorded.has(`${pull.number} ${pull.head}`)) return;
  await deps.evidence.append([
    {
      apiVersion: 'patchwarden/v1',
      type: 'proposal',
      time: input.now,
      pull: pull.number,
      kind: pull.kind,
      scope: pull.scope,
      contentDigest: pull.contentDigest,
      head: pull.head,
      digests: { ...input.digests },
    },
  ]);
}

const told = (action: PullAction['action'], pull: PullRequest, reason: string | null): ReconcileAction => ({
  action,
  kind: pull.kind,
  scope: pull.scope,
  number: pull.number,
  contentDigest: pull.contentDigest,
  reason,
});
