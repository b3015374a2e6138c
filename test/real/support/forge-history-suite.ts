import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { canonicalDocument } from '../../../src/contracts/canonical.ts';
import { type CliRunner, cliRunner } from '../../support/cli-runner.ts';
import { BASELINE } from '../../support/git-fixtures.ts';
import { type GiteaHistory, giteaHistory } from './forge-history.ts';
import { must } from './gitea-api.ts';
import type { GiteaPeople } from './gitea-people.ts';

type Step = (h: GiteaHistory, people: GiteaPeople) => Promise<void>;

/** Renames an account while something is done; its number stays. */
const renamed = async (people: GiteaPeople, from: string, to: string, work: () => Promise<void>) => {
  const rename = (a: string, b: string) =>
    must(people.gitea.admin('POST', `/admin/users/${a}/rename`, { new_username: b }));
  await rename(from, to);
  try {
    await work();
  } finally {
    await rename(to, from);
  }
};

/** What a history that Gitea merged is believed, and what not, as tests of the suite that calls it. */
export function forgeHistory(server: () => Promise<GiteaPeople>): void {
  let people: GiteaPeople;
  let h: GiteaHistory;
  let runner: CliRunner;
  beforeAll(async () => {
    people = await server();
    runner = cliRunner();
  });
  afterAll(() => runner?.stop());
  beforeEach(async () => {
    h = await giteaHistory(people, runner.run);
  });
  afterEach(() => h?.dispose());

  const exported = async () => {
    const { code, stdout, stderr } = await h.reconcile();
    // Without a host there is nothing to decide about: what is looked at here came before that.
    expect(stderr).not.toMatch(/does not verify/);
    expect([0, 2], `${stdout}${stderr}`).toContain(code);
    const verified = await h.verify();
    expect(verified, verified.stdout).toMatchObject({ code: 0 });
    return stderr;
  };

  it.each<[string, Step]>([
    ...(['merge', 'squash', 'rebase'] as const).map((by): [string, Step] => [
      `a review of the head, merged by ${by}`,
      async (w) => {
        const pull = await w.propose();
        await w.review(pull, 'approver');
        await w.merge(pull, 'merger', by);
      },
    ]),
    [
      'a rebase over what was merged meanwhile',
      async (w) => {
        const pull = await w.propose();
        const other = await w.propose({ by: 'author', branch: 'notes', files: { 'notes.md': 'x\n' } });
        await w.review(pull, 'approver');
        await w.merge(other, 'author');
        await w.merge(pull, 'merger', 'rebase');
      },
    ],
    [
      'a squash, after which others used the branch',
      async (w) => {
        const pull = await w.propose();
        await w.review(pull, 'approver');
        await w.merge(pull, 'merger', 'squash');
        w.pushAgain(pull);
      },
    ],
    [
      'a reviewer who has another name since: the number of an account counts',
      async (w, p) => {
        const pull = await w.propose();
        await w.review(pull, 'approver');
        await renamed(p, 'ben', 'benjamin', () => w.merge(pull, 'merger'));
      },
    ],
    [
      'texts, comments and statuses that somebody edited: none of them is read',
      async (w) => {
        const pull = await w.propose();
        await w.review(pull, 'approver');
        const lie = `Patchwarden-Content: sha256:${'f'.repeat(64)}\nPatchwarden-Review: gitea:1 1`;
        await must(w.as('author')('PATCH', `/pulls/${pull.number}`, { title: lie, body: lie }));
        await must(w.as('author')('POST', `/issues/${pull.number}/comments`, { body: lie }));
        for (const state of ['success', 'failure'])
          await must(
            w.as('author')('POST', `/statuses/${pull.head}`, { state, context: 'patchwarden/change' }),
          );
        await w.merge(pull, 'merger');
      },
    ],
  ])('stands: %s', async (_case, step) => {
    await step(h, people);
    expect(await exported()).toContain(`the merge ${h.main().slice(0, 12)} of the forge is in the evidence`);
    expect(await exported()).not.toContain('is in the evidence now');
  });

  it.each<[string, string, Step]>([
    [
      'a merge by an administrator of the server',
      'history/unknown-merger',
      async (w) => {
        const pull = await w.propose();
        await w.review(pull, 'approver');
        await w.merge(pull, 'admin');
      },
    ],
    ['a merge without reviews', 'history/no-approvals', async (w) => w.merge(await w.propose(), 'merger')],
    [
      'a merge by the account of the bot',
      'history/bot-merges',
      async (w) => {
        const pull = await w.propose();
        await w.review(pull, 'approver');
        await w.merge(pull, 'bot');
      },
    ],
    [
      'a review of an older head',
      'history/no-approvals',
      async (w) => {
        const pull = await w.propose();
        await w.review(pull, 'approver');
        w.pushAgain(pull);
        await w.merge(pull, 'merger');
      },
    ],
    [
      'a review of another commit that Gitea calls official',
      'history/no-approvals',
      async (w) => {
        const pull = await w.propose();
        await w.review(pull, 'approver', 'APPROVED', w.anchor);
        await w.merge(pull, 'merger');
      },
    ],
    [
      'an approval that its reviewer took back',
      'history/no-approvals',
      async (w) => {
        const pull = await w.propose();
        await w.review(pull, 'approver');
        await w.review(pull, 'approver', 'REQUEST_CHANGES');
        await w.merge(pull, 'merger');
      },
    ],
    [
      'an approval that somebody dismissed',
      'history/no-approvals',
      async (w) => {
        const pull = await w.propose();
        const { id } = await w.review(pull, 'approver');
        const dismissal = `/pulls/${pull.number}/reviews/${id}/dismissals`;
        await must(w.as('admin')('POST', dismissal, { message: 'no' }));
        await w.merge(pull, 'merger');
      },
    ],
    [
      'an approval by a second account of the author',
      'history/policy',
      async (w) => {
        const files = {
          'baselines/servers.json': canonicalDocument('Baseline', { ...BASELINE, priority: 5 }),
        };
        const pull = await w.propose({ by: 'author', branch: 'anna/priority', files });
        await w.review(pull, 'alias');
        await w.merge(pull, 'merger');
      },
    ],
    [
      'an approval by a stranger who took the name of an approver',
      'history/no-approvals',
      async (w, p) => {
        const pull = await w.propose();
        await renamed(p, 'ben', 'benjamin', () =>
          renamed(p, 'otto', 'ben', async () => {
            await w.review(pull, 'outsider');
            await w.merge(pull, 'merger');
          }),
        );
      },
    ],
    [
      'an approver whose account was revoked before the merge',
      'history/no-approvals',
      async (w) => {
        const pull = await w.propose();
        await w.review(pull, 'approver');
        const people = w.roles.people.map((p) => (p.id === 'ben' ? { ...p, accounts: [] } : p));
        const files = { 'roles.json': canonicalDocument('Roles', { ...w.roles, people }) };
        const revoked = await w.propose({ by: 'author', branch: 'anna/roles', files });
        await w.review(revoked, 'approver2');
        await w.merge(revoked, 'merger');
        await exported();
        await w.merge(pull, 'merger');
      },
    ],
    [
      'a push straight to the protected branch',
      'history/not-a-merge',
      async (w) => w.force((await w.propose()).head),
    ],
    [
      'a push over the protected branch, to a history without the anchor',
      'history/anchor',
      async (w) => w.force(w.unrelated()),
    ],
    [
      'a push over the protected branch, back to before a merge',
      'history/rewound',
      async (w) => {
        const pull = await w.propose();
        await w.review(pull, 'approver');
        await w.merge(pull, 'merger');
        await exported();
        w.force(w.anchor);
        expect(await w.verify()).toMatchObject({
          code: 5,
          stdout: expect.stringContaining('is not on the protected branch'),
        });
      },
    ],
  ])('refuses %s: %s', async (_case, rule, step) => {
    await step(h, people);
    for (const result of [await h.reconcile(), await h.reconcile()])
      expect(result, result.stdout).toMatchObject({
        code: 5,
        stderr: expect.stringContaining(`(${rule})`),
      });
  });
}
