import { approvalsOf } from '../audit/history/judge-exported.ts';
import type { ChangeOutput } from '../contracts/generated/change-output.ts';
import { denialWords } from '../domain/change-words.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { type Growth, growthWords } from '../domain/growth.ts';
import type { Forge, PullCheck, PullRequest } from '../ports/forge.ts';
import type { PullPorts } from './pr-context.ts';
import { judgePull, verdictOn } from './pr-judge.ts';

type CheckPorts = Pick<PullPorts, 'git' | 'remote' | 'branch' | 'halts' | 'policyAt'> & {
  readonly forge: Pick<Forge, 'reviews' | 'check'>;
};

/**
 * Says at the head of every open pull request whether the change rules let it be merged now: the check that the protected
 * branch requires. A workflow cannot be relied on for that, since none starts for what a workflow's own token opened.
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
    const growth = grown.get(pull.number);
    const check: PullCheck = growth
      ? { state: 'failure', description: growthWords(growth) }
      : await checkOf(ports, pull);
    if (await ports.forge.check?.(pull.tip ?? pull.head, check)) written += 1;
  }
  return written;
}

async function checkOf(ports: CheckPorts, pull: PullRequest): Promise<PullCheck> {
  const { number, kind, scope } = pull;
  const head = pull.tip ?? pull.head;
  try {
    const judged = await judgePull(ports, { number, kind, scope, head, approvals: [] });
    const { authority, content } = judged.change;
    const reviews = (await ports.forge.reviews?.(number, head)) ?? [];
    const approvals = approvalsOf(reviews, head, content.digest, authority);
    return verdictCheck(verdictOn(pull, judged, approvals, null));
  } catch (error) {
    if (!(error instanceof PatchwardenError) || error.code === 'bug' || error.code === 'forge-limited')
      throw error;
    return { state: 'failure', description: error.message };
  }
}

/** What only waits for people is pending, not failed. */
function verdictCheck({ allowed, reasons }: ChangeOutput): PullCheck {
  if (allowed) return { state: 'success', description: 'the change rules allow it' };
  const denials = reasons.filter((r) => r.effect === 'deny');
  const waits = denials.length > 0 && denials.every((r) => WAITS.includes(r.rule));
  return { state: waits ? 'pending' : 'failure', description: denialWords(reasons) };
}

const WAITS: readonly string[] = ['change/enough-approvals', 'change/two-teams'];
