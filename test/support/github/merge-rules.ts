import { type Call, userById } from './call.ts';
import type { PullIssue } from './show-pull.ts';
import { atLeast, type Protection, type Review } from './state.ts';

/** The last word of each person; a comment takes nothing back. */
function opinions(pull: PullIssue['pull']): readonly Review[] {
  const last = new Map<number, Review>();
  for (const one of pull.reviews)
    if (one.state === 'APPROVED' || one.state === 'CHANGES_REQUESTED') last.set(one.userId, one);
    else if (one.state === 'DISMISSED') last.delete(one.userId);
  return [...last.values()];
}

/**
 * Only approvals of people who may write count.
 * @see https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches#require-pull-request-reviews-before-merging
 * @returns the sentence of a refusal; undefined: nothing is in the way.
 */
export function unmet(call: Call, issue: PullIssue): string | undefined {
  const rules = call.world.protection.get(issue.pull.base);
  if (!rules) return undefined;
  const counted = opinions(issue.pull).filter((one) =>
    atLeast(userById(call.state, one.userId).role, 'write'),
  );
  if (rules.approvals !== undefined && counted.some((one) => one.state === 'CHANGES_REQUESTED'))
    return 'Changes requested by a reviewer with write access.';
  const approved = counted.filter((one) => one.state === 'APPROVED').length;
  const wanted = rules.approvals ?? 0;
  if (approved < wanted)
    return `At least ${wanted} approving review${wanted === 1 ? ' is' : 's are'} required by reviewers with write access.`;
  return unmetChecks(call, issue, rules);
}

/** @see https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/about-status-checks */
function unmetChecks(call: Call, issue: PullIssue, rules: Protection): string | undefined {
  const missing = (rules.checks ?? []).filter((one) => !passed(call, issue.pull.headSha, one));
  if (missing.length === 0) return undefined;
  if (missing.length === 1) return `Required status check "${missing[0]?.context}" is expected.`;
  return `${missing.length} of ${rules.checks?.length} required status checks are expected.`;
}

/** Whether every check that a branch requires passed at a commit. */
export const passedAt = (call: Call, base: string, sha: string): boolean =>
  (call.world.protection.get(base)?.checks ?? []).every((one) => passed(call, sha, one));

function passed(
  call: Call,
  sha: string,
  wanted: { readonly context: string; readonly appId?: number },
): boolean {
  const run = call.state.checks.findLast(
    (one) =>
      one.headSha === sha &&
      one.name === wanted.context &&
      (wanted.appId === undefined ||
        call.world.apps.find((app) => app.slug === one.app)?.id === wanted.appId),
  );
  if (run) return ['success', 'neutral', 'skipped'].includes(run.conclusion ?? '');
  const status = call.state.statuses.findLast((one) => one.sha === sha && one.context === wanted.context);
  if (!status) return false;
  const by = call.world.apps.find((app) => app.botId === status.creatorId)?.id;
  return status.state === 'success' && (wanted.appId === undefined || by === wanted.appId);
}

/** Administrators may pass unless they are included. */
export function mayBypass(call: Call, issue: PullIssue): boolean {
  const rules = call.world.protection.get(issue.pull.base);
  return call.actor.user.role === 'admin' && rules?.enforceAdmins !== true;
}
