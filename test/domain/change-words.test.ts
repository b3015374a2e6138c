import { describe, expect, it } from 'vitest';
import { loadRuleCatalogue } from '../../src/adapters/policy-opa-wasm.ts';
import { changeWords, denialWords } from '../../src/domain/change-words.ts';

describe('the words of the change rules', () => {
  it('name the subject and the rule', () => {
    expect(changeWords({ rule: 'change/separation-of-duties', effect: 'ignore', subject: 'anna' })).toBe(
      'anna worked on the change and so cannot approve it (change/separation-of-duties)',
    );
    expect(changeWords({ rule: 'own/rule', effect: 'deny', subject: 'x\u001b' })).toBe(
      'deny x\\u{1b} (own/rule)',
    );
  });

  it('of a denial: what denies, then what does not count, each once', () => {
    const enough = { rule: 'change/enough-approvals', effect: 'deny', params: { counted: 0, required: 2 } };
    const role = { rule: 'change/approver-role', effect: 'ignore', subject: 'mia' };
    expect(denialWords([role, enough, role, { rule: 'change/x', effect: 'count' }])).toBe(
      '0 of 2 needed approvals count (change/enough-approvals); mia does not have the role approver (change/approver-role)',
    );
    expect(denialWords([])).toBe('no rule allows it');
  });

  it('exist for every change rule of the policy that can say no', async () => {
    const rules = (await loadRuleCatalogue()).map((r) => r.id).filter((id) => id.startsWith('change/'));
    const mute = rules.filter(
      (rule) => changeWords({ rule, effect: 'deny', subject: 's' }) === `deny s (${rule})`,
    );
    expect(mute).toEqual(['change/auto-ring']);
  });
});
