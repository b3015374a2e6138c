import { approvalsOf } from '../audit/history/judge-exported.ts';
import { machineOnly } from '../audit/history/verified-merge.ts';
import type { ChangeOutput } from '../contracts/generated/change-output.ts';
import { denialWords } from '../domain/change-words.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { Forge, PullCheck, PullRequest } from '../ports/forge.ts';
import type { Logger } from '../ports/logger.ts';
import { checkSummary, failureSummary, type Remedies } from '../review/check-text.ts';
import { printable } from '../util/printable.ts';
import { settleAutoMerge } from './auto-merge.ts';
import type { PullPorts } from './pr-context.ts';
import { judgePull, verdictOn } from './pr-judge.ts';

export type CheckPorts = Pick<PullPorts, 'git' | 'remote' | 'branch' | 'halts' | 'policyAt'> & {
  readonly forge: Pick<Forge, 'reviews' | 'check' | 'autoMerge'>;
  readonly log: Pick<Logger, 'warn'>;
  readonly remedies: Remedies;
};

/** What the change rules say of a pull request as it is now. */
export interface PullVerdict {
  readonly check: PullCheck;
  /** The bot alone moves the lock of a ring that merges by itself, and the rules allow it. */
  readonly automatic: boolean;
}

/**
 * Says at the head of every open pull request whether the change rules let it be merged now: the check that the protected
 * branch requires. A workflow cannot be relied on for that, since none starts for what a workflow's own token opened.
 * The forge is asked to merge by itself what needs nobody, before the check turns green.
 * @returns how many checks were written; the same verdict twice is written once
 */
export async function postChecks(ports: CheckPorts, pulls: readonly PullRequest[]): Promise<number> {
  let written = 0;
  for (const pull of pulls) {
    const head = pull.tip ?? pull.head;
    const verdict = await settleAutoMerge(ports, pull, await verdictOf(ports, { ...pull, head }));
    // Names of paths and packages are in it, and lines of terminals show it.
    const check = { ...verdict, description: printable(verdict.description) };
    if (await ports.forge.check?.(head, check)) written += 1;
  }
  return written;
}

type Judgeable = Pick<PullRequest, 'number' | 'kind' | 'scope' | 'head' | 'contentDigest'>;

async function verdictOf(ports: CheckPorts, pull: Judgeable): Promise<PullVerdict> {
  const { number, head } = pull;
  try {
    const judged = await judgePull(ports, { ...pull, approvals: [] });
    const { authority, content } = judged.change;
    const reviews = (await ports.forge.reviews?.(number, head)) ?? [];
    const approvals = approvalsOf(reviews, head, content.digest, authority);
    const verdict = verdictOn(pull, judged, approvals, null);
    return {
      check: verdictCheck(verdict, content.digest, ports.remedies),
      automatic: verdict.allowed && byItself(verdict) && machineOnly(judged.change),
    };
  } catch (error) {
    if (!(error instanceof PatchwardenError) || error.code === 'bug' || error.code === 'forge-limited')
      throw error;
    return { check: failedCheck(error.message, pull.contentDigest), automatic: false };
  }
}

export const verdictCheck = (
  verdict: ChangeOutput,
  contentDigest: string,
  remedies: Remedies,
): PullCheck => ({ ...checkOf(verdict), summary: checkSummary(verdict, remedies), contentDigest });

export const failedCheck = (why: string, contentDigest: string): PullCheck => ({
  ...{ state: 'failure', description: why, summary: failureSummary(why) },
  contentDigest,
});

/** What only waits for people is pending, not failed. */
function checkOf({ allowed, reasons }: ChangeOutput): Pick<PullCheck, 'state' | 'description'> {
  if (allowed) return { state: 'success', description: 'the change rules allow it' };
  const denials = reasons.filter((r) => r.effect === 'deny');
  const waits = denials.length > 0 && denials.every((r) => WAITS.includes(r.rule));
  return { state: waits ? 'pending' : 'failure', description: denialWords(reasons) };
}

const WAITS: readonly string[] = ['change/enough-approvals', 'change/two-teams'];

const byItself = ({ reasons }: ChangeOutput): boolean =>
  reasons.some((r) => r.rule === 'change/auto-ring' && r.effect === 'allow');
