import { describe, expect, it } from 'vitest';
import type { Baseline } from '../../src/contracts/generated/baseline.ts';
import type { PatchLock } from '../../src/contracts/generated/patch-lock.ts';
import { contentDigest } from '../../src/domain/content-digest.ts';
import { type ContentChange, contentFacts } from '../../src/domain/content-facts.ts';
import { BASELINE, lockText } from '../support/git-fixtures.ts';

const PATH = 'locks/servers/prod.lock.json';
const SUBJECT = { repository: 'r', kind: 'remediate', scope: 'servers/prod' };
const lock = (version: string, generation = 2) =>
  JSON.parse(lockText('prod', version, generation)) as PatchLock;
const digest = (changes: readonly ContentChange[], baseline: Baseline = BASELINE, subject = SUBJECT) =>
  contentDigest(contentFacts(subject, changes, new Map([[baseline.id, baseline]])));
const change = (before: PatchLock | null, after: PatchLock | null, blob = 'b'): ContentChange => ({
  path: PATH,
  blob,
  lock: { before, after },
});
const REFERENCE = digest([change(lock('1', 1), lock('2'))]);

describe('the content that an approval binds to', () => {
  it('does not change with the bytes of a lock, the order of changes or what a lock was resolved from', () => {
    expect(digest([change(lock('1', 1), lock('2'), 'other bytes')])).toBe(REFERENCE);
    const resolvedFrom = { ...lock('2').resolvedFrom, fleet: `sha256:${'9'.repeat(64)}` };
    expect(digest([change(lock('1', 1), { ...lock('2'), resolvedFrom })])).toBe(REFERENCE);
    const other = { path: 'pins.json', blob: 'p' };
    const both = [change(lock('1', 1), lock('2')), other];
    expect(digest(both)).toBe(digest([...both].reverse()));
  });

  it.each<[string, string]>([
    ['another version', digest([change(lock('1', 1), lock('3'))])],
    ['another version before', digest([change(lock('0', 1), lock('2'))])],
    ['another generation', digest([change(lock('1', 1), lock('2', 3))])],
    [
      'another repository',
      digest([change(lock('1', 1), lock('2'))], BASELINE, { ...SUBJECT, repository: 'x' }),
    ],
    ['another kind', digest([change(lock('1', 1), lock('2'))], BASELINE, { ...SUBJECT, kind: 'rollback' })],
    ['one more path', digest([change(lock('1', 1), lock('2')), { path: 'README.md', blob: 'x' }])],
    [
      'other hosts in the ring',
      digest([change(lock('1', 1), lock('2'))], {
        ...BASELINE,
        rings: BASELINE.rings.map((r) => ({ ...r, select: { all: [{ label: 'env', in: ['all'] }] } })),
      }),
    ],
    ['a removed package', digest([change(lock('1', 1), { ...lock('2'), removes: ['x'] })])],
  ])('changes with %s', (_what, other) => expect(other).not.toBe(REFERENCE));

  it('binds other paths by their bytes, deleted or not', () => {
    const of = (blob: string | null) => digest([{ path: 'roles.json', blob }]);
    expect(new Set([of('a'), of('b'), of(null)]).size).toBe(3);
  });
});
