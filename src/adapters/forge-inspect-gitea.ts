import type { BranchRules, ForgeInspector, Inspection } from '../ports/forge-inspector.ts';
import { ask, notAnswered, notTold, timed, toldBy } from './forge-inspect-ask.ts';
import { type RuleSet, strictest } from './forge-inspect-rules.ts';
import type { OctokitDeps, OctokitPlace } from './hosted-api-connect.ts';
import { octokitApi } from './hosted-api-octokit.ts';

/** @see https://docs.gitea.com/api/ `BranchProtection` */
interface Protection {
  readonly rule_name: string;
  readonly enable_push: boolean;
  readonly enable_push_whitelist: boolean;
  readonly push_whitelist_usernames: readonly string[] | null;
  readonly enable_force_push?: boolean;
  readonly enable_status_check: boolean;
  readonly status_check_contexts: readonly string[] | null;
  readonly required_approvals: number;
  readonly dismiss_stale_approvals: boolean;
  readonly ignore_stale_approvals?: boolean;
  readonly block_admin_merge_override?: boolean;
}

/** How a repository on Gitea or Forgejo is set up. */
export function giteaInspector(place: OctokitPlace, deps: OctokitDeps): ForgeInspector {
  const { octokit, read, at } = octokitApi('gitea', place, deps);
  const repo = '/repos/{owner}/{repo}';
  const get = (route: string, more: object = {}) =>
    ask(read, () => octokit.request(`GET ${route}`, { ...(route.startsWith(repo) ? at : {}), ...more }));

  return {
    async inspect({ base, evidence }): Promise<Inspection> {
      const { asked, skewSeconds } = await timed(deps.clock, () => get(repo));
      if (asked.kind === 'refusal' && (asked.status === 401 || asked.status === 0))
        return { kind: asked.status === 401 ? 'refused' : 'silent', why: asked.why };
      const account = toldBy(await get('/user'), (data) => {
        const { login, id } = data as { readonly login: string; readonly id: number };
        return { login, account: `gitea:${id}` };
      });
      const login = 'value' in account ? account.value.login : undefined;
      const listed = await get(`${repo}/branch_protections`);
      const rulesOf = async (branch: string): Promise<BranchRules> => {
        if (listed.kind === 'answer') {
          const rule = ruleFor(listed.data as readonly Protection[], branch);
          return strictest(rule ? [ruleSetOf(rule, login)] : [], undefined);
        }
        const shown = await get(`${repo}/branches/{branch}`, { branch });
        const isOpen = shown.kind === 'answer' && !(shown.data as { readonly protected: boolean }).protected;
        return strictest([], isOpen ? undefined : notAnswered(listed.why));
      };
      return {
        kind: 'asked',
        facts: {
          skewSeconds,
          account,
          grants: notTold('Gitea does not tell what a token may do'),
          expiresAt: null,
          repository: toldBy(asked, (data) => {
            const { private: hidden, permissions } = data as {
              readonly private: boolean;
              readonly permissions?: { readonly push?: boolean };
            };
            return { public: !hidden, push: permissions?.push === true };
          }),
          autoMerge: { value: true },
          base: await rulesOf(base),
          evidence: await rulesOf(evidence),
        },
      };
    },
  };
}

function ruleSetOf(rule: Protection, login: string | undefined): RuleSet {
  const listed = (rule.push_whitelist_usernames ?? []).some((u) => u === login);
  const botPushes = rule.enable_push && (!rule.enable_push_whitelist || listed);
  return {
    pullRequests: !rule.enable_push || rule.enable_push_whitelist,
    approvals: rule.required_approvals,
    staleDismissed: rule.dismiss_stale_approvals || rule.ignore_stale_approvals === true,
    checks: rule.enable_status_check
      ? (rule.status_check_contexts ?? []).map((context) => ({ context, pinned: false }))
      : [],
    forcePushForbidden: rule.enable_force_push !== true,
    // Gitea never lets anybody delete a protected branch.
    deletionForbidden: true,
    nobodyBypasses: { value: !rule.enable_push && rule.block_admin_merge_override === true },
    botBypasses: { value: botPushes },
    keepsBotOut: !botPushes,
  };
}

/** A rule of exactly that name goes before patterns, which Gitea lists by their priority. */
const ruleFor = (rules: readonly Protection[], branch: string): Protection | undefined =>
  rules.find((r) => r.rule_name === branch) ?? rules.find((r) => patternOf(r.rule_name).test(branch));

const patternOf = (glob: string): RegExp => {
  const source = glob.replace(/\*\*|[*?]|[.+^${}()|[\]\\]/g, (part) =>
    part === '**' ? '.*' : part === '*' ? '[^/]*' : part === '?' ? '[^/]' : `\\${part}`,
  );
  return new RegExp(`^${source}$`);
};
