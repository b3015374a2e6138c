import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PatchwardenError } from '../../../src/domain/errors.ts';
import { compareVersions } from '../../../src/domain/version/compare.ts';
import { compareRpm, isRpmVersion, parseRpmVersion } from '../../../src/domain/version/rpm.ts';
import { hasRpm, rpmNote, rpmOrders } from '../../support/rpm-oracle.ts';
import { hasSharedData, sharedArchive, sharedDataNote } from '../../support/shared-data.ts';

/** Small alphabets make equal prefixes, zeros, tildes, carets and ends meet often. */
const part = (alphabet: string, minLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength: 7 });
const version = fc
  .tuple(
    fc.option(fc.constantFrom('0', '1', '2', '007'), { nil: undefined }),
    fc.constantFrom('0', '1', '2', '10', '007', 'a'),
    part('0129~^+._aAz', 0),
    fc.option(part('01~^.elb_', 1), { nil: undefined }),
  )
  .map(([epoch, start, rest, release]) =>
    [epoch === undefined ? '' : `${epoch}:`, start, rest, release === undefined ? '' : `-${release}`].join(
      '',
    ),
  );

/** Neighbours of a version: equal ones written otherwise, and ones that differ in a single place. */
const near = (v: string, how: number): string =>
  [
    v.includes(':') ? v : `0:${v}`,
    v.includes('-') ? v.replace(/-[^-]*$/, '') : `${v}-1`,
    v.replace(/\d+/g, '0$&'),
    v.replaceAll('.', '_'),
    `${v}~`,
    `${v}^`,
    v.slice(0, -1),
    v.replace(/[~^]/, ''),
    v.replace('1', '10'),
  ][how] ?? v;
const pair = fc
  .tuple(version, version, fc.integer({ min: 0, max: 14 }))
  .map(([a, b, how]) => [a, how > 8 ? b : near(a, how)] as const)
  .filter(([, b]) => isRpmVersion(b));

describe('order of rpm versions', () => {
  it.each([
    ['1.0', '1.0', 0],
    ['1.0', '2.0', -1],
    ['2.0.1', '2.0', 1],
    ['2.0.1a', '2.0.1', 1],
    ['5.5p1', '5.5p2', -1],
    ['5.5p10', '5.5p1', 1],
    ['10xyz', '10.1xyz', -1],
    ['xyz10', 'xyz10.1', -1],
    ['xyz.4', '8', -1],
    ['5.5p2', '5.6p1', -1],
    ['6.0.rc1', '6.0', 1],
    ['10b2', '10a1', 1],
    ['1.0aa', '1.0a', 1],
    ['10.0001', '10.1', 0],
    ['4.999.9', '5.0', -1],
    ['20101121', '20101122', -1],
    ['2_0', '2.0', 0],
    ['a+', 'a_', 0],
    ['+1', '1_', 0],
    ['1.0~rc1', '1.0', -1],
    ['1.0~rc1~git123', '1.0~rc1', -1],
    ['1.0^', '1.0', 1],
    ['1.0^git1', '1.0', 1],
    ['1.0^git1', '1.01', -1],
    ['1.0^20160101', '1.0.1', -1],
    ['1.0^20160101^git1', '1.0^20160102', -1],
    ['1.0~rc1^git1', '1.0~rc1', 1],
    ['1.0^git1~pre', '1.0^git1', -1],
    ['99999999999999999999', '100000000000000000000', -1],
    // Epoch before everything; none is 0, whoever writes it so.
    ['1:1.0-1', '9.0-1', 1],
    ['0:1.0-1', '1.0-1', 0],
    ['(none):1.0-1', '1.0-1', 0],
    [':1.0-1', '1.0-1', 0],
    ['007:1-1', '7:1-1', 0],
    // The release decides last; none is before all.
    ['1.0-1', '1.0-2', -1],
    ['1.0', '1.0-1', -1],
    ['1.0', '1.0-0', -1],
    ['1.1', '1.0-1', 1],
    ['1.0-1.el9', '1.0-1.el9_4.2', -1],
    ['1.0-1.el8.alma', '1.0-1.el8', 1],
    ['3.9.18-1.el9_4', '3.9.18-1.el9_4.1', -1],
    ['5.24.0-1.module_el8.3.0', '5.24.0-1.module+el8.3.0', 0],
  ] as const)('%s against %s', (a, b, order) => {
    expect(compareVersions('rpm', a, b)).toBe(order);
    expect(compareVersions('rpm', b, a)).toBe(order === 0 ? 0 : -order);
  });

  it('is reflexive, antisymmetric and transitive', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(compareRpm(a, a)).toBe(0);
        expect(compareRpm(a, b) + compareRpm(b, a)).toBe(0);
        const [x, y, z] = [a, b, c].sort(compareRpm);
        expect(compareRpm(x!, y!)).toBeLessThanOrEqual(0);
        expect(compareRpm(y!, z!)).toBeLessThanOrEqual(0);
        expect(compareRpm(x!, z!)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 5000 },
    );
  });

  it('puts a tilde before what it is appended to, a caret and a further segment behind', () => {
    fc.assert(
      fc.property(version, (v) => {
        expect(compareRpm(`${v}~`, v)).toBe(-1);
        expect(compareRpm(`${v}^`, v)).toBe(1);
        expect(compareRpm(`${v}.1`, `${v}^`)).toBe(1);
      }),
    );
  });

  it.skipIf(!hasRpm)(`agrees with rpm on random pairs${rpmNote}`, () => {
    const pairs = fc.sample(pair, { numRuns: 20_000, seed: 42 });
    const ours = pairs.map(([a, b]) => `${a}\t${b}\t${compareRpm(a, b)}`);
    expect(new Set(ours.map((l) => l.split('\t')[2])).size).toBe(3);
    const theirs = rpmOrders(pairs);
    expect(ours.filter((line, i) => line !== theirs[i])).toEqual([]);
  });

  it.skipIf(!hasSharedData)(
    `puts every update that a real host was offered behind what it has${sharedDataNote}`,
    async () => {
      const results = await sharedArchive('hosts/vuls-scan-results.tar.xz', /\.json$/);
      const wrong: string[] = [];
      let offers = 0;
      for (const [path, bytes] of results) {
        const scan = JSON.parse(new TextDecoder().decode(bytes)) as VulsScan;
        if (!RPM_FAMILIES.has(scan.family)) continue;
        for (const p of Object.values(scan.packages ?? {})) {
          const [from, to] = [`${p.version}-${p.release}`, `${p.newVersion}-${p.newRelease}`];
          if (!p.newVersion || from === to) continue;
          offers += 1;
          if (compareVersions('rpm', from, to) !== -1) wrong.push(`${path} ${p.name} ${from} ${to}`);
        }
      }
      expect(offers).toBeGreaterThan(1500);
      expect(wrong).toEqual([]);
    },
  );
});

const RPM_FAMILIES = new Set(['alma', 'rocky', 'redhat', 'oracle', 'centos', 'fedora', 'amazon']);
interface VulsScan {
  readonly family: string;
  readonly packages?: Readonly<
    Record<string, { name: string; version: string; release: string; newVersion: string; newRelease: string }>
  >;
}

describe('taking an rpm version apart', () => {
  it('splits at the first colon behind digits and at the last hyphen', () => {
    expect(parseRpmVersion('1:2.3-4.el9')).toEqual({ epoch: '1', version: '2.3', release: '4.el9' });
    expect(parseRpmVersion('2.3')).toEqual({ epoch: '0', version: '2.3', release: null });
    expect(parseRpmVersion('1-2-3')).toEqual({ epoch: '0', version: '1-2', release: '3' });
  });

  it.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['1 2', 'white space'],
    ['1\u00002', 'control'],
    ['1:', 'version is empty'],
    ['-1', 'version is empty'],
    ['1:-1', 'version is empty'],
    ['1-', 'release is empty'],
    ['!-1', 'neither digit nor letter'],
  ])('refuses %j: %s', (text, why) => {
    expect(() => parseRpmVersion(text)).toThrow(
      expect.objectContaining({ code: 'bad-document', message: expect.stringContaining(why) }),
    );
    expect(isRpmVersion(text)).toBe(false);
  });

  it('never throws anything but its own error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        try {
          compareRpm(a, b);
        } catch (error) {
          expect(error).toBeInstanceOf(PatchwardenError);
        }
      }),
    );
  });
});
