import { describe, expect, it } from 'vitest';
import { explainText } from '../../src/report/explain-text.ts';
import { explanationView as view } from '../support/builders/explanation-view.ts';

describe('the text of an explanation', () => {
  it('names rules with their files, dates with their clocks, the patch and what is next', () => {
    const text = explainText(view(), true);
    for (const line of [
      '  baseline servers (baselines/servers.json of commit 0123456789ab), ring canary',
      '  seen 2024-09-06T00:00:00Z by ssh; labels env=prod (inventory)',
      'CVE-2024-6119 in libssl3 3.0.14-1: missing, due by 2024-09-04, which is over',
      '  missing (by security) by status/missing (Patch missing, policies/rules/status/missing/missing.rego:11)',
      '  2024-09-04 binds: 3 days after kevAdded 2024-09-01, deadlines/kev:x (Known exploited, policies/rules/deadlines/kev/kev.rego:13)',
      '  2024-11-30 later: 90 days after published 2024-09-01, deadlines/within:y',
      '  no date by deadlines/kev-due:z: kevDue is not known',
      '  patch: 3.0.15-1, waiting by aged, 4 days to wait; the host itself holds the package; it waits for a reboot; from debian:bookworm-security/main (source bookworm), first seen 2024-09-03T07:00:00Z',
      '  told by: CVE-2024-6119, DSA-5764-1; also called GHSA-1',
      '    CVE-2024-6119: severity high by CVSS:3.1/AV:N, published 2024-09-03T00:00:00Z, changed never [feeds/osv]',
      '    KEV: CVE-2024-6119 since 2024-09-01, due on no day [feeds/kev.json]',
      '    SSVC: CVE-2024-6119 by CISA-ADP at 2024-09-04T00:00:00Z: exploitation active, automatable no, technical impact not said',
      '    EPSS: CVE-2024-6119 0.02, model of 2024-09-05',
      '  answers for it: team:ops (baselines/servers.json of commit 0123456789ab); team:security may approve a change',
      '  controls that deadlines/kev:x serves: PCI DSS (4.0.1) 6.3.1',
      '  next: on 2024-09-10 the wait of aged is over',
      'The exception exc-1 does not hold here: its last day was 2024-01-01',
      '  accept-risk, 2023-01-01 to 2024-01-01, no control (exceptions/exc-1.json, changed since the last commit)',
      '  team:web, T-1: the next release has it',
      'Decided on: intel sha256:aaaaaaaaaaaa of 2024-09-06T00:00:00Z',
    ])
      expect(text.split('\n')).toContain(line);
  });

  it.each([
    [
      { firstAccepted: '2024-07-01', renewals: 0, widened: false },
      'The exception exc-1 accepts the risk since 2024-07-01 without a break, renewed 0 times',
    ],
    [
      { firstAccepted: '2023-01-01', renewals: 2, widened: true },
      'The exception exc-1 accepts the risk since 2024-07-01 without a break, renewed 2 times; it was accepted first on 2023-01-01; it may cover more than what was accepted first',
    ],
  ])('tells since when the risk is accepted: %j', (history, line) => {
    const holding = [{ exception: 'exc-1', since: '2024-07-01', ...history }];
    expect(explainText({ ...view(), holding }, true).split('\n')).toContain(line);
  });

  it.each([
    [{ candidate: null, need: 'esm-infra' }, 'patch: none within reach, esm-infra has it'],
    [{ candidate: null, fix: 'none' }, 'patch: none (none)'],
    [{ epss: null }, 'EPSS not scored'],
    [{ next: null }, 'next: nothing changes by time alone'],
    [{ status: 'no-fix', unmitigated: true }, 'no-fix, to mitigate by 2024-09-04, which is over'],
    [{ records: [], names: [] }, 'told by: package indexes'],
    [{ responsible: { owner: null, document: null, approvers: [] } }, 'answers for it: nobody'],
    [{ duties: [], reasons: [] }, '-1: missing, which is over'],
  ])('says it for %j', (finding, words) => {
    expect(explainText(view(finding), true)).toContain(words);
  });

  it.each([
    [{ baseline: null, ring: null }, 'no baseline governs it'],
    [
      { baseline: null, unknown: 'two-baselines', selectedBy: [{ baseline: 'a', priority: 1 }] },
      'which ties',
    ],
    [{ ring: null, unknown: 'no-ring' }, 'no ring; unknown: no-ring'],
    [{ labels: {} }, 'labels none'],
    [{ stream: null }, 'web-01, no stream'],
  ])('says of an asset %j', (asset, words) => {
    expect(explainText(view({}, asset), true)).toContain(words);
  });

  it('lists findings in a line each, and lets no control character through', () => {
    const text = explainText(view({ name: 'a\u001b[31m', advisory: null, kind: 'update' }), false);
    expect(text).toMatch(/missing {2}2024-09-04 ! .* update .* deadlines\/kev:x/);
    expect(text).not.toContain('\u001b');
  });
});
