import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { branchOf } from '../domain/proposal.ts';
import { checkedBoxes } from '../domain/pull-boxes.ts';
import type { Forge } from '../ports/forge.ts';
import type { Git } from '../ports/git.ts';
import type { Logger } from '../ports/logger.ts';
import { expediteAsks, expediteRefusal } from './expedite-asks.ts';
import { type AskedLane, askedLanes } from './generations.ts';
import { incompleteListing } from './pr-context.ts';

/** What people asked of this run with labels and boxes. */
export interface Asked {
  /** Branches that are to be opened now, past every limit. */
  readonly open: ReadonlySet<string>;
  readonly lanes: readonly AskedLane[];
}

interface AskedDeps {
  readonly git: Pick<Git, 'readFile' | 'readObjects' | 'verifyCommit'>;
  readonly forge: Forge;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * Reads what people ask for. Whoever asks for the expedited lane and may not is told so once at the pull request, or, where
 * there are no comments, in the log. Throws `forge-failed` when the listing is not whole.
 */
export async function readAsked(
  { git, forge, log }: AskedDeps,
  {
    head,
    documents,
    dryRun,
  }: {
    readonly head: string;
    readonly documents: Pick<PolicyDocuments, 'roles' | 'baselines' | 'locks'>;
    readonly dryRun: boolean;
  },
): Promise<Asked> {
  const listing = await forge.list();
  if (!listing.complete) throw incompleteListing(listing.reason);
  const { roles, baselines, locks } = documents;
  const allowedSigners = (await git.readFile(head, 'allowed-signers')) ?? '';
  const { granted, refused } = await expediteAsks(
    { git, forge, roles, baselines, allowedSigners },
    listing.pulls,
  );
  const warned = (error: unknown): void => {
    if (!(error instanceof PatchwardenError) || error.code === 'bug') throw error;
    log.warn(error.message);
  };
  for (const refusal of refused) {
    const { number } = refusal.pull;
    const text = expediteRefusal(refusal);
    if (dryRun || !forge.note) log.warn(`pull request ${number}: ${text}`);
    else await forge.note(number, `expedite ${refusal.who}`, text).catch(warned);
  }
  return { open: await openRequests(forge, log), lanes: await askedLanes(git, granted, locks) };
}

const OPEN = /^open ([a-z]+) (.+)$/;

/** Branches whose box in the dashboard is checked. A dashboard that cannot be read asks for nothing this time. */
async function openRequests(
  forge: Pick<Forge, 'dashboardText'>,
  log: Pick<Logger, 'warn'>,
): Promise<ReadonlySet<string>> {
  try {
    const text = (await forge.dashboardText?.()) ?? '';
    return new Set(
      [...checkedBoxes(text)].flatMap((request) => {
        const [, kind, scope = ''] = OPEN.exec(request) ?? [];
        return kind === undefined ? [] : [branchOf(kind as Parameters<typeof branchOf>[0], scope)];
      }),
    );
  } catch (error) {
    if (!(error instanceof PatchwardenError) || error.code === 'bug') throw error;
    log.warn(`the boxes of the dashboard cannot be read: ${error.message}`);
    return new Set();
  }
}
