import { isoOf } from './answers.ts';
import type { Call } from './call.ts';
import { nodeId, repoUrl, repoWeb, showOwner, web } from './show-base.ts';
import { atLeast } from './state.ts';

/** Addresses of a repository: field → what follows its own address. */
const links = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
};

function addresses(call: Call): Record<string, string> {
  const url = repoUrl(call);
  return Object.fromEntries(Object.entries(links).map(([field, rest]) => [field, url + rest]));
}

const defaultBranch = (call: Call): string => call.world.defaultBranch ?? 'main';

export function showRepo(call: Call): Record<string, unknown> {
  const { owner, repo, slim } = call.world;
  const names = { id: 1, name: repo, full_name: `${owner}/${repo}`, private: call.world.private !== false };
  if (slim) return { ...names, default_branch: defaultBranch(call), fork: false, owner: { login: owner } };
  const open = call.state.issues.filter((one) => one.state === 'open').length;
  return {
    ...names,
    node_id: nodeId('R', 1),
    owner: showOwner(call),
    html_url: repoWeb(call),
    url: repoUrl(call),
    ...addresses(call),
    clone_url: `${repoWeb(call)}.git`,
    git_url: `git:${web(call).replace(/^\w+:/, '')}/${owner}/${repo}.git`,
    ssh_url: `git@${new URL(web(call)).host}:${owner}/${repo}.git`,
    svn_url: repoWeb(call),
    description: null,
    fork: false,
    homepage: null,
    language: null,
    license: null,
    mirror_url: null,
    archived: false,
    disabled: false,
    default_branch: defaultBranch(call),
    visibility: call.world.private === false ? 'public' : 'private',
    ...counts(open),
    ...features(),
    allow_auto_merge: call.world.allowAutoMerge === true,
    created_at: isoOf(0),
    updated_at: isoOf(0),
    pushed_at: isoOf(0),
  };
}

const counts = (open: number): Record<string, number> => ({
  size: 0,
  forks: 0,
  forks_count: 0,
  open_issues: open,
  open_issues_count: open,
  stargazers_count: 0,
  watchers: 0,
  watchers_count: 0,
});

const features = (): Record<string, boolean> => ({
  has_discussions: false,
  has_downloads: false,
  has_issues: true,
  has_pages: false,
  has_projects: false,
  has_wiki: false,
});

/** The form of a repository's own page, with what the asking person may do there. */
export function showWholeRepo(call: Call): Record<string, unknown> {
  const { role } = call.actor.user;
  const methods = call.world.methods ?? ['merge', 'squash', 'rebase'];
  return {
    ...showRepo(call),
    network_count: 0,
    subscribers_count: 0,
    allow_merge_commit: methods.includes('merge'),
    allow_squash_merge: methods.includes('squash'),
    allow_rebase_merge: methods.includes('rebase'),
    delete_branch_on_merge: call.world.deleteBranchOnMerge === true,
    permissions: {
      pull: true,
      triage: atLeast(role, 'triage'),
      push: atLeast(role, 'write'),
      maintain: atLeast(role, 'maintain'),
      admin: atLeast(role, 'admin'),
    },
  };
}
