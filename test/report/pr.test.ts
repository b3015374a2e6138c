import { describe, expect, it } from 'vitest';
import type { PullRequest } from '../../src/ports/forge.ts';
import { pullChangeJson, pullChangeText } from '../../src/report/pr-change.ts';
import { pullsJson, pullsText } from '../../src/report/pr-list.ts';
import { pullJson, pullText, verdictWords } from '../../src/report/pr-show.ts';
import { HIDDEN } from '../support/forge-markdown.ts';
import { ALL_PAYLOADS } from '../support/injection-payloads.ts';

const PULL: PullRequest = {
  number: 7,
  kind: 'remediate',
  scope: 'servers/prod',
  branch: 'patchwarden/remediate/servers/prod',
  base: 'main',
  head: '1'.repeat(40),
  tip: '1'.repeat(40),
  foreign: false,
  title: 'Patch \u202eservers',
  body: '# Why\n\n\u001b[2Jgone\tthen\n',
  contentDigest: `sha256:${'a'.repeat(64)}`,
  state: 'open',
  openedBy: 'bot@example.org',
  openedAt: '2024-10-24T12:00:00Z',
  asks: [],
  approvals: [],
  merge: null,
  closeReason: null,
  closedBy: null,
};
const VERDICT = {
  allowed: false,
  reasons: [{ rule: 'change/enough-approvals', effect: 'deny', params: { counted: 0, required: 1 } }],
};
const FACTS = {
  pull: PULL,
  verdict: VERDICT,
  trouble: null,
  paths: [{ path: 'locks/a', class: 'lock' as const, change: 'added' as const }],
  meaning: {
    reasons: ['the mirror\u001b is broken'],
    differences: [
      {
        ...{ document: 'baselines/a.json', class: 'baseline', change: 'deadlines.days', item: 'sla' },
        ...{ effect: 'loosened' as const, from: 3, to: null },
      },
    ],
    exceptions: [{ document: 'exceptions/x.json', days: 181, renewals: 2 }],
    coverage: [
      { kind: 'none' as const, baselines: 'a', labels: 'role=db' },
      { kind: 'two' as const, baselines: 'a, b', labels: null },
    ],
  },
  authors: ['bot'],
  approvals: [{ commit: '2'.repeat(40), person: 'ben' }],
  discarded: [{ commit: '3'.repeat(40), sentence: 'the approval is not signed' }],
};

describe('reports of pull requests', () => {
  it('show everything that decides, and nothing that hides', () => {
    expect(pullText(FACTS)).toMatchInlineSnapshot(`
      "#7  Patch \\u{202e}servers
      state     open
      proposal  remediate servers/prod, branch patchwarden/remediate/servers/prod into main
      head      1111111111111111111111111111111111111111
      content   sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      opened    2024-10-24T12:00:00Z by bot@example.org
      authors   bot
      change    added locks/a (lock)
      reason    the mirror\\u{1b} is broken
      loosens   baselines/a.json: deadlines.days of sla 3 → none
      accepts   exceptions/x.json: 181 days without a break, 2 renewals
      uncovers  assets with role=db (a)
      doubles   assets with some labels (a, b)
      approval  ben (222222222222)
      ignored   the approval is not signed
      verdict   not yet: 0 of 1 needed approvals count (change/enough-approvals)

      # Why

      \\u{1b}[2Jgone    then
      "
    `);
  });

  it('are the facts as JSON', () => {
    expect(JSON.parse(pullJson(FACTS))).toEqual(FACTS);
    expect(JSON.parse(pullsJson([PULL]))).toEqual({ pulls: [PULL] });
    const change = { action: 'merge' as const, dryRun: false, pull: PULL, written: true, verdict: null };
    expect(JSON.parse(pullChangeJson(change))).toEqual(change);
  });

  it('of none say so', () => expect(pullsText([])).toBe('no pull requests\n'));

  it.each([
    [{ action: 'open' as const, dryRun: true }, /^would have opened pull request 7: Patch/],
    [{ action: 'approve' as const, written: false }, /^nothing to do for/],
    [{ action: 'approve' as const, verdict: VERDICT }, /^approved .*\nnot yet: 0 of 1/],
    [{ action: 'merge' as const, pull: { ...PULL, merge: '9'.repeat(40) } }, /^merged .*\nmerge 9{40}\n$/],
    [{ action: 'close' as const }, /^closed pull request 7: .*\n$/],
  ])('of a change say what was done: %#', (over, expected) => {
    expect(pullChangeText({ dryRun: false, written: true, pull: PULL, verdict: null, ...over })).toMatch(
      expected,
    );
  });

  it('of an allowed change name the rule and what was left out', () => {
    const reasons = [
      { rule: 'change/enough-approvals', effect: 'allow' },
      { rule: 'change/approver-role', effect: 'ignore', subject: 'mia' },
    ];
    expect(verdictWords({ allowed: true, reasons })).toBe(
      'may be merged (change/enough-approvals); but mia does not have the role approver (change/approver-role)',
    );
  });
});

it('no payload moves the cursor of a terminal, hides, or makes a line of its own', () => {
  for (const text of ALL_PAYLOADS) {
    const pull = {
      ...PULL,
      title: text,
      scope: text,
      openedBy: text,
      branch: text,
      closeReason: text,
      body: 'x',
    };
    const shown = pullText({ ...FACTS, pull, authors: [text], trouble: text });
    const lines = [...shown.split('\n'), ...pullsText([pull]).split('\n')];
    expect({ text, hidden: lines.filter((l) => HIDDEN.test(l)) }).toEqual({ text, hidden: [] });
    expect(pullsText([pull]).split('\n')).toHaveLength(2);
  }
});
