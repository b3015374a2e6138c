import { type Answer, notFound, nothing, ok, Refusal } from './answers.ts';
import { type Call, type Route, userByLogin } from './call.ts';
import { page } from './pages.ts';
import { nodeId, repoUrl, repoWeb, showUser } from './show-base.ts';
import { showCommit } from './show-pull.ts';
import { showWholeRepo } from './show-repo.ts';
import type { Protection } from './state.ts';

/** @see https://docs.github.com/en/rest/branches/branches#get-a-branch */
async function getBranch(call: Call): Promise<Answer> {
  const name = call.params.branch ?? '';
  const sha = call.state.branches.get(name);
  const commit = sha === undefined ? undefined : await call.git.commit(sha);
  if (!commit) throw new Refusal(404, 'Branch not found');
  const rules = call.world.protection.get(name);
  const self = `${repoUrl(call)}/branches/${name}`;
  return ok({
    name,
    commit: showCommit(call, commit),
    _links: { self, html: `${repoWeb(call)}/tree/${name}` },
    protected: rules !== undefined,
    protection: {
      enabled: rules !== undefined && rules.ruleset !== true,
      required_status_checks: {
        enforcement_level: rules?.checks ? (rules.enforceAdmins ? 'everyone' : 'non_admins') : 'off',
        contexts: contexts(rules),
        checks: checks(rules),
      },
    },
    protection_url: `${self}/protection`,
  });
}

const contexts = (rules?: Protection): string[] => (rules?.checks ?? []).map((one) => one.context);
const checks = (rules?: Protection): object[] =>
  (rules?.checks ?? []).map((one) => ({ context: one.context, app_id: one.appId ?? null }));

/** For administrators only. @see https://docs.github.com/en/rest/branches/branch-protection#get-branch-protection */
function getProtection(call: Call): Answer {
  const name = call.params.branch ?? '';
  if (!call.state.branches.has(name)) throw new Refusal(404, 'Branch not found');
  const rules = call.world.protection.get(name);
  if (!rules || rules.ruleset) throw new Refusal(404, 'Branch not protected');
  const url = `${repoUrl(call)}/branches/${name}/protection`;
  const statuses = {
    url: `${url}/required_status_checks`,
    contexts_url: `${url}/required_status_checks/contexts`,
    strict: rules.strict === true,
    contexts: contexts(rules),
    checks: checks(rules),
  };
  return ok({
    url,
    ...(rules.checks ? { required_status_checks: statuses } : {}),
    ...(rules.approvals === undefined ? {} : { required_pull_request_reviews: reviewRules(url, rules) }),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: rules.enforceAdmins === true },
    required_signatures: { url: `${url}/required_signatures`, enabled: rules.signatures === true },
    required_linear_history: { enabled: false },
    allow_force_pushes: { enabled: rules.allowForcePushes === true },
    allow_deletions: { enabled: rules.allowDeletions === true },
    block_creations: { enabled: false },
    required_conversation_resolution: { enabled: false },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
  });
}

const reviewRules = (url: string, rules: Protection): object => ({
  url: `${url}/required_pull_request_reviews`,
  dismiss_stale_reviews: rules.dismissStale === true,
  require_code_owner_reviews: rules.codeOwners === true,
  required_approving_review_count: rules.approvals,
  require_last_push_approval: false,
});

/** What rulesets demand of a branch; branch protection is not among it. @see https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch */
function getRules(call: Call): Answer {
  const rules = call.world.protection.get(call.params.branch ?? '');
  return page(call, rules?.ruleset ? rulesOf(rules) : [], (one) => ({
    ...one,
    ruleset_source_type: 'Repository',
    ruleset_source: `${call.world.owner}/${call.world.repo}`,
    ruleset_id: 1,
  }));
}

function rulesOf(rules: Protection): object[] {
  const pull = {
    type: 'pull_request',
    parameters: {
      dismiss_stale_reviews_on_push: rules.dismissStale === true,
      require_code_owner_review: rules.codeOwners === true,
      require_last_push_approval: false,
      required_approving_review_count: rules.approvals ?? 0,
      required_review_thread_resolution: false,
    },
  };
  const required = (rules.checks ?? []).map((one) => ({
    context: one.context,
    ...(one.appId === undefined ? {} : { integration_id: one.appId }),
  }));
  const status = {
    type: 'required_status_checks',
    parameters: {
      required_status_checks: required,
      strict_required_status_checks_policy: rules.strict === true,
    },
  };
  return [
    ...(rules.allowDeletions ? [] : [{ type: 'deletion' }]),
    ...(rules.allowForcePushes ? [] : [{ type: 'non_fast_forward' }]),
    ...(rules.signatures ? [{ type: 'required_signatures' }] : []),
    ...(rules.approvals === undefined ? [] : [pull]),
    ...(required.length > 0 ? [status] : []),
  ];
}

/** @see https://docs.github.com/en/rest/git/refs#get-a-reference */
function getRef(call: Call): Answer {
  const ref = call.params.ref ?? '';
  const sha = /^heads\//.test(ref) ? call.state.branches.get(ref.slice('heads/'.length)) : pullRef(call, ref);
  if (sha === undefined) throw notFound();
  return ok({
    ref: `refs/${ref}`,
    node_id: nodeId('REF', ref),
    url: `${repoUrl(call)}/git/refs/${ref}`,
    object: { type: 'commit', sha, url: `${repoUrl(call)}/git/commits/${sha}` },
  });
}

/** They stay after the pull request was closed. @see https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests/checking-out-pull-requests-locally */
function pullRef(call: Call, ref: string): string | undefined {
  const number = /^pull\/(\d+)\/head$/.exec(ref)?.[1];
  return call.state.issues.find((one) => one.number === Number(number))?.pull?.headSha;
}

/** @see https://docs.github.com/en/rest/git/refs#delete-a-reference */
async function deleteRef(call: Call): Promise<Answer> {
  const ref = call.params.ref ?? '';
  const branch = ref.replace(/^heads\//, '');
  if (branch === ref || !call.state.branches.has(branch)) throw new Refusal(422, 'Reference does not exist');
  const rules = call.world.protection.get(branch);
  if (rules && !rules.allowDeletions) throw new Refusal(422, 'Cannot delete a protected branch');
  await call.git.deleteBranch(branch);
  return nothing();
}

/** @see https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user */
function permission(call: Call): Answer {
  const user = userByLogin(call.state, call.params.username ?? '');
  if (!user) throw notFound();
  const role = user.role ?? 'none';
  const old: Readonly<Record<string, string>> = { triage: 'read', maintain: 'write' };
  return ok({
    permission: old[role] ?? role,
    role_name: role,
    user: { ...showUser(call, user), role_name: role },
  });
}

export const repoRoutes: readonly Route[] = [
  {
    operation: 'repos/get',
    role: 'read',
    permissions: ['metadata:read'],
    run: (call) => ok(showWholeRepo(call)),
  },
  { operation: 'repos/get-branch', role: 'read', permissions: ['contents:read'], run: getBranch },
  {
    operation: 'repos/get-branch-protection',
    role: 'admin',
    permissions: ['administration:read'],
    run: getProtection,
  },
  { operation: 'repos/get-branch-rules', role: 'read', permissions: ['metadata:read'], run: getRules },
  { operation: 'git/get-ref', role: 'read', permissions: ['contents:read'], run: getRef },
  { operation: 'git/delete-ref', role: 'write', permissions: ['contents:write'], run: deleteRef },
  {
    operation: 'repos/get-collaborator-permission-level',
    role: 'read',
    permissions: ['metadata:read'],
    run: permission,
  },
];
