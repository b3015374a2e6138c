import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGit } from '../../../src/adapters/git-simple-git.ts';
import { loadPolicyEngine } from '../../../src/adapters/policy-opa-wasm.ts';
import { walkHistory } from '../../../src/audit/history/walk.ts';
import type { Exception } from '../../../src/contracts/generated/exception.ts';
import type { Git } from '../../../src/ports/git.ts';
import type { PolicyEngine } from '../../../src/ports/policy-engine.ts';
import { BASELINE, createWorld, lockText, ROLES, type World } from '../../support/git-fixtures.ts';
import { type HistoryWriter, historyWriter, PROD_LOCK } from '../../support/history.ts';
import type { Who } from '../../support/keys.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const rolesOf = (edition: number) => json({ ...ROLES, approvals: { required: 1, edition } });
const LOCK = { [PROD_LOCK]: lockText('prod', '3.0.14-1~deb12u2', 2) };
const WHY = 'By hand\n\nReason: the vendor took a file back\n';
const exception = (validUntil: string, over: Partial<Exception> = {}): string =>
  json({
    ...{
      apiVersion: 'patchwarden/v1',
      kind: 'Exception',
      id: 'x',
      owner: 'team:ops',
      reason: 'r',
      ticket: 't',
    },
    ...{ match: { advisories: ['CVE-2024-1'] }, select: {}, decision: 'accept-risk' },
    ...{ validFrom: '2024-10-01', validUntil, ...over },
  });
const baseline = (id: string, priority: number, role: readonly string[]) => ({
  [`baselines/${id}.json`]: json({
    ...BASELINE,
    id,
    priority,
    select: { all: [{ label: 'role', in: role }] },
  }),
});

interface Step {
  readonly files: Readonly<Record<string, string | null>>;
  readonly message?: string;
  readonly approvers?: readonly Who[];
  readonly by?: Who;
}

describe('change rules over history', () => {
  let world: World;
  let git: Git;
  let policy: PolicyEngine;
  let h: HistoryWriter;
  beforeAll(async () => {
    world = createWorld({ 'roles.json': rolesOf(2), ...baseline('servers', 10, ['db', 'web']) });
    git = await openGit(world.clone);
    policy = await loadPolicyEngine();
    h = historyWriter(world, git);
  });
  afterAll(() => world.dispose());

  let pull = 0;
  /** Lands a change of a person on a commit. @returns the merge */
  const land = async (
    on: string,
    { files, message = 'Change\n', approvers = ['approver'], by = 'author' }: Step,
  ) => {
    pull += 1;
    const head = h.commit(on, files, by, { message });
    const subject = { kind: 'manual', scope: 'x' };
    const digest = await h.digest(on, head, subject);
    const approvals = approvers.map((who) => h.approval(digest, who, { pull }));
    return h.merge(on, head, { ...subject, digest, approvals, pull });
  };
  const walk = (head: string, anchor = world.anchor) => walkHistory({ git, policy }, { anchor, head });
  /** What the walk says of steps after one another: nothing, or the sentence of its refusal. */
  const said = async (...steps: readonly Step[]): Promise<string> => {
    let head = world.anchor;
    for (const step of steps) head = await land(head, step);
    const result = await walk(head);
    return result.kind === 'verified'
      ? ''
      : `${result.refusal.commit === head ? '' : 'earlier: '}${result.refusal.sentence}`;
  };
  const both = ['approver', 'approver2'] as const;

  it('a lock by hand needs a reason and two approvers', async () => {
    expect(await said({ files: LOCK, message: WHY, approvers: both })).toBe('');
    expect(await said({ files: LOCK, approvers: both })).toBe(
      'a person worked on a lock, which is the bot\'s; add the line "Reason: why" to the end of a commit message (change/lock-author)',
    );
    expect(await said({ files: LOCK, message: WHY })).toMatch(
      /2 approvals are needed, and 1 approval counts so far/,
    );
  });

  it('a reason that the bot gives is none', async () => {
    const bots = await land(world.anchor, { files: LOCK, message: WHY, by: 'bot' });
    expect(await walk(bots)).toMatchObject({ kind: 'verified' });
    const onTop = h.commit(
      h.commit(world.anchor, LOCK, 'bot', { message: WHY }),
      { 'README.md': 'x' },
      'author',
    );
    const subject = { kind: 'manual', scope: 'x' };
    const digest = await h.digest(world.anchor, onTop, subject);
    const approvals = both.map((who) => h.approval(digest, who));
    const merge = h.merge(world.anchor, onTop, { ...subject, digest, approvals });
    expect(await walk(merge)).toMatchObject({
      refusal: { sentence: expect.stringContaining('change/lock-author') },
    });
  });

  it('an exception that goes on and on needs a second team in the end, under whatever name', async () => {
    const name = 'exceptions/x.json';
    const until = (day: string): Step => ({ files: { [name]: exception(day) } });
    const [first, second, third] = [until('2024-10-20'), until('2024-11-10'), until('2024-11-30')] as const;
    expect(await said(first, second)).toBe('');
    expect(await said(first, second, third)).toBe(
      'exceptions/x.json accepts a risk for 61 days with 2 renewals, longer than usual: it needs 2 approvals by people of two teams, and 1 approval counts so far (change/longer-exception)',
    );
    expect(await said(first, second, { ...third, approvers: both })).toBe('');
    const renamed = {
      files: {
        [name]: null,
        'exceptions/y.json': exception('2024-11-30', { id: 'y', validFrom: '2024-11-11' }),
      },
    };
    expect(await said(first, second, renamed)).toContain(
      'exceptions/y.json accepts a risk for 61 days with 2 renewals',
    );
  });

  it('an exception for more than 90 days at once as well', async () => {
    expect(await said({ files: { 'exceptions/x.json': exception('2024-12-29') } })).toBe('');
    expect(await said({ files: { 'exceptions/x.json': exception('2024-12-30') } })).toContain(
      'for 91 days with 0 renewals',
    );
  });

  it('no assets fall out of every baseline unless on purpose, and none into two', async () => {
    const fewer = { files: baseline('servers', 10, ['db']) };
    expect(await said(fewer)).toBe(
      'assets with role=web of the baseline servers would be in none; add the line "Reason: why" to the end of a commit message; 2 approvals are needed, and 1 approval counts so far (change/coverage)',
    );
    expect(await said({ ...fewer, message: 'x\n\nReason: sold\n', approvers: both })).toBe('');
    const second = { files: baseline('databases', 10, ['db']), message: WHY, approvers: both };
    expect(await said(second)).toBe(
      'assets with role=db would be in two baselines of the same priority (databases, servers); change one priority or selector (change/coverage)',
    );
    expect(await said({ files: baseline('databases', 11, ['db']), approvers: both })).toBe('');
  });

  it('nobody loosens a control alone', async () => {
    const files = { 'roles.json': rolesOf(1) };
    expect(await said({ files })).toBe(
      'roles.json loosens a control (approvals.edition), which needs 2 approvals, and 1 approval counts so far (change/loosening)',
    );
    expect(await said({ files, approvers: both })).toBe('');
  });

  it('what is wanted and a lock do not land together', async () => {
    const files = { ...LOCK, ...baseline('servers', 11, ['db', 'web']) };
    expect(await said({ files, message: WHY, approvers: both })).toMatch(
      /baselines\/servers\.json .* \(change\/one-power\)$/,
    );
  });

  it('newer rules judge what lands after they were asked for, and nothing before', async () => {
    const old = { files: { 'roles.json': rolesOf(1) }, approvers: both };
    const byHand = { files: LOCK };
    const asked = { files: { 'roles.json': rolesOf(2) } };
    const again = { files: { [PROD_LOCK]: lockText('prod', '3.0.15-1~deb12u1', 3) } };
    expect(await said(old, byHand, asked)).toBe('');
    expect(await said(old, byHand, asked, again)).toMatch(/^a person worked on a lock/);
  });
});
