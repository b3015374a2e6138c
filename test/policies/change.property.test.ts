import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import type { ChangeInput } from '../../src/contracts/generated/change-input.ts';
import { aChangeInput, anApproval, DIGEST } from '../support/arbitrary-policy.ts';
import { RUNS } from '../support/sizes.ts';

const { change } = await loadPolicyEngine();
const holds = (property: (input: ChangeInput) => void) => {
  const ask = (input: ChangeInput): void => {
    property(input);
  };
  fc.assert(fc.property(aChangeInput, ask), { numRuns: RUNS });
};
const withApprovals = (input: ChangeInput, approvals: ChangeInput['approvals']) => ({ ...input, approvals });
const withProposal = (input: ChangeInput, proposal: Partial<ChangeInput['proposal']>) => ({
  ...input,
  proposal: { ...input.proposal, ...proposal },
});

/** Approved by two people of two teams, one ring, merged by a third person. */
const good: ChangeInput = {
  proposal: {
    kind: 'remediate',
    scope: 'servers/first',
    contentDigest: DIGEST,
    paths: [{ path: 'locks/servers/first.lock.json', class: 'lock', change: 'modified' }],
    authors: ['bot'],
    botOnly: true,
    autoRing: false,
    bad: [],
    ...{ reasons: [], differences: [], exceptions: [], coverage: [] },
  },
  approvals: ['ann', 'ben'].map((person, i) => ({
    person,
    teams: [i === 0 ? 'ops' : 'security'],
    roles: ['approver'],
    contentDigest: DIGEST,
  })),
  merger: { person: 'cid', roles: ['merger'] },
  rules: { requiredApprovals: 2, edition: 2, exceptionDays: 90, exceptionRenewals: 1 },
};

describe('change', () => {
  test('the good example is allowed', () => {
    expect(change(good).allowed).toBe(true);
  });

  test('nothing that denies is allowed, and nothing is allowed without a reason', () => {
    holds((input) => {
      const { allowed, reasons } = change(input);
      const effects = reasons.map((r) => r.effect);
      expect(allowed).toBe(!effects.includes('deny'));
      if (allowed) expect(effects).toContain('allow');
    });
  });

  test('the order of approvals, paths and authors changes no byte', () => {
    fc.assert(
      fc.property(
        aChangeInput.chain((input) =>
          fc.record({
            input: fc.constant(input),
            approvals: fc.shuffledSubarray(input.approvals, { minLength: input.approvals.length }),
          }),
        ),
        ({ input, approvals }) => {
          const { paths, authors } = input.proposal;
          const turned = withProposal(withApprovals(input, approvals), {
            paths: [...paths].reverse(),
            authors: [...authors].reverse(),
          });
          expect(change(turned)).toEqual(change(input));
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('approvals by authors, the bot, strangers, without role or of other content never help', () => {
    holds((input) => {
      const clean = input.approvals.filter(
        (a) =>
          a.contentDigest === input.proposal.contentDigest &&
          a.roles.includes('approver') &&
          a.person !== 'bot' &&
          !a.person.startsWith('unknown:') &&
          !input.proposal.authors.includes(a.person),
      );
      expect(change(withApprovals(input, clean)).allowed).toBe(change(input).allowed);
    });
  });

  test('one more approval never takes a permission away, and the same one again never gives it', () => {
    fc.assert(
      fc.property(aChangeInput, anApproval, (input, approval) => {
        const before = change(input).allowed;
        if (before) expect(change(withApprovals(input, [...input.approvals, approval])).allowed).toBe(true);
        expect(change(withApprovals(input, [...input.approvals, ...input.approvals])).allowed).toBe(before);
      }),
      { numRuns: RUNS },
    );
  });

  test('without any approval only the bot alone moves one lock of an automatic ring', () => {
    holds((input) => {
      if (!change(withApprovals(input, [])).allowed) return;
      const { botOnly, autoRing, paths, authors, kind } = input.proposal;
      expect({ botOnly, autoRing, authors, classes: paths.map((p) => p.class) }).toEqual({
        botOnly: true,
        autoRing: true,
        authors: ['bot'],
        classes: ['lock'],
      });
      expect(['promote', 'remediate']).toContain(kind);
    });
  });

  test('whoever approves: what brings a held or halted version is never allowed', () => {
    holds((input) => {
      if (input.proposal.bad.length > 0) expect(change(input).allowed).toBe(false);
    });
  });

  test('a newer edition never allows what an older one denies', () => {
    holds((input) => {
      const at = (edition: number) => change({ ...input, rules: { ...input.rules, edition } });
      if (at(2).allowed) expect(at(1).allowed).toBe(true);
      const newer = ['change/coverage', 'change/lock-author', 'change/longer-exception', 'change/loosening'];
      expect(at(1).reasons.filter((r) => newer.includes(r.rule))).toEqual([]);
    });
  });

  test('whoever approves: what leaves assets in two baselines is never allowed, in none only with a reason', () => {
    holds((input) => {
      const { coverage, reasons } = input.proposal;
      if (input.rules.edition < 2 || !change(input).allowed) return;
      expect(coverage.filter((c) => c.kind === 'two')).toEqual([]);
      if (coverage.length > 0) expect(reasons).not.toEqual([]);
    });
  });

  test.each<[string, ChangeInput, string]>([
    [
      'a halted version',
      withProposal(good, { bad: [{ package: 'a', version: '1', by: 'halt', id: 'x' }] }),
      'change/bad-versions',
    ],
    [
      'the bot as merger',
      { ...good, merger: { person: 'bot', roles: ['merger'] } },
      'change/bot-never-merges',
    ],
    [
      'a merger without the role',
      { ...good, merger: { person: 'ann', roles: ['approver'] } },
      'change/merger-role',
    ],
    [
      'an author as merger',
      withProposal({ ...good, merger: { person: 'eve', roles: ['merger'] } }, { authors: ['bot', 'eve'] }),
      'change/merger-is-not-author',
    ],
    [
      'a stranger as author',
      withProposal(good, { authors: ['bot', 'unknown:x@example.org'] }),
      'change/known-authors',
    ],
    ['nobody as author', withProposal(good, { authors: [] }), 'change/known-authors'],
    ['a lock of another ring', withProposal(good, { scope: 'servers/second' }), 'change/ring-scope'],
    [
      'roles beside a lock',
      withProposal(good, {
        paths: [...good.proposal.paths, { path: 'roles.json', class: 'roles', change: 'modified' }],
      }),
      'change/one-power',
    ],
    [
      'content that changed after the approvals',
      withProposal(good, { contentDigest: `sha256:${'3'.repeat(64)}` }),
      'change/enough-approvals',
    ],
    [
      'a lock by hand without a reason',
      withProposal(good, { kind: 'manual', authors: ['eve'], botOnly: false }),
      'change/lock-author',
    ],
    [
      'an exception for longer than agreed, by two people where two are usual',
      withProposal(good, { exceptions: [{ document: 'exceptions/x.json', days: 91, renewals: 0 }] }),
      'change/longer-exception',
    ],
    ['nothing inside', withProposal(good, { paths: [] }), 'change/not-empty'],
  ])('%s denies, by its rule', (_, input, rule) => {
    const { allowed, reasons } = change(input);
    expect(allowed).toBe(false);
    expect(reasons.filter((r) => r.effect === 'deny').map((r) => r.rule)).toContain(rule);
  });
});
