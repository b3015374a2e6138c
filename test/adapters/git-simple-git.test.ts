import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGit } from '../../src/adapters/git-simple-git.ts';
import { complaint } from '../../src/adapters/git-simple-git-run.ts';
import { gitConformance } from '../ports/git.conformance.ts';
import { createWorld, rawCommit, git as rawGit, type World } from '../support/git-fixtures.ts';

gitConformance('openGit', openGit);

describe('openGit', () => {
  let world: World;
  beforeAll(() => {
    world = createWorld();
  });
  afterAll(() => world.dispose());

  it('refuses what is not the top directory of a repository', async () => {
    const inside = join(world.clone, 'locks');
    mkdirSync(join(world.dir, 'plain'));
    for (const dir of [
      join(world.dir, 'missing'),
      join(world.dir, 'plain'),
      inside,
      join(world.clone, '.git'),
    ])
      await expect(openGit(dir), dir).rejects.toMatchObject({ code: 'not-a-repository' });
    expect((await openGit(world.origin)).dir).toBe(world.origin);
  });

  it('runs no hook of the repository, neither here nor for a push', async () => {
    const marker = join(world.dir, 'hook-ran');
    mkdirSync(join(world.clone, '.git', 'hooks'));
    for (const hook of ['reference-transaction', 'pre-push', 'post-index-change']) {
      const file = join(world.clone, '.git', 'hooks', hook);
      writeFileSync(file, `#!/bin/sh\n: > ${marker}\n`);
      chmodSync(file, 0o755);
    }
    const git = await openGit(world.clone);
    await git.updateRefs([{ ref: 'refs/patchwarden/h', to: world.anchor, expected: null }]);
    await git.push('origin', [{ ref: 'refs/heads/h', to: world.anchor, expected: null }]);
    expect(existsSync(marker)).toBe(false);
  });

  it('sees through replaced objects, grafts and a lying signing program', async () => {
    const other = rawCommit(world.clone, { parents: [], message: 'other\n', signer: world.keys.outsider });
    const child = rawCommit(world.clone, {
      parents: [world.anchor],
      message: 'child\n',
      signer: world.keys.outsider,
    });
    rawGit(world.clone, ['replace', world.anchor, other]);
    mkdirSync(join(world.clone, '.git', 'info'), { recursive: true });
    writeFileSync(join(world.clone, '.git', 'info', 'grafts'), `${child} ${other}\n`);
    const liar = join(world.dir, 'liar');
    writeFileSync(
      liar,
      '#!/bin/sh\necho \'Good "git" signature for ben@example.org with ED25519 key SHA256:x\'\n',
    );
    chmodSync(liar, 0o755);
    rawGit(world.clone, ['config', 'gpg.ssh.program', liar]);
    const git = await openGit(world.clone);
    expect((await git.readCommit(world.anchor)).message).toBe('Start\n');
    expect(await git.firstParentLine(world.anchor, child)).toEqual([child]);
    expect(await git.verifyCommit(child, world.allowedSigners)).toEqual({
      valid: false,
      reason: 'unknown-key',
    });
  });

  it('says when older history was cut off', async () => {
    const dir = join(world.dir, 'shallow');
    rawCommit(world.origin, { parents: [], message: 'x\n', signer: null });
    const tip = rawCommit(world.origin, { parents: [world.anchor], message: 'tip\n', signer: null });
    rawGit(world.origin, ['update-ref', 'refs/heads/deep', tip]);
    rawGit(world.dir, ['clone', '-q', '--depth=1', '--branch=deep', `file://${world.origin}`, dir]);
    expect(await (await openGit(dir)).isShallow()).toBe(true);
    expect(await (await openGit(world.clone)).isShallow()).toBe(false);
  });

  it('shows what is changed in the work tree', async () => {
    writeFileSync(join(world.clone, 'roles.json'), '{}');
    writeFileSync(join(world.clone, 'new file'), '');
    const git = await openGit(world.clone);
    expect((await git.workTree()).dirty).toEqual(['roles.json', 'new file']);
    rawGit(world.clone, ['checkout', '-q', '--', 'roles.json']);
  });

  it.each([
    ['it has two "author" headers', (raw: string) => raw.replace(/^author .*$/m, '$&\n$&')],
    [
      'it has two "gpgsig" headers',
      (raw: string) => raw.replace(/^gpgsig[^]*?END SSH SIGNATURE-----$/m, '$&\n$&'),
    ],
  ])('refuses a commit of which two readers could read two things: %s', async (why, change) => {
    const git = await openGit(world.clone);
    const raw = change(await git.rawCommit(world.anchor));
    const id = rawGit(world.clone, ['hash-object', '-t', 'commit', '-w', '--literally', '--stdin'], {
      input: raw,
    });
    await expect(git.readCommit(id)).rejects.toMatchObject({
      code: 'forge-failed',
      message: expect.stringContaining(why),
    });
  });

  it('takes no revision for an option', async () => {
    const git = await openGit(world.clone);
    await expect(git.readFile('--help', 'x')).rejects.toMatchObject({ code: 'usage' });
    expect(await git.resolve('--help')).toBeUndefined();
  });
});

describe('complaint', () => {
  it.each([
    ['hint: try\nfatal: no such thing\n', 'no such thing'],
    ['warning: a\nremote: error: denied\n', 'denied'],
    ['', 'no message'],
    ['fatal: \u001b[31mred\n', '\\u{1b}[31mred'],
  ])('%j → %s', (stderr, expected) => expect(complaint(stderr)).toBe(expected));
});
