import { describe, expect, it } from 'vitest';
import type { Reason } from '../../src/contracts/generated/change-output.ts';
import { checkSummary, failureSummary } from '../../src/review/check-text.ts';

const DENIED: Reason = {
  rule: 'change/enough-approvals',
  effect: 'deny',
  params: { counted: 0, required: 1 },
};
const IGNORED: Reason = { rule: 'change/approver-role', effect: 'ignore', subject: 'otto' };
const ALLOWED: Reason = { rule: 'change/auto-ring', effect: 'allow', subject: 'servers/canary' };
const REMEDIES = new Map([['change/enough-approvals', 'Ask for the approvals that are missing.']]);

describe('checkSummary', () => {
  it('tells every reason that denies or ignores, and what to do where a rule says so', () => {
    expect(checkSummary({ allowed: false, reasons: [IGNORED, ALLOWED, DENIED] }, REMEDIES)).toBe(
      [
        'The change rules do not allow it now.',
        '',
        '- `0 of 1 needed approvals count (change/enough-approvals)`',
        '  What to do: Ask for the approvals that are missing.',
        '- `otto does not have the role approver (change/approver-role)`',
      ].join('\n'),
    );
  });

  it('tells why it is allowed', () => {
    expect(checkSummary({ allowed: true, reasons: [ALLOWED, IGNORED] }, REMEDIES)).toBe(
      'The change rules allow it.\n\n- `allow servers/canary (change/auto-ring)`',
    );
  });

  it('mentions nobody, links nothing, and ends', () => {
    const evil = { ...IGNORED, subject: '@ops <img src=x> [a](b) #1\n# x' };
    const text = checkSummary({ allowed: false, reasons: Array.from({ length: 70 }, () => evil) }, REMEDIES);
    for (const line of text.split('\n').slice(2, -1)) expect(line).toMatch(/^- `[^`]+`$/);
    expect(text.split('\n').at(-1)).toBe('- … and 20 more');
    expect(failureSummary('@ops <b>')).toBe('It cannot be judged: `@ops <b>`');
  });
});
