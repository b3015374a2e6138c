import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGit } from '../../src/adapters/git-simple-git.ts';
import { gitLease, LEASE_REF } from '../../src/adapters/lease-git.ts';
import { instantOf } from '../../src/domain/time.ts';
import { leaseConformance } from '../ports/lease.conformance.ts';
import { createWorld, git as rawGit, type World } from '../support/git-fixtures.ts';

let world: World;
let at: number;
let clones = 0;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.dispose());

const clear = () => {
  if (rawGit(world.origin, ['for-each-ref', LEASE_REF]) !== '')
    rawGit(world.origin, ['update-ref', '-d', LEASE_REF]);
  at = Date.parse('2024-10-24T12:00:00Z');
};
const clock = { now: () => instantOf(at) };
const open = async () => {
  clones += 1;
  const dir = join(world.dir, `controller-${clones}`);
  rawGit(world.dir, ['clone', '-q', '--template=', world.origin, dir]);
  return gitLease({ git: await openGit(dir), remote: 'origin', clock, signer: world.keys.bot });
};

leaseConformance('git', async () => {
  clear();
  return { open, pass: (seconds) => void (at += seconds * 1000) };
});

describe('on the remote', () => {
  it('is one signed commit without parents, and a foreign one is an error that says what to do', async () => {
    clear();
    const lease = await open();
    await lease.acquire('a', 60);
    await lease.renew('a', 1, 120);
    expect(rawGit(world.origin, ['rev-list', '--count', LEASE_REF]).trim()).toBe('1');
    expect(rawGit(world.origin, ['cat-file', '-p', LEASE_REF])).toContain('gpgsig');
    expect(JSON.parse(rawGit(world.origin, ['show', `${LEASE_REF}:lease.json`]))).toEqual({
      ...{ holder: 'a', epoch: 1, until: '2024-10-24T12:02:00Z' },
    });
    rawGit(world.origin, ['update-ref', LEASE_REF, 'refs/heads/main']);
    await expect(lease.acquire('b', 60)).rejects.toMatchObject({
      code: 'forge-failed',
      message: expect.stringContaining(`git push origin :${LEASE_REF}`),
    });
  });
});
