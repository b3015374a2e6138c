import { expect, it } from 'vitest';
import type { LockCleanup } from '../../src/domain/lock-cleanup.ts';
import { housekeepingBody, housekeepingTitle } from '../../src/review/housekeeping-text.ts';
import { digest } from '../support/builders/evidence.ts';
import { entry, key, lock } from '../support/builders/rings.ts';
import { anException } from '../support/fleet-world.ts';

const before = lock('prod', 4, { gone: entry('1.0'), kept: entry('2.0') });
const cleanup = {
  path: 'locks/servers/prod.lock.json',
  before,
  after: lock('prod', 5, { kept: entry('2.0') }),
  gone: [key('gone')],
};
const facts = (n: number, ticket = 'T-1', locks: readonly LockCleanup[] = []) => ({
  owner: 'team:ops',
  locks,
  leftovers: Array.from({ length: n }, (_, i) => ({
    exception: anException(`e-${i}`, { ticket }),
    why: 'dead' as const,
  })),
  contentDigest: digest('1'),
});

it('the title counts and names the owner', () => {
  expect(housekeepingTitle(facts(1))).toBe('Remove 1 exception of team:ops that does nothing');
  expect(housekeepingTitle(facts(2))).toBe('Remove 2 exceptions of team:ops that do nothing');
});

it('lock entries are counted and told with their ring, and several locks need two teams', () => {
  expect(housekeepingTitle(facts(0, '', [cleanup]))).toBe(
    'Remove 1 lock entry of team:ops that does nothing',
  );
  expect(housekeepingTitle(facts(2, '', [cleanup]))).toBe(
    'Remove 2 exceptions and 1 lock entry of team:ops that do nothing',
  );
  const body = housekeepingBody(facts(0, '', [cleanup]));
  expect(body).toContain('| `servers` | `prod` | `gone` | `1.0` |');
  expect(body).not.toContain('exception');
  expect(body).not.toContain('two teams');
  expect(housekeepingBody(facts(0, '', [cleanup, cleanup]))).toContain('two approvers of two teams');
});

it('the text says why each may go, until when it would hold, and how to say no', () => {
  const body = housekeepingBody(facts(1));
  expect(body).toContain('| `e-0` | it selects no asset | 2024-12-31 | `T-1` |');
  expect(body).toContain(digest('1'));
  expect(body).toContain('close the pull request');
});

it('a ticket cannot mention, link or leave its cell', () => {
  const body = housekeepingBody(facts(1, '@admin | <img src=x> [x](http://e) \n# no'));
  expect(body).toContain('| `@admin ¦ <img src=x> [x](http://e) # no` |');
  expect(body.split('\n').filter((l) => l.startsWith('| `e-0`'))).toHaveLength(1);
});

it('is bounded', () => {
  const body = housekeepingBody(facts(5000));
  expect(body.length).toBeLessThan(60_000);
  expect(body).toContain('… and 4800 further exceptions: the commit removes them all.');
});
