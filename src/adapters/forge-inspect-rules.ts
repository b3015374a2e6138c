import type { BranchRules, RequiredCheck, Told } from '../ports/forge-inspector.ts';

/** One set of rules that holds for a branch: a branch protection or a ruleset. */
export interface RuleSet {
  readonly pullRequests: boolean;
  readonly approvals: number;
  readonly staleDismissed: boolean;
  readonly checks: readonly RequiredCheck[];
  readonly forcePushForbidden: boolean;
  readonly deletionForbidden: boolean;
  readonly nobodyBypasses: Told<boolean>;
  readonly botBypasses: Told<boolean>;
  /** Whether it keeps the account that asks from pushing commits to the branch. */
  readonly keepsBotOut: boolean;
}

type Why = Extract<Told<never>, { readonly why: string }>;

/**
 * What several sets of rules demand together: all of them hold, so the strictest of each counts. With `hidden` there may be
 * another one that was not told, so that nothing is known to be missing.
 */
export function strictest(sets: readonly RuleSet[], hidden: Why | undefined): BranchRules {
  const some = (has: (set: RuleSet) => boolean): Told<boolean> =>
    sets.some(has) ? { value: true } : (hidden ?? { value: false });
  const approvals = Math.max(0, ...sets.map((s) => s.approvals));
  const checks = sets.flatMap((s) => s.checks);
  const guards = sets.filter((s) => s.pullRequests);
  return {
    protected: some(() => true),
    pullRequests: some((s) => s.pullRequests),
    approvals: approvals > 0 ? { value: approvals } : (hidden ?? { value: 0 }),
    staleDismissed: some((s) => s.staleDismissed),
    checks: hidden && checks.length === 0 ? hidden : { value: checks },
    forcePushForbidden: some((s) => s.forcePushForbidden),
    deletionForbidden: some((s) => s.deletionForbidden),
    nobodyBypasses: oneOf(guards, (s) => s.nobodyBypasses, true, hidden),
    botBypasses: oneOf(guards, (s) => s.botBypasses, false, hidden),
    botMayPush: sets.some((s) => s.keepsBotOut) ? { value: false } : (hidden ?? { value: true }),
  };
}

/** `safe` where one guard says so, unknown where one does not say, and else the contrary. */
function oneOf(
  guards: readonly RuleSet[],
  pick: (set: RuleSet) => Told<boolean>,
  safe: boolean,
  hidden: Why | undefined,
): Told<boolean> {
  const said = guards.map(pick);
  const silent = said.find((s): s is Why => 'why' in s);
  if (said.some((s) => 'value' in s && s.value === safe)) return { value: safe };
  return silent ?? hidden ?? { value: !safe };
}
