import { expect, test } from 'vitest';
import { evidenceTracking, formatHead, parseHead } from '../../src/domain/evidence.ts';

const root = 'ab'.repeat(32);

test('a head round trips', () => {
  expect(formatHead({ size: 12, root })).toBe(`12:${root}`);
  expect(parseHead(`12:${root}\n`)).toEqual({ size: 12, root });
  expect(parseHead(`0:${root}`)).toEqual({ size: 0, root });
});

test.each([
  '',
  '12',
  `012:${root}`,
  `-1:${root}`,
  `12:${root.toUpperCase()}`,
  `12:${root}0`,
  `1e3:${root}`,
  `9999999999999999:${root}`,
])('%s is no head', (text) => {
  expect(parseHead(text)).toBeUndefined();
});

test('a clone keeps the log beside the other branches of its remote', () => {
  expect(evidenceTracking('up')).toEqual({
    ref: 'refs/remotes/up/patchwarden/evidence',
    refspec: '+refs/heads/patchwarden/evidence*:refs/remotes/up/patchwarden/evidence*',
  });
});
