import { readFileSync } from 'node:fs';
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

  it('and a row in the documentation', async () => {
    const page = readFileSync(new URL('../../docs/change-rules.md', import.meta.url), 'utf8');
    const rules = (await loadRuleCatalogue()).map((r) => r.id).filter((id) => id.startsWith('change/'));
    expect([...page.matchAll(/^\| `(change\/[a-z-]+)`/gm)].map(([, id]) => id).sort()).toEqual(rules.sort());
  });

  it.each([
    [
      {
        rule: 'change/coverage',
        subject: 'a',
        params: { kind: 'none', labels: 'role=db', reasons: 0, counted: 0, required: 2 },
      },
      'assets with role=db of the baseline a would be in none; add the line "Reason: why" to the end of a commit message; 2 approvals are needed, and 0 approvals count so far (change/coverage)',
    ],
    [
      { rule: 'change/coverage', subject: 'a, b', params: { kind: 'two', labels: null } },
      'assets with some labels (too many cases to tell) would be in two baselines of the same priority (a, b); change one priority or selector (change/coverage)',
    ],
    [
      { rule: 'change/lock-author', subject: 'x', params: { reasons: 1, counted: 1, required: 2 } },
      "a person worked on a lock, which is the bot's; 2 approvals are needed, and 1 approval counts so far (change/lock-author)",
    ],
    [
      {
        rule: 'change/longer-exception',
        subject: 'e',
        params: { days: 91, renewals: 1, counted: 2, required: 2, twoTeams: false },
      },
      'e accepts a risk for 91 days with 1 renewal, longer than usual: it needs 2 approvals by people of two teams, and 2 approvals count so far, of one team (change/longer-exception)',
    ],
    [
      {
        rule: 'change/loosening',
        subject: 'roles.json',
        params: { change: 'people', item: 'ada', counted: 1, required: 2 },
      },
      'roles.json loosens a control (people of ada), which needs 2 approvals, and 1 approval counts so far (change/loosening)',
    ],
  ])('say what is missing and what to do: %#', (reason, sentence) => {
    expect(changeWords({ ...reason, effect: 'deny' })).toBe(sentence);
  });
});
