import { Octokit } from 'octokit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkedBoxes } from '../../src/domain/pull-boxes.ts';
import { TRAILER, trailerLines } from '../../src/domain/pull-trailers.ts';
import type { NewPull } from '../../src/ports/forge.ts';
import { toldGrowth } from '../../src/review/pull-notes.ts';
import { rawCommit } from '../support/git-fixtures.ts';
import { type HostedWorld, hostedWorld } from '../support/github/hosted-world.ts';

const CONTENT = `sha256:${'a'.repeat(64)}`;
const repo = { owner: 'acme', repo: 'fleet' };

describe('what people ask for at a pull request', () => {
  let t: HostedWorld;
  beforeEach(async () => {
    t = await hostedWorld();
  });
  afterEach(() => t.world.dispose());

  const as = (token: string): Octokit =>
    new Octokit({
      auth: token,
      request: { fetch: (url: string, init: RequestInit) => t.standIn.handle(new Request(url, init)) },
      throttle: { enabled: false },
      retry: { enabled: false },
    });
  const next = (text: string, over: Partial<NewPull> = {}): NewPull => {
    const message = `Patch\n\n${trailerLines([
      [TRAILER.kind, 'remediate'],
      [TRAILER.scope, 'servers/prod'],
      [TRAILER.content, CONTENT],
    ])}`;
    const { anchor, clone, keys } = t.world;
    const files = { 'locks/servers/prod.lock.json': text };
    const head = rawCommit(clone, { base: anchor, files, parents: [anchor], message, signer: keys.bot });
    return {
      ...{ kind: 'remediate', scope: 'servers/prod', branch: 'patchwarden/remediate/servers/prod' },
      ...{ head, expectedBranch: null, title: 'Patch', body: 'Why.', contentDigest: CONTENT },
      at: '2024-10-24T12:00:00Z',
      ...over,
    };
  };
  const bot = () => t.world.keys.bot;
  const asks = async () => {
    const listing = await t.forge.list();
    if (!listing.complete) throw new Error(listing.reason);
    return listing.pulls.map((p) => p.asks);
  };
  const bodyOf = async (number: number) =>
    (await as('will').rest.pulls.get({ ...repo, pull_number: number })).data.body ?? '';
  const edit = async (number: number, change: (body: string) => string) =>
    as('will').rest.pulls.update({ ...repo, pull_number: number, body: change(await bodyOf(number)) });
  const check = (body: string) => body.replace('- [ ]', '- [x]');

  it('the box is as good as the label, is empty afterwards, and what people wrote around stays', async () => {
    const first = next('one');
    const { number } = await t.forge.open(first, bot());
    expect(await asks()).toEqual([[]]);
    await edit(number, (body) => `Mine\r\n\r\n${check(body).replaceAll('\n', '\r\n')}\r\n\r\nMine too`);
    expect(await asks()).toEqual([['rebase']]);
    expect((await t.forge.list()) as object).toMatchObject({ pulls: [{ contentDigest: CONTENT }] });
    const again = next('two', { expectedBranch: first.head, asked: true, anew: true });
    expect(await t.forge.refresh(number, again, bot())).toMatchObject({ head: again.head, asks: [] });
    const body = await bodyOf(number);
    expect(checkedBoxes(body)).toEqual(new Set());
    expect(body).toMatch(/^Mine\n\n<!-- patchwarden:begin [^]*- \[ \] [^]*\n\nMine too$/);
    expect(await asks()).toEqual([[]]);
    const third = next('three', { expectedBranch: again.head, asked: true });
    await expect(t.forge.refresh(number, third, bot())).rejects.toMatchObject({ code: 'refused' });
  });

  it('a box outside of our part, or in a text of somebody else, is none', async () => {
    const mark = '- [x] <!-- patchwarden:box rebase --> make this branch anew';
    const first = next('one');
    const { number } = await t.forge.open(first, bot());
    await edit(number, (body) => `${body}\n\n${mark}`);
    expect(await asks()).toEqual([[]]);
    const ours = check(await bodyOf(number));
    await t.pushAs('will', 'will/notes');
    await as('will').rest.pulls.create({ ...repo, title: 'x', head: 'will/notes', base: 'main', body: ours });
    await t.pushAs('will', 'patchwarden/remediate/servers/canary');
    const branch = 'patchwarden/remediate/servers/canary';
    await as('will').rest.pulls.create({ ...repo, title: 'x', head: branch, base: 'main', body: ours });
    expect(await asks()).toEqual([[], [], []]);
  });

  it('says whose label it is, the last one that was set', async () => {
    const { number } = await t.forge.open(next('one'), bot());
    expect(await t.forge.asker?.(number, 'expedite')).toBeUndefined();
    const issue = { ...repo, issue_number: number };
    const label = (who: string, name: string) => as(who).rest.issues.addLabels({ ...issue, labels: [name] });
    await label('will', 'patchwarden/hold');
    await label('ada', 'patchwarden/expedite');
    const id = async (who: string) => (await as('ada').rest.users.getByUsername({ username: who })).data.id;
    expect(await t.forge.asker?.(number, 'expedite')).toEqual({ account: `github:${await id('ada')}` });
    await as('will').rest.issues.removeLabel({ ...issue, name: 'patchwarden/expedite' });
    await label('tess', 'patchwarden/expedite');
    expect(await asks()).toEqual([['hold', 'expedite']]);
    expect(await t.forge.asker?.(number, 'expedite')).toEqual({ account: `github:${await id('tess')}` });
  });

  it('the text alone changes where the head stays, and is read back', async () => {
    const first = next('one');
    const { number } = await t.forge.open(first, bot());
    await edit(number, (body) => `${body}\n\nMine`);
    const body = '<!-- patchwarden:growth 4 9 -->\nIt grew.\n\nWhy.';
    const told = await t.forge.refresh(number, { ...first, expectedBranch: first.head, body }, bot());
    expect(told).toMatchObject({ head: first.head, tip: first.head });
    expect(toldGrowth(told.body)).toEqual({ from: 4, to: 9 });
    expect(told.body.endsWith('\n\nMine')).toBe(true);
  });
});
