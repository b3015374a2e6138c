import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { branchOf, type Proposal } from '../../src/domain/proposal.ts';
import type { PullRequest } from '../../src/ports/forge.ts';
import { classifyPulls } from '../../src/reconcile/classify.ts';

const proposal = (scope: string, contentDigest = 'd1'): Proposal => ({
  kind: 'remediate',
  scope,
  branch: branchOf('remediate', scope),
  files: new Map(),
  contentDigest,
  title: 't',
  body: 'b',
});
const pull = (scope: string, over: Partial<PullRequest> = {}): PullRequest => ({
  number: 1,
  kind: 'remediate',
  scope,
  branch: branchOf('remediate', scope),
  base: 'main',
  head: 'h1',
  title: 't',
  body: 'b',
  contentDigest: 'd1',
  state: 'open',
  openedBy: 'bot@x',
  openedAt: '2024-01-01T00:00:00Z',
  approvals: [],
  merge: null,
  closeReason: null,
  closedBy: null,
  ...over,
});
const branch = (scope: string, head = 'h1') => [branchOf('remediate', scope), head] as const;
const classify = (
  wanted: Proposal[],
  pulls: PullRequest[],
  branches: (readonly [string, string])[] = [],
  openLimit = 10,
) =>
  classifyPulls({
    wanted,
    pulls,
    branches: new Map(branches),
    bot: ['bot@x'],
    openLimit,
    kinds: ['remediate'],
  }).map((a) => [a.action, 'reason' in a ? a.reason : null]);

describe('classifyPulls', () => {
  it.each<[string, ReturnType<typeof classify>, ReturnType<typeof classify>]>([
    ['nothing wanted, nothing open', classify([], []), []],
    ['wanted, nothing there', classify([proposal('a')], []), [['open', null]]],
    [
      'open with the same content',
      classify([proposal('a')], [pull('a')], [branch('a')]),
      [['keep', 'same-content']],
    ],
    [
      'open with other content',
      classify([proposal('a', 'd2')], [pull('a')], [branch('a')]),
      [['refresh', null]],
    ],
    ['open, its branch deleted', classify([proposal('a', 'd2')], [pull('a')]), [['refresh', null]]],
    [
      'a person pushed to the branch',
      classify([proposal('a', 'd2')], [pull('a')], [branch('a', 'theirs')]),
      [['yield', 'foreign-commit']],
    ],
    [
      'closed by a person',
      classify([proposal('a')], [pull('a', { state: 'closed', closedBy: 'alice@x' })]),
      [['refused', 'closed-by-a-person']],
    ],
    [
      'closed by a person, other content now',
      classify([proposal('a', 'd2')], [pull('a', { state: 'closed', closedBy: 'alice@x' })]),
      [['open', null]],
    ],
    [
      'closed by the bot as obsolete, wanted again',
      classify([proposal('a')], [pull('a', { state: 'closed', closedBy: 'bot@x' })]),
      [['open', null]],
    ],
    [
      'merged before, wanted anew',
      classify([proposal('a', 'd2')], [pull('a', { state: 'merged' })], [branch('a')]),
      [['open', null]],
    ],
    [
      'our branch name, but not our branch',
      classify([proposal('a')], [], [branch('a', 'theirs')]),
      [['defer', 'branch-taken']],
    ],
    [
      'wanted, but not yet: nothing is opened',
      classify([{ ...proposal('a'), waits: 'cadence' }], []),
      [['defer', 'cadence']],
    ],
    [
      'not yet, but open already: it is kept up to date',
      classify([{ ...proposal('a', 'd2'), waits: 'in-flight' }], [pull('a')], [branch('a')]),
      [['refresh', null]],
    ],
    [
      'what goes back comes before what is new when places are few',
      classify([proposal('a'), { ...proposal('b'), kind: 'rollback' }], [], [], 1),
      [
        ['open', null],
        ['defer', 'limit'],
      ],
    ],
    ['no longer wanted', classify([], [pull('a')], [branch('a')]), [['close', 'obsolete']]],
    [
      'no longer wanted, but a person works on it',
      classify([], [pull('a')], [branch('a', 'theirs')]),
      [['yield', 'foreign-commit']],
    ],
    ['a manual pull request is never touched', classify([], [pull('a', { kind: 'manual' })]), []],
    [
      'a kind that this run did not compute is never touched',
      classify([], [pull('a', { kind: 'rollback' })]),
      [],
    ],
    [
      'over the limit',
      classify([proposal('a'), proposal('b')], [], [], 1),
      [
        ['open', null],
        ['defer', 'limit'],
      ],
    ],
  ])('%s', (_case, actual, expected) => {
    expect(actual).toEqual(expected);
  });

  it.each(['remediate', 'promote', 'rollback', 'expedited'] as const)(
    'R1, R2, R3: %s is opened, kept, refreshed, left to people and closed like any other',
    (kind) => {
      const mine = (digest = 'd1'): Proposal => ({
        ...proposal('a', digest),
        kind,
        branch: branchOf(kind, 'a'),
      });
      const theirs = (over: Partial<PullRequest> = {}) =>
        pull('a', { kind, branch: branchOf(kind, 'a'), ...over });
      const run = (wanted: Proposal[], pulls: PullRequest[], head = 'h1') =>
        classifyPulls({
          wanted,
          pulls,
          branches: new Map(pulls.length > 0 ? [[branchOf(kind, 'a'), head]] : []),
          bot: ['bot@x'],
          openLimit: 5,
          kinds: [kind],
        }).map((a) => a.action);
      expect(run([mine()], [])).toEqual(['open']);
      expect(run([mine()], [theirs()])).toEqual(['keep']);
      expect(run([mine('d2')], [theirs()])).toEqual(['refresh']);
      expect(run([mine('d2')], [theirs()], 'foreign')).toEqual(['yield']);
      expect(run([], [theirs()])).toEqual(['close']);
      expect(run([], [theirs()], 'foreign')).toEqual(['yield']);
      expect(run([mine()], [theirs({ state: 'closed', closedBy: 'ann@x' })])).toEqual(['refused']);
    },
  );

  it('R1, R3: at most one open proposal a scope, and foreign work is only ever left alone', () => {
    const scope = fc.constantFrom('a', 'b', 'c');
    const digest = fc.constantFrom('d1', 'd2');
    const pulls = fc.uniqueArray(
      fc.record({
        scope,
        contentDigest: digest,
        state: fc.constantFrom('open', 'closed', 'merged'),
        closedBy: fc.constantFrom('bot@x', 'alice@x'),
        head: fc.constantFrom('h1', 'h2'),
      }),
      { selector: (p) => `${p.scope}${p.state}` },
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(scope),
        digest,
        pulls,
        fc.dictionary(scope, fc.constantFrom('h1', 'h2', 'theirs')),
        (scopes, d, given, heads) => {
          const all = given.map((p, i) =>
            pull(p.scope, { ...p, number: i + 1, state: p.state as PullRequest['state'] }),
          );
          const branches = new Map(Object.entries(heads).map(([s, h]) => [branchOf('remediate', s), h]));
          const actions = classifyPulls({
            wanted: scopes.map((s) => proposal(s, d)),
            pulls: all,
            branches,
            bot: ['bot@x'],
            openLimit: 3,
            kinds: ['remediate'],
          });
          const open = new Set(all.filter((p) => p.state === 'open').map((p) => p.scope));
          for (const a of actions) {
            if (a.action === 'open') expect(open.has(a.proposal.scope)).toBe(false);
            if (a.action === 'refresh' || a.action === 'close')
              expect(branches.get(a.pull.branch) ?? a.pull.head).toBe(a.pull.head);
          }
          const touched = actions.map((a) => ('proposal' in a ? a.proposal.scope : a.pull.scope));
          expect(new Set(touched).size).toBe(touched.length);
        },
      ),
    );
  });
});
