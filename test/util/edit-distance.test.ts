import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../src/util/edit-distance.ts';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['owner', 'onwer', 1],
    ['ca', 'abc', 3],
  ])('%s → %s is %d', (a, b, distance) => expect(editDistance(a, b)).toBe(distance));

  it('is the same both ways and at most the longer length', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const d = editDistance(a, b);
        expect(d).toBe(editDistance(b, a));
        expect(d).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(d === 0).toBe(a === b);
      }),
    );
  });
});

describe('nearest', () => {
  const names = ['approve', 'reject', 'rings', 'id', 'owner'];
  it.each([
    ['aproove', 'approve'],
    ['Owner', 'owner'],
    ['ring', 'rings'],
    ['ID', 'id'],
    ['xx', undefined],
    ['something', undefined],
    ['a'.repeat(100_000), undefined],
  ])('%s', (text, meant) => expect(nearest(text, names)).toBe(meant));
});
