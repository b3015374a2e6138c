import { afterAll, beforeAll, expect, it } from 'vitest';
import { openGit } from '../../src/adapters/git-simple-git.ts';
import { createWorld, rawCommit, git as rawGit, type World } from '../support/git-fixtures.ts';
import { allowedSignersOf } from '../support/keys.ts';

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.dispose());

it('signatures that are asked for together are each checked for themselves, by their own signers', async () => {
  const { clone, keys, allowedSigners } = world;
  const commit = (message: string, signer: (typeof keys)['author'] | null) =>
    rawCommit(clone, { parents: [], message, signer });
  const good = commit('by Anna\n', keys.author);
  const other = commit('by Ben\n', keys.approver);
  const stranger = commit('by Otto\n', keys.outsider);
  const unsigned = commit('by nobody\n', null);
  const forged = rawGit(clone, ['hash-object', '-t', 'commit', '-w', '--stdin'], {
    input: `${rawGit(clone, ['cat-file', 'commit', good]).replace('by Anna', 'by Anne')}\n`,
  });
  const git = await openGit(clone);
  const onlyBen = allowedSignersOf(keys, ['approver']);
  const all = await Promise.all(
    [good, stranger, forged, other, unsigned, good].map((id) => git.verifyCommit(id, allowedSigners)),
  );
  const said = all.map((c) => (c.valid ? c.principal : c.reason));
  expect(said).toEqual([
    ...[keys.author.email, 'unknown-key', 'bad-signature'],
    ...[keys.approver.email, 'unsigned', keys.author.email],
  ]);
  const later = await Promise.all([good, other].map((id) => git.verifyCommit(id, onlyBen)));
  expect(later.map((c) => (c.valid ? c.principal : c.reason))).toEqual(['unknown-key', keys.approver.email]);
});
