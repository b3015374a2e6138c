import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openForge } from '../../src/adapters/forge-git.ts';
import { openGit } from '../../src/adapters/git-simple-git.ts';
import type { GitForge, NewPull } from '../../src/ports/forge.ts';
import { gitForgeConformance } from '../ports/forge.conformance.ts';
import { createWorld, rawCommit, git as rawGit, type World } from '../support/git-fixtures.ts';

const OPTIONS = { remote: 'origin', base: 'main' };
const AT = '2024-10-24T12:00:00Z';

gitForgeConformance('openForge', async () => {
  const world = createWorld();
  const second = join(world.dir, 'second');
  rawGit(world.dir, ['clone', '-q', world.origin, second]);
  const [git, otherGit] = [await openGit(world.clone), await openGit(second)];
  // Both clones have the commits, as after a fetch; what is tested is who writes first.
  const inBoth = (make: (dir: string) => string): string => [world.clone, second].map(make)[0] ?? '';
  return {
    forge: openForge(git, OPTIONS),
    other: openForge(otherGit, OPTIONS),
    base: world.anchor,
    bot: world.keys.bot.email,
    personPushes: async (branch) => {
      const before = rawGit(world.origin, ['for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`]);
      const commit = rawCommit(world.origin, {
        base: before || world.anchor,
        files: { 'notes.md': 'mine' },
        parents: [before || world.anchor],
        message: 'm\n',
        signer: world.keys.approver,
      });
      rawGit(world.origin, ['update-ref', `refs/heads/${branch}`, commit]);
      return commit;
    },
    personCloses: async (number) => {
      const theirs = openForge(otherGit, OPTIONS);
      await theirs.close(number, 'no', AT, world.keys.approver, { deleteBranch: true });
      return world.keys.approver.email;
    },
    head: async (text, message) =>
      inBoth((dir) =>
        rawCommit(dir, {
          base: world.anchor,
          files: { 'locks/servers/prod.lock.json': text },
          parents: [world.anchor],
          message,
          signer: world.keys.bot,
        }),
      ),
    merge: async (base, head) =>
      inBoth((dir) =>
        rawCommit(dir, { base: head, parents: [base, head], message: 'm\n', signer: world.keys.merger }),
      ),
    branches: async () => {
      const lines = rawGit(world.origin, [
        'for-each-ref',
        '--format=%(refname:lstrip=2) %(objectname)',
        'refs/heads',
      ]);
      return new Map(lines.split('\n').map((l) => l.split(' ') as [string, string]));
    },
    breakListing: () => rmSync(world.origin, { recursive: true }),
    dispose: () => world.dispose(),
  };
});

describe('a chain on the remote that no honest writer makes', () => {
  let world: World;
  let forge: GitForge;
  let pull: NewPull;
  beforeEach(async () => {
    world = createWorld();
    forge = openForge(await openGit(world.clone), OPTIONS);
    const head = rawCommit(world.clone, {
      base: world.anchor,
      files: { 'locks/x.json': '{}' },
      parents: [world.anchor],
      message: 'c\n',
      signer: world.keys.bot,
    });
    pull = {
      kind: 'drift',
      scope: 'unowned',
      branch: 'patchwarden/drift/unowned',
      head,
      expectedBranch: null,
      title: 'T',
      body: 'B',
      contentDigest: `sha256:${'a'.repeat(64)}`,
      at: AT,
    };
    await forge.open(pull, world.keys.bot);
  });
  afterEach(() => world.dispose());

  const REF = 'refs/patchwarden/pulls/1';
  const tip = () => rawGit(world.origin, ['rev-parse', REF]);
  const close = { apiVersion: 'patchwarden/v1', type: 'close', pull: 1, at: AT, reason: 'r' };
  const message = (type: string, n = 1) => `Event\n\nPatchwarden-Event: ${type}\nPatchwarden-Pull: ${n}\n`;
  const push = (event: unknown, text: string, signed = true) => {
    const commit = rawCommit(world.origin, {
      files: { 'event.json': typeof event === 'string' ? event : JSON.stringify(event) },
      parents: [tip()],
      message: text,
      signer: signed ? world.keys.approver : null,
    });
    rawGit(world.origin, ['update-ref', REF, commit]);
  };

  it.each<[string, () => void, string]>([
    ['an unsigned event', () => push(close, message('close'), false), 'not signed'],
    ['an event that is no JSON', () => push('{', message('close')), 'event.json'],
    ['an unknown event', () => push({ ...close, type: 'bless' }, message('bless')), 'no event'],
    ['a key given twice', () => push('{"pull":1,"pull":2}', message('close')), 'event.json'],
    [
      'an event of another pull request',
      () => push({ ...close, pull: 2 }, message('close', 2)),
      'pull request 2',
    ],
    ['a message that says another thing', () => push(close, message('merge')), 'differ'],
    [
      'an event after the end',
      () => {
        push(close, message('close'));
        push(close, message('close'));
      },
      'after it was closed',
    ],
    ['a chain without a start', () => rawGit(world.origin, ['update-ref', REF, world.anchor]), 'event.json'],
    [
      'a reference that is no number',
      () => rawGit(world.origin, ['update-ref', 'refs/patchwarden/pulls/x', world.anchor]),
      'no pull request',
    ],
  ])('%s makes the listing incomplete, never shorter', async (_case, attack, reason) => {
    attack();
    expect(await forge.list()).toEqual({ complete: false, reason: expect.stringContaining(reason) });
  });

  it('an honest event on top is read', async () => {
    push(close, message('close'));
    expect(await forge.all()).toMatchObject({
      complete: true,
      pulls: [{ state: 'closed', closedBy: 'ben@example.org' }],
    });
  });

  it('notices a chain that was deleted or rewritten since it was last seen', async () => {
    await forge.list();
    const before = tip();
    rawGit(world.origin, ['update-ref', '-d', REF]);
    expect(await forge.list()).toMatchObject({ complete: false, reason: expect.stringContaining('deleted') });
    const rewritten = rawCommit(world.origin, {
      base: before,
      parents: [pull.head],
      message: rawGit(world.origin, ['log', '-1', '--format=%B', before]),
      signer: world.keys.outsider,
    });
    rawGit(world.origin, ['update-ref', REF, rewritten]);
    const listing = await forge.list();
    expect(listing).toMatchObject({ complete: false, reason: expect.stringContaining('rewritten') });
    const command = /git (update-ref -d \S+)/.exec(listing.complete ? '' : listing.reason)?.[1] ?? '';
    rawGit(world.clone, command.split(' '));
    expect(await forge.list()).toMatchObject({ complete: true });
  });

  it('keeps a branch that somebody pushed to when its pull request is closed', async () => {
    const theirs = rawCommit(world.origin, {
      base: world.anchor,
      parents: [world.anchor],
      message: 'mine\n',
      signer: null,
    });
    rawGit(world.origin, ['update-ref', `refs/heads/${pull.branch}`, theirs]);
    await forge.close(1, 'done', AT, world.keys.bot, { deleteBranch: true });
    expect(rawGit(world.origin, ['rev-parse', `refs/heads/${pull.branch}`])).toBe(theirs);
  });
});
