import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openForge } from '../../src/adapters/forge-git.ts';
import { openGit } from '../../src/adapters/git-simple-git.ts';
import { createWire } from '../../src/app/wire.ts';
import { runCli } from '../../src/cli/cli.ts';
import { KEY } from '../support/evidence-world.ts';
import { createWorld, lockText, NOW, ROLES, git as rawGit, type World } from '../support/git-fixtures.ts';
import { historyWriter, PROD_LOCK } from '../support/history.ts';

describe('patchwarden pr', () => {
  let world: World;
  beforeAll(async () => {
    const roles = { ...ROLES, log: { key: KEY.verifier.text } };
    world = createWorld({ 'roles.json': `${JSON.stringify(roles, null, 2)}\n` });
    const git = await openGit(world.clone);
    const forge = openForge(git, { remote: 'origin', base: 'main' });
    const h = historyWriter(world, git);
    for (const [branch, version] of [
      ['patchwarden/remediate/servers/prod', '3.0.14-1'],
      ['patchwarden/rollback/servers/prod', '3.0.10-1'],
    ] as const) {
      const kind = branch.includes('rollback') ? 'rollback' : 'remediate';
      const head = h.commit(world.anchor, { [PROD_LOCK]: lockText('prod', version, 2) });
      const contentDigest = await h.digest(world.anchor, head, { kind });
      const text = { title: `To ${version} \u001b[31m`, body: '# Why\n\nBe\u202ecause.\n' };
      const pull = {
        kind,
        scope: 'servers/prod',
        branch,
        head,
        expectedBranch: null,
        contentDigest,
        at: NOW,
      } as const;
      await forge.open({ ...pull, ...text }, world.keys.bot);
    }
  });
  afterAll(() => world.dispose());

  const run = async (...argv: string[]) => {
    let [out, err] = ['', ''];
    const code = await runCli(['pr', ...argv, ...(argv.includes('--repo') ? [] : ['--repo', world.clone])], {
      cwd: world.dir,
      env: {},
      out: (t) => {
        out += t;
      },
      err: (t) => {
        err += t;
      },
      isTty: false,
      wire: { ...createWire(), log: { info: (m) => void (err += `${m}\n`), warn: () => undefined } },
    });
    return { code, out, err };
  };
  const keyOf = (who: keyof World['keys']) => ['--key', world.keys[who].key];

  it('lists, as text that cannot move the cursor and as JSON', async () => {
    const { code, out } = await run('list');
    expect(code).toBe(0);
    expect(out).toBe(
      '#1  open    remediate servers/prod  To 3.0.14-1 \\u{1b}[31m\n#2  open    rollback servers/prod  To 3.0.10-1 \\u{1b}[31m\n',
    );
    const json = JSON.parse((await run('list', '--format', 'json')).out);
    expect(json.pulls).toMatchObject([{ number: 1, state: 'open', kind: 'remediate' }, { number: 2 }]);
  });

  it('shows one with what is missing', async () => {
    const { out } = await run('show', '1');
    expect(out).toContain('verdict   not yet: 0 of 1 needed approvals count (change/enough-approvals)');
    expect(out).toContain('change    modified locks/servers/prod.lock.json (lock)');
    expect(out).toContain('Be\\u{202e}cause.');
    const json = JSON.parse((await run('show', '1', '--format', 'json')).out);
    expect(json).toMatchObject({ verdict: { allowed: false }, authors: ['bot'], trouble: null });
  });

  it.each<[string, () => string[], number, RegExp]>([
    ['no such pull request', () => ['show', '9'], 2, /no pull request 9/],
    ['no number', () => ['approve'], 2, /name a pull request/],
    ['a number that is none', () => ['show', '1;rm'], 2, /digits only/],
    ['an unknown action', () => ['bless', '1'], 2, /action/],
    ['a stray option', () => ['list', '--dry-run'], 2, /does not take --dry-run/],
    ['no policy repository', () => ['list', '--repo', world.dir], 2, /repository/],
    ['a merge without approvals', () => ['merge', '1', ...keyOf('approver')], 1, /0 of 1 needed approvals/],
    ['the key of another person', () => ['approve', '1', ...keyOf('author')], 5, /anna/],
    ['the key of nobody', () => ['approve', '1', ...keyOf('outsider')], 5, /allowed-signers/],
    ['a key that is not there', () => ['approve', '1', '--key', 'missing'], 2, /missing/],
  ])('%s', async (_case, argv, code, message) => {
    const result = await run(...argv());
    expect(result).toMatchObject({ code, out: '', err: expect.stringMatching(message) });
  });

  it('the bot is refused at once', async () => {
    rawGit(world.clone, ['config', 'user.email', world.keys.bot.email]);
    const result = await run('approve', '1', ...keyOf('bot'));
    rawGit(world.clone, ['config', 'user.email', world.keys.approver.email]);
    expect(result).toMatchObject({ code: 1, err: expect.stringContaining('the bot approves nothing') });
  });

  it('approves as a dry run, then really, with the clone’s own key; merges; closes the other', async () => {
    const dry = await run('approve', '1', '--dry-run');
    expect(dry).toMatchObject({ code: 0, out: expect.stringMatching(/^would have approved/) });
    expect((await run('show', '1')).out).not.toContain('approval  ');
    const approved = await run('approve', '1');
    expect(approved.out).toContain('may be merged (change/enough-approvals)');
    expect((await run('approve', '1')).out).toMatch(/^nothing to do/);
    const merged = await run('merge', '1', '--format', 'json');
    expect(merged.code).toBe(0);
    const { pull } = JSON.parse(merged.out);
    expect(pull.merge).toBe(rawGit(world.origin, ['rev-parse', 'main']));
    expect(rawGit(world.origin, ['log', '-1', '--format=%B', 'main'])).toMatch(
      /^Patchwarden-Evidence: 0:[0-9a-f]{64}$/m,
    );
    const conflict = await run('merge', '2');
    expect(conflict).toMatchObject({ code: 3, err: expect.stringContaining('does not merge cleanly') });
    expect((await run('show', '2')).out).toContain('trouble   the proposal does not merge cleanly');
    expect(await run('close', '2', '--reason', 'obsolete')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^closed/),
    });
    expect((await run('show', '2')).out).toContain('state     closed: obsolete');
    expect(await run('merge', '1')).toMatchObject({
      code: 1,
      err: expect.stringContaining('merged already'),
    });
  });

  it('says that the remote is gone', async () => {
    rawGit(world.clone, ['remote', 'set-url', 'origin', '/nonexistent']);
    expect(await run('list')).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringContaining('cannot fetch'),
    });
  });
});
