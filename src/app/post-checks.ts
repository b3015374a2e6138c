import { approvalsOf } from '../audit/history/judge-exported.ts';
import { machineOnly } from '../audit/history/verified-merge.ts';
import type { ChangeOutput } from '../contracts/generated/change-output.ts';
import { denialWords } from '../domain/change-words.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { type Growth, growthWords } from '../domain/growth.ts';
import type { PullCheck, PullRequest } from '../ports/forge.ts';
import { checkSummary, failureSummary, type Remedies } from '../review/check-text.ts';
import { printable } from '../util/printable.ts';
import { settleAutoMerge } from './auto-merge.ts';
import type { CheckPorts, PullVerdict } from './check-ports.ts';
import { judgePull, verdictOn } from './pr-judge.ts';

/**
 * Says at the head of every open pull request whether the change rules let it be merged now: the check that the protected
 * branch requires. A workflow cannot be relied on for that, since none starts for what a workflow's own token opened.
 * The forge is asked to merge by itself what needs nobody, before the check turns green.
 * @param grown those, by number, whose approvals were given for a smaller effect
 * @returns how many checks were written; the same verdict twice is written once
 */
export async function postChecks(
  ports: CheckPorts,
  pulls: readonly PullRequest[],
  grown: ReadonlyMap<number, Growth> = new Map(),
): Promise<number> {
  let written = 0;
  for (const pull of pulls) {
    const head = pull.tip ?? pull.head;
    const growth = grown.get(pull.number);
    const judged = growth ? outgrown(growth, pull.contentDigest) : await verdictOf(ports, { ...pull, head });
    const verdict = await settleAutoMerge(ports, pull, judged);
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

/** Approvals were given for less. */
export const outgrown = (growth: Growth, contentDigest: string): PullVerdict => {
  const said = growthWords(growth);
  const summary = `Approvals were given for a smaller effect: ${said}.`;
  return { check: { state: 'failure', description: said, summary, contentDigest }, automatic: false };
};

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
