import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GiteaPull, must } from './support/gitea-api.ts';
import { readAccessLog, writesOf } from './support/gitea-log.ts';
import { giteaVersion, whyNoGitea } from './support/gitea-server.ts';
import { type GiteaWorld, giteaWorld, REPO, REPOSITORY } from './support/gitea-world.ts';

const why = whyNoGitea();
const title = `Gitea ${giteaVersion()}, a real forge${why === undefined ? '' : ` (skipped: ${why})`}`;

describe.skipIf(why !== undefined)(title, () => {
  let w: GiteaWorld;
  beforeAll(async () => {
    w = await giteaWorld();
  });
  afterAll(() => w?.stop());
  const numbers = (list: readonly { readonly number: number }[]) => list.map((one) => one.number);

  it('runs as the version that go.mod names', async () => {
    expect(await must(w.gitea.api()('GET', '/version'))).toEqual({ version: giteaVersion() });
  });

  it('takes a first push, with each form of credentials', async () => {
    await w.gitea.repository('bot', 'empty', { empty: true });
    const { git, refused } = w.clone;
    const url = w.gitea.gitUrl('bot/empty');
    const basic = Buffer.from(`bot:${w.tokens.bot}`).toString('base64');
    const forms = [`Basic ${basic}`, `token ${w.tokens.bot}`, `Bearer ${w.tokens.bot}`];
    for (const [i, form] of forms.entries()) {
      const branch = i === 0 ? 'main' : `by-${i}`;
      git('-c', `http.extraHeader=Authorization: ${form}`, 'push', '-q', url, `HEAD:refs/heads/${branch}`);
    }
    const head = git('rev-parse', 'HEAD');
    expect(git('ls-remote', url, 'HEAD', 'refs/heads/*').split('\n')).toEqual(
      ['HEAD', 'refs/heads/by-1', 'refs/heads/by-2', 'refs/heads/main'].map((ref) => `${head}\t${ref}`),
    );
    expect(refused('push', url, 'HEAD:refs/heads/x')).toMatch(/could not read Username/);
    const mallory = w.gitea.gitUrl(REPOSITORY, { user: 'mallory', token: w.tokens.mallory });
    expect(refused('push', mallory, 'HEAD:refs/heads/x')).toMatch(/User permission denied for writing/);
  });

  it('keeps refs of our own, leases and atomic pushes', () => {
    const { git, refused } = w.clone;
    git('push', '-q', '--atomic', 'origin', 'HEAD:refs/patchwarden/a', 'HEAD:refs/heads/atomic');
    expect(git('ls-remote', 'origin', 'refs/patchwarden/*')).toMatch(/^[0-9a-f]{40}\trefs\/patchwarden\/a$/);
    git('commit', '-q', '--allow-empty', '-m', 'next');
    const lease = `--force-with-lease=refs/heads/atomic:${'1'.repeat(40)}`;
    const refs = ['HEAD:refs/heads/atomic', 'HEAD:refs/patchwarden/b'];
    expect(refused('push', '--atomic', lease, 'origin', ...refs)).toMatch(/stale info/);
    expect(git('ls-remote', 'origin', 'refs/patchwarden/b')).toBe('');
  });

  it('logs every request with its account, by which reading is told from writing', async () => {
    const before = (await w.gitea.accessLog()).length;
    const since = async () => (await w.gitea.accessLog()).slice(before);
    w.clone.git('fetch', '-q', 'origin', 'refs/patchwarden/a');
    w.clone.git('ls-remote', 'origin');
    await must(w.bot('GET', `${REPO}/pulls?state=all`));
    expect(writesOf(await since())).toEqual([]);
    expect((await since()).length).toBeGreaterThanOrEqual(3);
    w.clone.git('push', '-q', 'origin', 'HEAD:refs/heads/logged');
    await w.alice('POST', `${REPO}/issues`, {});
    const pushed = { method: 'POST', path: `/${REPOSITORY}.git/git-receive-pack`, status: 200, user: 'bot' };
    expect(writesOf(await since())).toEqual([
      pushed,
      { method: 'POST', path: `/api/v1${REPO}/issues`, status: 422, user: 'alice' },
    ]);
    expect(() => readAccessLog('something else\n')).toThrow(/form that is not known: something else/);
  });

  it('does not run as root', () => {
    expect(readFileSync(`/proc/${w.gitea.pid}/comm`, 'utf8')).toBe('gitea\n');
    expect(readFileSync(`/proc/${w.gitea.pid}/status`, 'utf8')).not.toMatch(/^Uid:\t0\t/m);
  });

  it('creates, edits, labels and closes issues', async () => {
    const issue = await must<GiteaPull>(w.bot('POST', `${REPO}/issues`, { title: 'a', body: 'b' }));
    const path = `${REPO}/issues/${issue.number}`;
    expect(issue).toMatchObject({ state: 'open', pull_request: null, labels: [], content_version: 0 });
    expect(await w.bot('PATCH', path, { title: 'c', body: 'd', state: 'closed' })).toMatchObject({
      status: 201,
      body: { title: 'c', body: 'd', state: 'closed', content_version: 1 },
    });
    expect(await w.bot('PATCH', path, { body: 'e', content_version: 0 })).toMatchObject({
      status: 409,
      body: { message: 'the issue is already changed' },
    });
    const comment = await must<{ readonly id: number }>(w.alice('POST', `${path}/comments`, { body: 'one' }));
    await must(w.alice('PATCH', `${REPO}/issues/comments/${comment.id}`, { body: 'two' }));
    expect(await must(w.bot('GET', `${path}/comments`))).toMatchObject([
      { id: comment.id, body: 'two', user: { login: 'alice' } },
    ]);
    expect(await w.timeline(issue.number)).toEqual(['change_title bot', 'close bot', 'comment alice']);
    expect(await w.bot('GET', `${REPO}/pulls/${issue.number}`)).toMatchObject({ status: 404 });
    expect(await w.bot('PATCH', `${REPO}/issues/9999`, { title: 'x' })).toMatchObject({ status: 404 });
    expect(await w.mallory('PATCH', path, { title: 'x' })).toMatchObject({ status: 403 });
  });

  it('drops labels that it does not know, in a filter too, and has two of one name', async () => {
    const [marked, other] = [
      await must<GiteaPull>(w.bot('POST', `${REPO}/issues`, { title: 'marked' })),
      await must<GiteaPull>(w.bot('POST', `${REPO}/issues`, { title: 'other' })),
    ];
    const label = (name: string) =>
      w.bot('POST', `${REPO}/issues/${marked.number}/labels`, { labels: [name] });
    expect(await label('kind')).toMatchObject({ status: 200, body: [] });
    const filtered = async () =>
      numbers(
        await must<readonly GiteaPull[]>(w.bot('GET', `${REPO}/issues?state=all&type=issues&labels=kind`)),
      );
    expect(await filtered()).toEqual(expect.arrayContaining([marked.number, other.number]));
    for (const _ of [1, 2])
      expect(await w.bot('POST', `${REPO}/labels`, { name: 'kind', color: '#00aabb' })).toMatchObject({
        status: 201,
        body: { name: 'kind', color: '00aabb' },
      });
    expect(await must(label('kind'))).toHaveLength(2);
    expect(await filtered()).toEqual([marked.number]);
  });

  it('sets statuses, of states that there are not too', async () => {
    const head = w.clone.push('status');
    const set = (sha: string, state: string) =>
      w.bot('POST', `${REPO}/statuses/${sha}`, { state, context: 'patchwarden', description: 'd' });
    const status = { status: 'success', context: 'patchwarden', description: 'd', creator: { login: 'bot' } };
    expect(await set(head, 'pending')).toMatchObject({ status: 201 });
    expect(await set(head, 'success')).toMatchObject({ status: 201, body: status });
    expect(await must(w.bot('GET', `${REPO}/commits/${head}/status`))).toMatchObject({
      state: 'success',
      total_count: 1,
      statuses: [status],
    });
    expect(await must(w.bot('GET', `${REPO}/commits/${head}/statuses`))).toHaveLength(2);
    expect(await set(head, 'great')).toMatchObject({ status: 201, body: { status: 'great' } });
    expect(await set('1'.repeat(40), 'success')).toMatchObject({ status: 500 });
    expect(await w.mallory('POST', `${REPO}/statuses/${head}`, { state: 'success' })).toMatchObject({
      status: 403,
    });
  });

  it('lists 50 pull requests at most a page, newest first, of every state unless asked', async () => {
    const count = 53;
    const head = w.clone.push('many');
    const branches = Array.from({ length: count }, (_, i) => `many-${i}`);
    w.clone.git('push', '-q', 'origin', ...branches.map((b) => `${head}:refs/heads/${b}`));
    const opened: number[] = [];
    for (const branch of branches) opened.push((await w.open(branch)).number);
    await must(w.bot('PATCH', `${REPO}/pulls/${opened[0]}`, { state: 'closed' }));
    const list = async (query: string) => {
      const { status, body, headers } = await w.bot('GET', `${REPO}/pulls?${query}`);
      expect(status).toBe(200);
      return {
        numbers: numbers(body as readonly GiteaPull[]),
        total: headers.get('x-total-count'),
        link: headers.get('link'),
      };
    };
    const newest = [...opened].reverse();
    const all = String(count);
    expect(await list('state=all&limit=100')).toMatchObject({
      numbers: newest.slice(0, 50),
      total: all,
      link: expect.stringMatching(/[?&]page=2[&>].*rel="next"/),
    });
    expect(await list('state=all&limit=100&page=2')).toMatchObject({ numbers: newest.slice(50), total: all });
    expect(await list('state=all&limit=100&page=3')).toMatchObject({ numbers: [], total: all });
    expect(await list('')).toMatchObject({ numbers: newest.slice(0, 30), total: all });
    expect(await list('limit=0')).toMatchObject({ numbers: newest.slice(0, 30) });
    expect(await list('state=all&sort=oldest&limit=2')).toMatchObject({ numbers: opened.slice(0, 2) });
    expect(await list('state=closed')).toMatchObject({ numbers: opened.slice(0, 1), total: '1' });
    expect(await list('state=open')).toMatchObject({ total: String(count - 1) });
    expect(await list('head=bot:many-1')).toMatchObject({ total: all });
    expect(await list('poster=alice')).toMatchObject({ numbers: [], total: '0' });
    expect(await list('base_branch=other')).toMatchObject({ numbers: [], total: '0' });
  });
});
