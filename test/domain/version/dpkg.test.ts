import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PatchwardenError } from '../../../src/domain/errors.ts';
import { compareVersions, hasComparator } from '../../../src/domain/version/compare.ts';
import { compareDpkg, isDpkgVersion, parseDpkgVersion } from '../../../src/domain/version/dpkg.ts';
import { dpkgDisagrees, hasDpkg } from '../../support/dpkg-oracle.ts';

/** Small alphabets make equal prefixes, zeros, tildes and ends meet often. */
const part = (alphabet: string, minLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength: 7 });
const version = fc
  .tuple(
    fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    fc.constantFrom('0', '1', '2', '10', '007'),
    part('0129~+.aAz', 0),
    fc.option(part('01~+.b', 1), { nil: undefined }),
  )
  .map(([epoch, digits, rest, revision]) =>
    [epoch === undefined ? '' : `${epoch}:`, digits, rest, revision === undefined ? '' : `-${revision}`].join(
      '',
    ),
  );

/** Neighbours of a version: equal ones written otherwise, and ones that differ in a single place. */
const near = (v: string, how: number): string =>
  [
    `0:${v}`,
    v.includes('-') ? v : `${v}-0`,
    v.replace(/\d+/g, '0$&'),
    `${v}~`,
    v.slice(0, -1),
    v.replace(/[~+]/, ''),
    v.replace('1', '10'),
  ][how] ?? v;
const pair = fc
  .tuple(version, version, fc.integer({ min: 0, max: 12 }))
  .map(([a, b, how]) => [a, how > 6 ? b : near(a, how)] as const)
  .filter(([, b]) => isDpkgVersion(b));

describe('order of Debian versions', () => {
  it.each([
    ['1.0', '1.0', 0],
    ['1.0', '1.0-0', 0],
    ['0:1.0', '1.0', 0],
    ['1.00', '1.0', 0],
    ['1.0~rc1', '1.0', -1],
    ['1.0~~', '1.0~', -1],
    ['1.0~', '1.0', -1],
    ['1.0', '1.0a', -1],
    ['1.0a', '1.0+', -1],
    ['1.9', '1.10', -1],
    ['2:1.0', '10', 1],
    ['1.0-1', '1.0-1+b1', -1],
    ['1:1.2.3-4', '1:1.2.3-4ubuntu1', -1],
    ['2.36-9+deb12u3', '2.36-9+deb12u13', -1],
    ['5.6.1+really5.4.5-1', '5.6.0-1', 1],
    ['1.0-1-1', '1.0-1', 1],
    ['99999999999999999999', '100000000000000000000', -1],
    ['1:2:3-1', '1:2:4-1', -1],
  ] as const)('%s against %s', (a, b, order) => {
    expect(compareDpkg(a, b)).toBe(order);
    expect(compareDpkg(b, a)).toBe(order === 0 ? 0 : -order);
  });

  it('is reflexive, antisymmetric and transitive', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(compareDpkg(a, a)).toBe(0);
        expect(compareDpkg(a, b) + compareDpkg(b, a)).toBe(0);
        const [x, y, z] = [a, b, c].sort(compareDpkg);
        expect(compareDpkg(x!, y!)).toBeLessThanOrEqual(0);
        expect(compareDpkg(y!, z!)).toBeLessThanOrEqual(0);
        expect(compareDpkg(x!, z!)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 3000 },
    );
  });

  it('puts a tilde before what it is appended to, and a plus behind', () => {
    fc.assert(
      fc.property(version, (v) => {
        expect(compareDpkg(`${v}~`, v)).toBe(-1);
        expect(compareDpkg(`${v}+1`, v)).toBe(1);
      }),
    );
  });

  it.skipIf(!hasDpkg)(
    `agrees with dpkg on random pairs${hasDpkg ? '' : ' (skipped: dpkg is absent)'}`,
    () => {
      const pairs = fc
        .sample(pair, { numRuns: 2500, seed: 42 })
        .map(([a, b]) => [a, b, compareDpkg(a, b)] as const);
      expect(new Set(pairs.map((p) => p[2])).size).toBe(3);
      expect(dpkgDisagrees(pairs)).toEqual([]);
    },
    60_000,
  );

  it.skipIf(!hasDpkg)(
    `accepts nothing that dpkg refuses${hasDpkg ? '' : ' (skipped: dpkg is absent)'}`,
    () => {
      // A line is read by words here, so blanks at the ends, which both cut off, stay out.
      const text = fc.string({ unit: fc.constantFrom(...'01:-~+.a_/'), minLength: 1, maxLength: 6 });
      const accepted = fc
        .sample(text, { numRuns: 600, seed: 7 })
        .filter((v) => isDpkgVersion(v) && !v.startsWith('-'))
        .map((v) => [v, v, 0] as const);
      expect(accepted.length).toBeGreaterThan(100);
      expect(dpkgDisagrees(accepted)).toEqual([]);
    },
    60_000,
  );
});

describe('taking a version apart', () => {
  it('splits at the first colon and the last hyphen', () => {
    expect(parseDpkgVersion('1:2:3-4-5')).toEqual({ epoch: 1, upstream: '2:3-4', revision: '5' });
  });

  it.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['1 2', 'white space'],
    ['a:1', 'no number'],
    [':1', 'no number'],
    ['1:', 'nothing follows'],
    ['1-', 'revision is empty'],
    ['1:-1', 'upstream part is empty'],
    ['9999999999:1', 'too large'],
  ])('refuses %j: %s', (text, why) => {
    expect(() => parseDpkgVersion(text)).toThrow(
      expect.objectContaining({ code: 'bad-document', message: expect.stringContaining(why) }),
    );
    expect(isDpkgVersion(text)).toBe(false);
  });

  it('never throws anything but its own error', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        try {
          compareDpkg(a, b);
        } catch (error) {
          expect(error).toBeInstanceOf(PatchwardenError);
        }
      }),
    );
  });
});

describe('compareVersions', () => {
  it('compares by the scheme', () => expect(compareVersions('dpkg', '1.9', '1.10')).toBe(-1));

  it('says that a scheme has no comparator', () => {
    expect(hasComparator('apk')).toBe(false);
    expect(hasComparator('constructor')).toBe(false);
    expect(() => compareVersions('apk' as 'dpkg', '1', '2')).toThrow(
      expect.objectContaining({
        code: 'bad-document',
        message: 'no comparator knows the version scheme "apk"',
      }),
    );
  });
});
