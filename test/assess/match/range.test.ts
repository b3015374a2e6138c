import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advisorySource } from '../../../src/assess/match/advisory-source.ts';
import { combineVerdicts, matchRange, type RangeVerdict } from '../../../src/assess/match/range.ts';
import { severityOf } from '../../../src/assess/match/severity.ts';
import { aRange } from '../../support/builders/intel-rows.ts';

describe('one range against one version', () => {
  it.each([
    [{}, '1.0-1', 'affected'],
    [{ introduced: null }, '1.0-1', 'affected'],
    [{ fixed: '1.0-2' }, '1.0-1', 'affected'],
    [{ fixed: '1.0-2' }, '1.0-2', 'fixed'],
    [{ fixed: '1.0-2' }, '1:0', 'fixed'],
    [{ fixed: '0' }, '0~', 'not-affected'],
    [{ introduced: '1.0', fixed: '2.0' }, '0.9', 'not-affected'],
    [{ introduced: '1.0', fixed: '2.0' }, '1.0', 'affected'],
    [{ introduced: '1.0', fixed: '2.0' }, '1.0~rc1', 'not-affected'],
    [{ introduced: '0' }, '0~alpha', 'affected'],
    [{ lastAffected: '1.5' }, '1.5', 'affected'],
    [{ lastAffected: '1.5' }, '1.5-1', 'not-affected'],
    [{ versions: ['1.0-1', '1.0-2'] }, '1.0-2', 'affected'],
    [{ versions: ['1.0-1'] }, '1.0-3', 'not-affected'],
    [{ scheme: 'apk', fixed: '2' }, '1', 'unknown'],
    [{ scheme: 'unknown' }, '1', 'unknown'],
    [{ fixed: 'no version' }, '1', 'unknown'],
    [{ fixed: '2' }, 'no version', 'unknown'],
    [{}, 'no version', 'unknown'],
  ] as const)('%j, %s: %s', (facts, version, verdict) => {
    expect(matchRange(aRange('CVE-2024-1', facts as never), version)).toBe(verdict);
  });

  it('never calls a version fixed or clean that no comparator can place', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.constantFrom('apk', 'unknown'), (fixed, installed, scheme) => {
        fc.pre(fixed !== '0');
        expect(matchRange(aRange('CVE-2024-1', { scheme: scheme as 'apk', fixed }), installed)).toBe(
          'unknown',
        );
      }),
    );
  });

  it('affected wins, then unknown, then fixed', () => {
    const verdicts: RangeVerdict[] = ['not-affected', 'fixed', 'unknown', 'affected'];
    expect(verdicts.map((_, i) => combineVerdicts(verdicts.slice(0, i + 1)))).toEqual(verdicts);
    expect(combineVerdicts([])).toBe('not-affected');
  });
});

describe('severity', () => {
  it.each([
    ['high', 'low', 'high'],
    ['unknown', 'high', 'high'],
    ['unknown', 'medium**', 'medium'],
    ['unknown', 'low', 'low'],
    ['unknown', 'unimportant', 'none'],
    ['unknown', 'not yet assigned', 'unknown'],
    ['unknown', 'end-of-life', 'unknown'],
    ['unknown', 'constructor', 'unknown'],
    ['unknown', null, 'unknown'],
    ['none', 'high', 'none'],
  ] as const)('recorded %s, urgency %s: %s', (recorded, urgency, severity) =>
    expect(severityOf(recorded, urgency)).toBe(severity),
  );
});

describe('the source that advisories name', () => {
  it.each([
    ['glibc', '2.36-9', 'glibc', '2.36-9'],
    ['linux-signed-amd64', '6.1.90+1', 'linux', '6.1.90-1'],
    ['linux-signed-arm64', '6.1.55+1~bpo11+1', 'linux', '6.1.55-1~bpo11+1'],
    ['linux-signed-6.1-amd64', '6.1.90+1~deb11u1', 'linux-6.1', '6.1.90-1~deb11u1'],
    ['linux-signed', '5.15.0-69.76', 'linux', '5.15.0-69.76'],
    ['linux-signed-aws-6.14', '6.14.0-1012.12~24.04.1', 'linux-aws-6.14', '6.14.0-1012.12~24.04.1'],
    ['linux-base', '4.6', 'linux-base', '4.6'],
  ])('%s %s is %s %s', (source, version, name, own) =>
    expect(advisorySource(source, version)).toEqual({ name, version: own }),
  );
});
