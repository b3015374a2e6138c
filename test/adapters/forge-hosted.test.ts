import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { box, checkedBoxes, openRequest } from '../../src/domain/pull-boxes.ts';
import type { Forge } from '../../src/ports/forge.ts';
import { unavailable } from '../support/github/faults.ts';
import { type HostedWorld, hostedWorld } from '../support/github/hosted-world.ts';

describe('what a forge with pages does beside pull requests', () => {
  let t: HostedWorld;
  let dashboard: NonNullable<Forge['dashboard']>;
  let note: NonNullable<Forge['note']>;
  beforeEach(async () => {
    t = await hostedWorld();
    if (!t.forge.dashboard || !t.forge.note) throw new Error('this forge has no pages');
    ({ dashboard, note } = t.forge as Required<Pick<Forge, 'dashboard' | 'note'>>);
  });
  afterEach(() => t.world.dispose());

  const issues = () => t.standIn.state.issues.filter((i) => !('pull' in i && i.pull));
  const writes = () =>
    t.standIn.log.filter((l) => l.method !== 'GET' && !l.path.startsWith('/graphql')).length;

  it.each([403, 404, 409, 422, 500])('R5: lists nothing when a page answers %d', async (status) => {
    t.fault((request) => (/\/pulls\?/.test(request.url) ? { before: unavailable(status) } : 'none'));
    expect(await t.forge.list()).toMatchObject({ complete: false });
    t.fault(() => 'none');
    expect(await t.forge.list()).toEqual({ complete: true, pulls: [] });
  });

  it('makes one dashboard, changes it when it says something else, and writes nothing else', async () => {
    expect(await dashboard('Look', 'one')).toBe(true);
    expect(await dashboard('Look', 'one')).toBe(false);
    expect(await dashboard('Look', 'two')).toBe(true);
    expect(issues().map((i) => [i.title, i.body?.startsWith('two')])).toEqual([['Look', true]]);
    expect(writes()).toBe(2);
  });

  it('reads what was checked in its dashboard, keeps what is checked meanwhile, and lets the rest go', async () => {
    const line = (scope: string) => box(openRequest('remediate', scope), 'open now');
    expect(await t.forge.dashboardText?.()).toBeUndefined();
    await dashboard('Look', `${line('a')}\n${line('b')}`);
    const [issue] = issues();
    if (!issue) throw new Error('there is no dashboard');
    const asked = async () => [...checkedBoxes((await t.forge.dashboardText?.()) ?? '')];
    expect(await asked()).toEqual([]);
    issue.body = (issue.body ?? '').replaceAll('- [ ]', '- [x]').replaceAll('\n', '\r\n');
    expect(await asked()).toEqual(['open remediate a', 'open remediate b']);
    await dashboard('Look', `Something else\n${line('b')}\n${line('c')}`);
    expect(await asked()).toEqual(['open remediate b']);
    expect(await dashboard('Look', `Something else\n${line('b')}\n${line('c')}`)).toBe(false);
    issue.state = 'closed';
    expect(await t.forge.dashboardText?.()).toBeUndefined();
  });

  it('reads no box in an issue of somebody else, whatever mark it has', async () => {
    const theirs = `${box('open remediate a', 'open now').replace('[ ]', '[x]')}\n\n<!-- patchwarden:note dashboard -->`;
    await (await t.as('will')).createIssue('Look', theirs);
    expect(await t.forge.dashboardText?.()).toBeUndefined();
    await dashboard('Look', box('open remediate a', 'open now'));
    expect([...checkedBoxes((await t.forge.dashboardText?.()) ?? '')]).toEqual([]);
  });

  it('does not reopen a dashboard that a person closed, nor make another', async () => {
    await dashboard('Look', 'one');
    const [issue] = issues();
    if (!issue) throw new Error('there is no dashboard');
    issue.state = 'closed';
    expect(await dashboard('Look', 'two')).toBe(false);
    expect(issues()).toHaveLength(1);
  });

  it('finds its own dashboard after an answer that got lost', async () => {
    t.fault((request) =>
      request.method === 'POST' && request.url.endsWith('/issues') ? { after: 'drop' } : 'none',
    );
    await expect(dashboard('Look', 'one')).rejects.toMatchObject({ code: 'forge-failed' });
    t.fault(() => 'none');
    expect(await dashboard('Look', 'one')).toBe(false);
    expect(issues()).toHaveLength(1);
  });

  it('says a thing once, also when the answer got lost or the reading failed', async () => {
    await dashboard('Look', 'one');
    const number = issues()[0]?.number ?? 0;
    t.fault((request) => (request.method === 'POST' ? { after: unavailable(502) } : 'none'));
    await expect(note(number, 'k', 'Hello')).rejects.toMatchObject({ code: 'forge-failed' });
    t.fault(() => ({ before: 'drop' }));
    await expect(note(number, 'k', 'Hello')).rejects.toMatchObject({ code: 'forge-failed' });
    t.fault(() => 'none');
    await note(number, 'k', 'Hello');
    await note(number, 'other', 'Bye');
    const posted = t.standIn.log.filter(
      (l) => l.method === 'POST' && l.path.endsWith('/comments') && l.done === 201,
    );
    expect(posted).toHaveLength(2);
  });
});
