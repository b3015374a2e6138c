import { describe, expect, it } from 'vitest';
import { giteaInspector } from '../../src/adapters/forge-inspect-gitea.ts';
import { createPace } from '../../src/adapters/forge-pace.ts';
import type { BranchRules } from '../../src/ports/forge-inspector.ts';

const NOW = '2024-10-24T12:00:00Z';
const REPO = '/api/v1/repos/ops/fleet';
const RULE = {
  rule_name: 'main',
  enable_push: false,
  enable_push_whitelist: false,
  push_whitelist_usernames: [],
  enable_force_push: false,
  enable_status_check: true,
  status_check_contexts: ['patchwarden/change'],
  required_approvals: 2,
  dismiss_stale_approvals: true,
  block_admin_merge_override: true,
};
const LOG = { ...RULE, rule_name: 'patchwarden/*', enable_push: true, required_approvals: 0 };

/** Answers as Gitea 1.26 forms them. */
async function inspected(
  rules: readonly Partial<typeof RULE>[] | number,
  more: Readonly<Record<string, unknown>> = {},
) {
  const answers: Readonly<Record<string, unknown>> = {
    [REPO]: { private: true, permissions: { admin: false, push: true, pull: true } },
    '/api/v1/user': { id: 7, login: 'bot' },
    [`${REPO}/branch_protections`]: rules,
    ...more,
  };
  const asked: string[] = [];
  const clock = { now: () => NOW, sleep: async () => undefined };
  const inspector = giteaInspector(
    { owner: 'ops', repo: 'fleet', baseUrl: 'https://git.example.org/api/v1' },
    {
      ...{ clock, log: { warn: () => undefined }, pace: createPace({ clock }), retryMs: 0, spacing: false },
      token: async () => 'secret',
      fetch: async (url, init) => {
        const request = new Request(url, init);
        asked.push(request.method);
        const answer = answers[decodeURIComponent(new URL(request.url).pathname)] ?? 404;
        const headers = { 'content-type': 'application/json', date: new Date(NOW).toUTCString() };
        return typeof answer === 'number'
          ? new Response('{"message":"no"}', { status: answer, headers })
          : new Response(JSON.stringify(answer), { headers });
      },
    },
  );
  const result = await inspector.inspect({ base: 'main', evidence: 'patchwarden/evidence' });
  expect(new Set(asked)).toEqual(new Set(['GET']));
  return result;
}

const factsOf = async (...args: Parameters<typeof inspected>) => {
  const result = await inspected(...args);
  if (result.kind !== 'asked') throw new Error(result.why);
  return result.facts;
};

describe('giteaInspector', () => {
  it('reads account, repository, clock and both branches, the second by a pattern', async () => {
    const facts = await factsOf([RULE, LOG]);
    expect(facts).toMatchObject({
      skewSeconds: 0,
      account: { value: { login: 'bot', account: 'gitea:7' } },
      grants: { because: 'not-told' },
      repository: { value: { public: false, push: true } },
    });
    expect(facts.base).toEqual({
      protected: { value: true },
      pullRequests: { value: true },
      approvals: { value: 2 },
      staleDismissed: { value: true },
      checks: { value: [{ context: 'patchwarden/change', pinned: false }] },
      forcePushForbidden: { value: true },
      deletionForbidden: { value: true },
      nobodyBypasses: { value: true },
      botBypasses: { value: false },
      botMayPush: { value: false },
    });
    expect(facts.evidence).toMatchObject({
      deletionForbidden: { value: true },
      botMayPush: { value: true },
    });
  });

  it.each<[string, Partial<typeof RULE>, Partial<BranchRules>]>([
    ['open to pushes', { enable_push: true }, { pullRequests: { value: false } }],
    [
      'a list with the bot',
      { enable_push: true, enable_push_whitelist: true, push_whitelist_usernames: ['bot'] as never[] },
      { pullRequests: { value: true }, botBypasses: { value: true } },
    ],
    [
      'a list without the bot',
      { enable_push: true, enable_push_whitelist: true, push_whitelist_usernames: ['ada'] as never[] },
      { botBypasses: { value: false }, nobodyBypasses: { value: false } },
    ],
    ['administrators', { block_admin_merge_override: false }, { nobodyBypasses: { value: false } }],
    ['force-pushes', { enable_force_push: true }, { forcePushForbidden: { value: false } }],
    ['no checks', { enable_status_check: false }, { checks: { value: [] } }],
    ['another branch', { rule_name: 'mai?x' }, { protected: { value: false } }],
  ])('%s', async (_what, change, rules) => {
    expect((await factsOf([{ ...RULE, ...change }])).base).toMatchObject(rules);
  });

  it('knows nothing of a protected branch whose rules are hidden, and enough of an open one', async () => {
    const branch = `${REPO}/branches/main`;
    expect((await factsOf(403, { [branch]: { protected: true } })).base.approvals).toMatchObject({
      because: 'not-answered',
    });
    expect((await factsOf(403, { [branch]: { protected: false } })).base.protected).toEqual({
      value: false,
    });
  });

  it.each([
    [401, 'refused'],
    [503, 'silent'],
  ])('%s for the repository: %s', async (status, kind) => {
    expect(await inspected([], { [REPO]: status })).toMatchObject({ kind });
  });
});
