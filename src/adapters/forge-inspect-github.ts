import { instantOf } from '../domain/time.ts';
import type {
  BranchRules,
  ForgeFacts,
  ForgeInspector,
  Grants,
  Inspection,
  Told,
} from '../ports/forge-inspector.ts';
import { ask, notAnswered, notTold, timed, toldBy } from './forge-inspect-ask.ts';
import {
  type Asker,
  type Protection,
  type Rule,
  type Ruleset,
  ruleSetOfProtection,
  ruleSetOfRules,
} from './forge-inspect-github-rules.ts';
import { type RuleSet, strictest } from './forge-inspect-rules.ts';
import type { OctokitDeps, OctokitPlace } from './hosted-api-connect.ts';
import { connectApp, type GitHubAccount } from './hosted-api-github.ts';
import { octokitApi } from './hosted-api-octokit.ts';

interface Repository {
  readonly allow_auto_merge?: boolean;
  readonly private: boolean;
  readonly permissions?: { readonly push?: boolean; readonly admin?: boolean };
}

/** How a repository on GitHub is set up. With an App a token is asked for (a POST that changes nothing); else GET alone. */
export async function githubInspector(
  place: OctokitPlace,
  account: GitHubAccount,
  deps: Omit<OctokitDeps, 'token'>,
): Promise<ForgeInspector> {
  const installed = 'app' in account ? await connectApp(place, account.app, deps) : undefined;
  const app = installed?.app;
  const token = installed?.token ?? (async () => ('token' in account ? account.token : ''));
  const { octokit, read, at } = octokitApi('github', place, { ...deps, token });
  const repo = '/repos/{owner}/{repo}';
  const get = (route: string, more: object = {}, as = octokit) =>
    ask(read, () => as.request(`GET ${route}`, { ...(route.startsWith(repo) ? at : {}), ...more }));
  const who = async (): Promise<Pick<ForgeFacts, 'account'> & { readonly slug: string | undefined }> => {
    if (!app) return { account: toldBy(await get('/user'), accountOf), slug: undefined };
    const own = await get('/app', {}, app.octokit);
    const slug = own.kind === 'answer' ? (own.data as { readonly slug: string }).slug : undefined;
    const user = slug === undefined ? own : await get('/users/{username}', { username: `${slug}[bot]` });
    return { account: toldBy(user, accountOf), slug };
  };
  const grants = async (scopes: string | number | undefined): Promise<Told<Grants>> => {
    if (app)
      return toldBy(await get(`${repo}/installation`, {}, app.octokit), (data) => {
        const { permissions } = data as { readonly permissions: Readonly<Record<string, string>> };
        return { kind: 'permissions', permissions };
      });
    if (scopes === undefined) return notTold('GitHub tells the rights of classic tokens and of Apps alone');
    const names = String(scopes).split(',');
    return { value: { kind: 'scopes', scopes: names.map((s) => s.trim()).filter((s) => s !== '') } };
  };
  const rulesets = async (branch: string): Promise<readonly RuleSet[] | string> => {
    const asked = await get(`${repo}/rules/branches/{branch}`, { branch, per_page: 100 });
    if (asked.kind === 'refusal') return asked.why;
    const rules = asked.data as readonly Rule[];
    const ids = [...new Set(rules.map((r) => r.ruleset_id ?? 0))];
    return Promise.all(
      ids.map(async (id) => {
        const about = await get(`${repo}/rulesets/{ruleset_id}`, { ruleset_id: id });
        return ruleSetOfRules(
          rules.filter((r) => (r.ruleset_id ?? 0) === id),
          toldBy(about, (data) => data as Ruleset),
        );
      }),
    );
  };
  /** Protections are told to administrators; that there is one, to everybody who may read. */
  const protection = async (branch: string, asker: Asker): Promise<readonly RuleSet[] | string> => {
    const shown = await get(`${repo}/branches/{branch}`, { branch });
    if (shown.kind === 'refusal' && shown.status === 404) return [];
    const { protection: short } = (shown.kind === 'answer' ? shown.data : {}) as {
      readonly protection?: { readonly enabled?: boolean };
    };
    if (short?.enabled === false) return [];
    const whole = await get(`${repo}/branches/{branch}/protection`, { branch });
    if (whole.kind === 'answer') return [ruleSetOfProtection(whole.data as Protection, asker)];
    return /branch not protected/i.test(whole.why) ? [] : whole.why;
  };
  const rulesOf = async (branch: string, asker: Asker): Promise<BranchRules> => {
    const found = [await protection(branch, asker), await rulesets(branch)];
    const hidden = found.find((f): f is string => typeof f === 'string');
    const sets = found.flatMap((f) => (typeof f === 'string' ? [] : f));
    return strictest(sets, hidden === undefined ? undefined : notAnswered(hidden));
  };

  return {
    async inspect({ base, evidence }): Promise<Inspection> {
      const { asked, skewSeconds } = await timed(deps.clock, () => get(repo));
      if (asked.kind === 'refusal' && (asked.status === 401 || asked.status === 0))
        return { kind: asked.status === 401 ? 'refused' : 'silent', why: asked.why };
      const headers = asked.kind === 'answer' ? asked.headers : {};
      const { account: found, slug } = await who();
      const login = 'value' in found ? found.value.login : undefined;
      const admin = asked.kind === 'answer' && (asked.data as Repository).permissions?.admin === true && !app;
      const asker = { login, slug, admin };
      return {
        kind: 'asked',
        facts: {
          skewSeconds,
          account: found,
          grants: await grants(headers['x-oauth-scopes']),
          expiresAt: expiryOf(headers['github-authentication-token-expiration']),
          repository: toldBy(asked, (data) => {
            const { private: hidden, permissions } = data as Repository;
            // What an App may do is in its permissions.
            return { public: !hidden, push: app !== undefined || permissions?.push === true };
          }),
          autoMerge: autoMergeOf(toldBy(asked, (data) => (data as Repository).allow_auto_merge)),
          base: await rulesOf(base, asker),
          evidence: await rulesOf(evidence, asker),
        },
      };
    },
  };
}

const accountOf = (data: unknown) => {
  const { login, id } = data as { readonly login: string; readonly id: number };
  return { login, account: `github:${id}` };
};

/** Settings of merges are shown to those who may push. */
const autoMergeOf = (allowed: Told<boolean | undefined>): Told<boolean> => {
  if ('why' in allowed) return allowed;
  const { value } = allowed;
  return value === undefined ? notTold('GitHub tells it to those who may write alone') : { value };
};

/** `2026-01-31 12:00:00 UTC` or with an offset. */
function expiryOf(header: string | number | undefined): string | null {
  const at = Date.parse(String(header ?? ''));
  return Number.isFinite(at) ? instantOf(at) : null;
}
