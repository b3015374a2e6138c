import type { RequiredCheck, Told } from '../ports/forge-inspector.ts';
import { notTold } from './forge-inspect-ask.ts';
import type { RuleSet } from './forge-inspect-rules.ts';

/** Who asks, as rules name accounts. */
export interface Asker {
  readonly login: string | undefined;
  /** Of the App that asks. */
  readonly slug: string | undefined;
  readonly admin: boolean;
}

interface Enabled {
  readonly enabled?: boolean;
}

/** @see https://docs.github.com/en/rest/branches/branch-protection#get-branch-protection */
export interface Protection {
  readonly required_status_checks?: {
    readonly checks?: readonly { readonly context: string; readonly app_id?: number | null }[];
  } | null;
  readonly required_pull_request_reviews?: {
    readonly required_approving_review_count?: number;
    readonly dismiss_stale_reviews?: boolean;
    readonly bypass_pull_request_allowances?: {
      readonly users?: readonly { readonly login: string }[];
      readonly teams?: readonly unknown[];
      readonly apps?: readonly { readonly slug?: string }[];
    };
  } | null;
  readonly enforce_admins?: Enabled;
  readonly allow_force_pushes?: Enabled;
  readonly allow_deletions?: Enabled;
  readonly lock_branch?: Enabled;
}

export function ruleSetOfProtection(protection: Protection, asker: Asker): RuleSet {
  const reviews = protection.required_pull_request_reviews ?? undefined;
  const { users = [], teams = [], apps = [] } = reviews?.bypass_pull_request_allowances ?? {};
  const admins = protection.enforce_admins?.enabled === true;
  const botBypasses =
    (asker.admin && !admins) ||
    users.some((u) => u.login === asker.login) ||
    apps.some((a) => a.slug !== undefined && a.slug === asker.slug);
  const checks = pinnable(protection.required_status_checks?.checks ?? [], (c) => c.app_id);
  return {
    pullRequests: reviews !== undefined,
    approvals: reviews?.required_approving_review_count ?? 0,
    staleDismissed: reviews?.dismiss_stale_reviews === true,
    checks,
    forcePushForbidden: protection.allow_force_pushes?.enabled !== true,
    deletionForbidden: protection.allow_deletions?.enabled !== true,
    nobodyBypasses: { value: admins && users.length + teams.length + apps.length === 0 },
    botBypasses: { value: botBypasses },
    keepsBotOut:
      !botBypasses &&
      (reviews !== undefined || checks.length > 0 || protection.lock_branch?.enabled === true),
  };
}

/** @see https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch */
export interface Rule {
  readonly type: string;
  readonly ruleset_id?: number;
  readonly parameters?: {
    readonly dismiss_stale_reviews_on_push?: boolean;
    readonly required_approving_review_count?: number;
    readonly required_status_checks?: readonly {
      readonly context: string;
      readonly integration_id?: number;
    }[];
  };
}

/** @see https://docs.github.com/en/rest/repos/rules#get-a-repository-ruleset */
export interface Ruleset {
  /** Only told to those who may change the ruleset. */
  readonly bypass_actors?: readonly unknown[];
  readonly current_user_can_bypass?: string;
}

const HIDDEN = 'GitHub tells it only to those who may change the ruleset';

/** @param rules those of one ruleset @param about the ruleset itself */
export function ruleSetOfRules(rules: readonly Rule[], about: Told<Ruleset>): RuleSet {
  const of = (type: string): Rule | undefined => rules.find((r) => r.type === type);
  const pull = of('pull_request');
  const checks = pinnable(
    of('required_status_checks')?.parameters?.required_status_checks ?? [],
    (c) => c.integration_id,
  );
  const { bypass_actors: actors, current_user_can_bypass: bypass } = 'value' in about ? about.value : {};
  const botBypasses =
    'why' in about ? about : bypass === undefined ? notTold(HIDDEN) : { value: bypass !== 'never' };
  const closed = pull !== undefined || checks.length > 0 || of('update') !== undefined;
  return {
    pullRequests: pull !== undefined,
    approvals: pull?.parameters?.required_approving_review_count ?? 0,
    staleDismissed: pull?.parameters?.dismiss_stale_reviews_on_push === true,
    checks,
    forcePushForbidden: of('non_fast_forward') !== undefined,
    deletionForbidden: of('deletion') !== undefined,
    nobodyBypasses: actors ? { value: actors.length === 0 } : 'why' in about ? about : notTold(HIDDEN),
    botBypasses,
    keepsBotOut: closed && !('value' in botBypasses && botBypasses.value),
  };
}

const pinnable = <C extends { readonly context: string }>(
  checks: readonly C[],
  app: (check: C) => number | null | undefined,
): readonly RequiredCheck[] =>
  // GitHub writes -1 for "any source".
  checks.map((c) => ({ context: c.context, pinned: (app(c) ?? -1) > 0 }));
