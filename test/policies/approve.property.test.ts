import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import type { ApproveInput } from '../../src/contracts/generated/approve-input.ts';
import { anApproveInput, anApproveRule } from '../support/arbitrary-policy.ts';
import { RUNS } from '../support/sizes.ts';

const { approve } = await loadPolicyEngine();
const holds = (property: (input: ApproveInput) => void) => {
  const ask = (input: ApproveInput): void => {
    property(input);
  };
  fc.assert(fc.property(anApproveInput, ask), { numRuns: RUNS });
};
const withCandidate = (input: ApproveInput, candidate: Partial<ApproveInput['candidate']>) => ({
  ...input,
  candidate: { ...input.candidate, ...candidate },
});

describe('approve', () => {
  test('days are waited for exactly when the verdict is waiting', () => {
    holds((input) => {
      const { verdict, waitDays } = approve(input);
      expect(waitDays > 0).toBe(verdict === 'waiting');
    });
  });

  test('a hold beats everything', () => {
    holds((input) => {
      expect(approve(withCandidate(input, { held: true }))).toMatchObject({
        verdict: 'rejected',
        rule: 'hold',
        action: 'block',
      });
    });
  });

  test('rejection beats approval: removing every approve rule changes no rejection', () => {
    holds((input) => {
      const { verdict, rule, action } = approve(input);
      const bare = approve({ ...input, baseline: { ...input.baseline, approve: [] } });
      if (verdict === 'rejected') expect(bare).toMatchObject({ verdict, rule, action });
      else expect(bare.verdict).toBe('unmatched');
    });
  });

  test('the first rule that fits decides: a later one changes nothing', () => {
    fc.assert(
      fc.property(anApproveInput, anApproveRule, (input, rule) => {
        const before = approve(input);
        if (before.verdict === 'unmatched') return;
        const more = { ...input.baseline, approve: [...input.baseline.approve, rule] };
        const after = approve({ ...input, baseline: more });
        expect({ ...after, reasons: before.reasons }).toEqual(before);
      }),
      { numRuns: RUNS },
    );
  });

  test('a patch that is a day older waits a day less, never longer', () => {
    holds((input) => {
      const { age } = input.candidate;
      const older = {
        ...age,
        firstSeen: age.firstSeen + 1,
        behind: age.behind + 1,
        published: age.published === null ? null : age.published + 1,
      };
      const before = approve(input).waitDays;
      expect(approve(withCandidate(input, { age: older })).waitDays).toBe(Math.max(0, before - 1));
    });
  });

  test('maxTotalDays only ever shortens a wait', () => {
    holds((input) => {
      const unbounded = input.baseline.approve.map((rule) => ({ ...rule, maxTotalDays: 365 }));
      const longest = approve({ ...input, baseline: { ...input.baseline, approve: unbounded } });
      expect(approve(input).waitDays).toBeLessThanOrEqual(longest.waitDays);
    });
  });
});

describe('match', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../schemas/baseline.schema.json', import.meta.url), 'utf8'),
  ) as { definitions: { match: { properties: Record<string, unknown> } } };
  const candidate: ApproveInput['candidate'] = {
    stream: 'debian:12:amd64',
    product: 'debian:12',
    package: 'libssl3',
    sourcePackage: 'openssl',
    version: '1-2',
    release: '2',
    purl: 'pkg:deb/debian/libssl3',
    arch: 'amd64',
    origin: 'Debian:bookworm-security',
    classification: 'security',
    severity: 'high',
    fixState: 'complete',
    advisories: ['DSA-5764-1'],
    cves: ['CVE-2024-6119'],
    kev: true,
    epss: 0.2,
    exploitation: 'poc',
    automatable: 'no',
    technicalImpact: 'unknown',
    exposures: ['internal', null],
    section: 'libs',
    packagePriority: 'optional',
    held: false,
    age: { firstSeen: 0, published: null, behind: 0, releaseDate: null },
  };
  const known: Record<string, readonly [unknown, unknown]> = {
    classification: [['security'], ['update']],
    severity: [['high'], ['low']],
    advisory: [['DSA-*'], ['DSA-5764']],
    cve: [['CVE-2024-6119'], ['DSA-*']],
    product: [['debian:12'], ['debian:1']],
    version: [['1-*'], ['2-1']],
    release: [['2'], ['1']],
    purl: [['pkg:deb/debian/libssl*'], ['pkg:rpm/*']],
    epss: [0.2, 0.21],
    exploitation: [['poc', 'active'], ['none']],
    automatable: [['no'], ['yes', 'unknown']],
    technicalImpact: [['unknown'], ['total']],
    package: [['lib*'], ['lib']],
    sourcePackage: [['openssl'], ['nginx*']],
    arch: [['amd64'], ['arm64']],
    origin: [['Debian:*'], ['Ubuntu:*']],
    stream: [['debian:12:amd64'], ['debian:1']],
    section: [['libs'], ['net']],
    packagePriority: [['optional'], ['required']],
    kev: [true, false],
    fixState: [['complete', 'partial'], ['none']],
    exposure: [['controlled'], ['small', 'open']],
  };

  test('every key that a baseline may write is known here', () => {
    expect(Object.keys(known).sort()).toEqual(Object.keys(schema.definitions.match.properties).sort());
  });

  test.each(Object.entries(known))('%s fits and misses', (key, [fitting, missing]) => {
    const verdictWith = (value: unknown) =>
      approve({
        baseline: { id: 'b', approve: [{ id: 'r', match: { [key]: value } }], reject: [] },
        candidate,
      }).verdict;
    expect(verdictWith(fitting)).toBe('approved');
    expect(verdictWith(missing)).toBe('unmatched');
  });
});
