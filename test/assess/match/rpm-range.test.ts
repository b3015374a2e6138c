import { describe, expect, it } from 'vitest';
import type { AdvisorySource } from '../../../src/assess/match/advisory-source.ts';
import { doubtOf, judgeRange, titledStreams } from '../../../src/assess/match/rpm-range.ts';
import { anAdvisory, aRange } from '../../support/builders/intel-rows.ts';

const OLD = '1:2.0-4.module_el8.5.0+2800+aaaaaaaa';
const SAME = '1:2.0-4.module_el8.6.0+2851+6d072db5';
const NEW = '1:2.0-5.module_el8.6.0+2900+bbbbbbbb';
const judge = (
  fixed: string,
  subject: Omit<AdvisorySource, 'name'>,
  summary = 'Moderate: perl:5.32 security update',
  advisory = 'ALSA-2024:3128',
) =>
  judgeRange(anAdvisory(advisory, { summary }), aRange(advisory, { scheme: 'rpm', fixed }), {
    name: 'p',
    ...subject,
  });

describe('fixes built in a module', () => {
  it.each([
    // Only for packages of a module, and the other way round.
    [NEW, { version: '1:1.0-1.el8' }, 'not-affected'],
    ['1:2.0-5.el8', { version: OLD, module: 'perl:5.32' }, 'not-affected'],
    // Only for the same stream.
    [NEW, { version: OLD, module: 'perl:5.32' }, 'affected'],
    [NEW, { version: OLD, module: 'perl:5.30' }, 'not-affected'],
    // The number of a module build orders nothing.
    [SAME, { version: OLD, module: 'perl:5.32' }, 'fixed'],
    [OLD, { version: SAME, module: 'perl:5.32' }, 'fixed'],
    [NEW, { version: NEW, module: 'perl:5.32' }, 'fixed'],
    // What is not told is unknown, unless the version has the fix anyway.
    [NEW, { version: OLD }, 'unknown'],
    [SAME, { version: NEW }, 'fixed'],
  ] as const)('%s for %j: %s', (fixed, subject, verdict) => expect(judge(fixed, subject)).toBe(verdict));

  it('an erratum whose title names no stream is unknown for a package of any', () => {
    expect(judge(NEW, { version: OLD, module: 'ruby:2.5' }, 'Moderate: ruby security update')).toBe(
      'unknown',
    );
    expect(doubtOf(aRange('A', { scheme: 'rpm', fixed: NEW }))).toContain('stream of a module');
  });

  it.each([
    ['Moderate: perl:5.32 security update', ['perl:5.32']],
    [
      'perl-IO-Socket-SSL:2.066 and perl-libwww-perl:6.34 update',
      ['perl-IO-Socket-SSL:2.066', 'perl-libwww-perl:6.34'],
    ],
    ['Important: container-tools:rhel8 security and bug fix update', ['container-tools:rhel8']],
    ['Important: kernel security update', []],
  ])('%s', (title, streams) => expect(titledStreams(title)).toEqual(streams));
});

describe('fixes that the distribution rebuilt', () => {
  it.each([
    // An erratum under the number of Red Hat's: the build that was rebuilt has the fix.
    ['60.9.0-4.el8.alma', '60.9.0-4.el8', 'ALSA-2020:1766', 'fixed'],
    ['60.9.0-4.el8.alma.1', '60.9.0-3.el8', 'ALSA-2020:1766', 'affected'],
    ['2.0-1.el9.rocky.0.1', '2.0-1.el9', 'RLSA-2023:1', 'fixed'],
    // One of the distribution's own: only its build has it.
    ['2.28-13.el9_6.alma.1', '2.28-13.el9_6', 'ALSA-2025:A005', 'affected'],
    ['2.0-1.el9.rocky.1', '2.0-1.el9', 'RXSA-2023:1', 'affected'],
  ])('%s against %s by %s: %s', (fixed, version, id, verdict) =>
    expect(judge(fixed, { version }, 'Moderate: x security update', id)).toBe(verdict),
  );
});

describe('advisories of another distribution', () => {
  it.each([
    // Two z-streams count on their own.
    ['2.7.1-1.el10_1.3', '2.7.1-1.el10_0.3', 'unknown', 'affected'],
    ['2.7.1-1.el10_1.4', '2.7.1-1.el10_0.3', 'affected', 'affected'],
    ['2.7.1-1.el10_1.3', '2.7.1-1.el10', 'affected', 'affected'],
    ['2.7.1-2.el10_1', '2.7.1-1.el10_0', 'affected', 'affected'],
    ['2.7.1-1.el10_0.3', '2.7.1-1.el10_1.3', 'fixed', 'fixed'],
  ])('%s for %s: %s, and by its own %s', (fixed, version, foreign, own) => {
    expect(judge(fixed, { version, foreign: true }, '')).toBe(foreign);
    expect(judge(fixed, { version }, '')).toBe(own);
    expect(doubtOf(aRange('A', { scheme: 'rpm', fixed }))).toContain('another distribution');
  });

  it("what only the other distribution's own erratum changed is unknown", () =>
    expect(judge('2-1.el9_6.alma.1', { version: '2-1.el9_6', foreign: true }, '', 'ALSA-2025:A005')).toBe(
      'unknown',
    ));
});

it('leaves the versions of other schemes alone', () => {
  const range = aRange('DSA-1', { fixed: '1.0.alma.1' });
  expect(judgeRange(anAdvisory('DSA-1'), range, { name: 'p', version: '1.0' })).toBe('affected');
  expect(doubtOf(aRange('A', { scheme: 'apk', fixed: '1' }))).toContain('no comparator');
});
