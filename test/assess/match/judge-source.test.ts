import { describe, expect, it } from 'vitest';
import { indexAdvisories } from '../../../src/assess/match/advisories.ts';
import { judgeSource, sourceJudge } from '../../../src/assess/match/judge-source.ts';
import type { AdvisoryRow, AffectedRow } from '../../../src/contracts/generated/fleet-rows.ts';
import { anAdvisory, aRange } from '../../support/builders/intel-rows.ts';

const judge = (advisories: readonly AdvisoryRow[], affected: readonly AffectedRow[], version = '2.36-9') =>
  judgeSource(indexAdvisories(advisories, affected, 'debian:12'), { name: 'glibc', version });
const CVE = 'CVE-2023-4911';
const DSA = 'DSA-5514-1';

describe('vulnerabilities', () => {
  it('affect, with the fix, or give nothing', () => {
    const advisories = ['CVE-2024-1000', 'CVE-2024-1001', 'CVE-2024-1002'].map((id) => anAdvisory(id));
    const affected = [
      aRange('CVE-2024-1000', { fixed: '2.36-10' }),
      aRange('CVE-2024-1001', { fixed: '2.36-8' }),
      aRange('CVE-2024-1002', { fixed: '3', ecosystem: 'debian:11' }),
    ];
    expect(judge(advisories, affected)).toMatchObject([
      { advisory: 'CVE-2024-1000', verdict: 'affected', fixedIn: '2.36-10', records: ['CVE-2024-1000'] },
    ]);
  });

  it('merge over exact aliases, each record kept as a source, the worst severity shown', () => {
    const advisories = [
      anAdvisory('GHSA-aaaa', { aliases: [CVE], severity: 'critical' }),
      anAdvisory(CVE, { severity: 'low' }),
      anAdvisory('UBUNTU-CVE-2023-4911', { aliases: [CVE] }),
    ];
    const affected = [
      aRange('GHSA-aaaa'),
      aRange(CVE, { fixed: '2.36-10' }),
      aRange('UBUNTU-CVE-2023-4911', { fixed: '2.36-11' }),
    ];
    expect(judge(advisories, affected)).toEqual([
      {
        advisory: CVE,
        kind: 'vulnerability',
        aliases: ['GHSA-aaaa', 'UBUNTU-CVE-2023-4911'],
        exploitIds: expect.arrayContaining([CVE]),
        verdict: 'affected',
        doubt: null,
        fixedIn: '2.36-11',
        severity: 'critical',
        urgency: null,
        records: [CVE, 'GHSA-aaaa', 'UBUNTU-CVE-2023-4911'],
      },
    ]);
  });

  it('merge also where only one of the two names the other', () => {
    const advisories = [anAdvisory('GHSA-aaaa'), anAdvisory(CVE, { aliases: ['GHSA-aaaa'] })];
    expect(judge(advisories, [aRange('GHSA-aaaa'), aRange(CVE)]).map((j) => j.advisory)).toEqual([CVE]);
  });

  it('never become one over a third id that several claim, nor over related', () => {
    const other = 'CVE-2023-9999';
    const advisories = [
      anAdvisory('GHSA-aaaa', { aliases: [CVE, other] }),
      anAdvisory(CVE, { related: [other] }),
      anAdvisory(other),
    ];
    const affected = [aRange('GHSA-aaaa'), aRange(CVE), aRange(other)];
    expect(judge(advisories, affected).map((j) => j.advisory)).toEqual([CVE, other, 'GHSA-aaaa']);
  });

  it('without a CVE merge under the smallest id', () => {
    const advisories = [anAdvisory('GHSA-bbbb', { aliases: ['CNVD-2023-1'] }), anAdvisory('CNVD-2023-1')];
    expect(judge(advisories, [aRange('GHSA-bbbb'), aRange('CNVD-2023-1')])).toMatchObject([
      { advisory: 'CNVD-2023-1', aliases: ['GHSA-bbbb'] },
    ]);
  });

  it('that are withdrawn give nothing', () => {
    expect(judge([anAdvisory(CVE, { withdrawn: '2024-01-01T00:00:00Z' })], [aRange(CVE)])).toEqual([]);
  });

  it('with several ranges are affected if one says so, and need the latest fix', () => {
    const affected = [
      aRange(CVE, { fixed: '1' }),
      aRange(CVE, { introduced: '2.30', fixed: '2.37' }),
      aRange(CVE, { introduced: '2.35', fixed: '2.36-11' }),
    ];
    expect(judge([anAdvisory(CVE)], affected)).toMatchObject([{ verdict: 'affected', fixedIn: '2.37' }]);
  });

  it('of an unknown range are unknown, never absent', () => {
    expect(judge([anAdvisory(CVE)], [aRange(CVE, { scheme: 'unknown' })])).toMatchObject([
      { advisory: CVE, verdict: 'unknown', fixedIn: null },
    ]);
  });

  it('are unimportant only where every record says so, whatever comes first', () => {
    const other = 'DEBIAN-CVE-2023-4911';
    const advisories = [anAdvisory(CVE), anAdvisory(other, { aliases: [CVE] })];
    const of = (first: string | null, second: string | null) => {
      const affected = [aRange(CVE, { urgency: first }), aRange(other, { urgency: second })];
      const [one, two] = [judge(advisories, affected), judge(advisories, affected.toReversed())];
      expect(two).toEqual(one);
      return one[0]?.urgency;
    };
    expect(of('unimportant', 'unimportant')).toBe('unimportant');
    expect(of('unimportant', 'low')).toBe('low');
    expect(of('low', 'unimportant')).toBe('low');
    expect(of('unimportant', null)).toBeNull();
  });

  it("take Debian's urgency where there is no vector", () => {
    expect(judge([anAdvisory(CVE)], [aRange(CVE, { urgency: 'high' })])).toMatchObject([
      { severity: 'high', urgency: 'high' },
    ]);
  });
});

describe('bulletins', () => {
  const dsa = anAdvisory(DSA, { related: [CVE, 'CVE-2023-5000'] });

  it('are one more source of a vulnerability that they close, whose own fix stays', () => {
    const affected = [aRange(CVE, { fixed: '2.36-11' }), aRange(DSA, { fixed: '2.36-10' })];
    expect(judge([anAdvisory(CVE), dsa], affected)).toMatchObject([
      { advisory: CVE, fixedIn: '2.36-11', records: [CVE, DSA] },
    ]);
  });

  it('give the fix where the vulnerability names none', () => {
    const affected = [aRange(CVE), aRange(DSA, { fixed: '2.36-10' })];
    expect(judge([anAdvisory(CVE), dsa], affected)).toMatchObject([
      { advisory: CVE, fixedIn: '2.36-10', records: [CVE, DSA] },
    ]);
    const named = [anAdvisory(CVE, { related: [DSA] }), anAdvisory(DSA)];
    expect(judge(named, affected)).toMatchObject([{ advisory: CVE, fixedIn: '2.36-10' }]);
  });

  it('of which a fix is installed say nothing about a vulnerability that is still open', () => {
    const affected = [aRange(CVE), aRange(DSA, { fixed: '2.36-9' })];
    expect(judge([anAdvisory(CVE), dsa], affected)).toMatchObject([
      { advisory: CVE, fixedIn: null, records: [CVE] },
    ]);
  });

  it('never merge the vulnerabilities that they close', () => {
    const other = 'CVE-2023-5000';
    const affected = [
      aRange(CVE, { fixed: '3' }),
      aRange(other, { fixed: '3' }),
      aRange(DSA, { fixed: '3' }),
    ];
    expect(judge([anAdvisory(CVE), anAdvisory(other), dsa], affected)).toMatchObject([
      { advisory: CVE, aliases: [], records: [CVE, DSA] },
      { advisory: other, aliases: [], records: [other, DSA] },
    ]);
  });

  it('stand for themselves where none of their vulnerabilities was found', () => {
    const affected = [aRange(CVE, { fixed: '2.36-9' }), aRange(DSA, { fixed: '2.36-10' })];
    expect(judge([anAdvisory(CVE), dsa], affected)).toMatchObject([
      {
        advisory: DSA,
        kind: 'bulletin',
        fixedIn: '2.36-10',
        records: [DSA],
        exploitIds: expect.arrayContaining([CVE]),
      },
    ]);
    expect(judge([anAdvisory('DSA-1-1')], [aRange('DSA-1-1', { fixed: '3' })])).toMatchObject([
      { advisory: 'DSA-1-1' },
    ]);
  });

  it('of another package are not attached', () => {
    const affected = [aRange(CVE), aRange(DSA, { package: 'other', fixed: '3' })];
    expect(judge([anAdvisory(CVE), dsa], affected)).toMatchObject([
      { advisory: CVE, fixedIn: null, records: [CVE] },
    ]);
  });
});

it('judges many versions as it judges each alone, and tells of what is the same once', () => {
  const advisories = [
    anAdvisory(CVE),
    anAdvisory('CVE-2024-1000'),
    anAdvisory(DSA, { kind: 'bulletin', related: [CVE] }),
  ];
  const affected = [
    aRange(CVE, { fixed: '2.36-10' }),
    aRange(CVE, { introduced: '2.37-1', fixed: '2.37-3' }),
    aRange('CVE-2024-1000', { fixed: '2.36-8' }),
    aRange(DSA, { fixed: '2.36-10' }),
  ];
  const index = indexAdvisories(advisories, affected, 'debian:12');
  const judgeAny = sourceJudge(index);
  const of = (version: string) => judgeAny({ name: 'glibc', version });
  for (const version of ['2.36-7', '2.36-9', '2.36-10', '2.37-2', '2.36-9', 'not a version'])
    expect(of(version)).toEqual(judge(advisories, affected, version));
  expect(of('2.36-9')[0]).toBe(of('2.36-8')[0]);
});
