import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { branchOf, type Proposal } from '../../src/domain/proposal.ts';
import type { BranchState, PullRequest } from '../../src/ports/forge.ts';
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
  tip: 'h1',
  foreign: false,
  title: 't',
  body: 'b',
  contentDigest: 'd1',
  state: 'open',
  openedBy: 'bot@x',
  openedAt: '2024-01-01T00:00:00Z',
  asks: [],
  approvals: [],
  merge: null,
  closeReason: null,
  closedBy: null,
  ...over,
});
const branch = (scope: string, head = 'h1') => [branchOf('remediate', scope), head] as const;

/** A forge as the classifier sees it: what is open at once, and the rest branch by branch. */
function seen(pulls: readonly PullRequest[], branches: ReadonlyMap<string, string>, asked: string[] = []) {
  const placed = pulls.map((p) => {
    const tip = branches.get(p.branch) ?? null;
    return { ...p, tip, foreign: p.state === 'open' && tip !== null && tip !== p.head };
  });
  return {
    open: placed.filter((p) => p.state === 'open'),
    branch: async (name: string): Promise<BranchState> => {
      asked.push(name);
      const tip = branches.get(name) ?? null;
      const found = placed.filter((p) => p.branch === name);
      return { pulls: found, tip, ours: found.some((p) => p.head === tip) };
    },
    conflicts: async (p: PullRequest) => p.title === 'conflicts',
    grown: new Map([[99, { from: 10, to: 20 }]]),
    bot: ['bot@x'],
    lastHour: 0,
    today: '2024-10-24',
  };
}

const classify = async (
  wanted: Proposal[],
  pulls: PullRequest[],
  branches: (readonly [string, string])[] = [],
  openLimit = 10,
) => {
  const actions = await classifyPulls({
    wanted,
    ...seen(pulls, new Map(branches)),
    limits: { open: openLimit },
    kinds: ['remediate'],
  });
  return actions.map((a): readonly (string | number | null)[] => [
    a.action,
    'reason' in a ? a.reason : null,
    'pull' in a ? a.pull.number : null,
  ]);
};

describe('classifyPulls', () => {
  it.each<[string, ReturnType<typeof classify>, Awaited<ReturnType<typeof classify>>]>([
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
      [['refresh', 'content']],
    ],
    ['open, its branch deleted', classify([proposal('a', 'd2')], [pull('a')]), [['refresh', 'content']]],
    [
      'open with the same content that no longer merges',
      classify([proposal('a')], [pull('a', { title: 'conflicts' })], [branch('a')]),
      [['refresh', 'conflict']],
    ],
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
      [['refresh', 'content']],
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
    [
      'opened twice at the same moment: the older one stays, in whatever order they are listed',
      classify([proposal('a')], [pull('a', { number: 12 }), pull('a', { number: 9 })], [branch('a')]),
      [
        ['keep', 'same-content', 9],
        ['close', 'duplicate', 12],
      ],
    ],
    [
      'opened three times, wanted no more',
      classify(
        [],
        [1, 2, 3].map((number) => pull('a', { number })),
        [branch('a')],
      ),
      [
        ['close', 'obsolete', 1],
        ['close', 'duplicate', 2],
        ['close', 'duplicate', 3],
      ],
    ],
    [
      'a second one that a person opened, holds or works on is theirs',
      classify(
        [proposal('a')],
        [
          pull('a', { number: 1 }),
          pull('a', { number: 2, openedBy: 'ann@x' }),
          pull('a', { number: 3, asks: ['hold'] }),
        ],
        [branch('a')],
      ),
      [['keep', 'same-content', 1]],
    ],
    [
      'one of a branch that a person pushed to is no duplicate',
      classify(
        [proposal('a')],
        [pull('a', { number: 1 }), pull('a', { number: 2 })],
        [branch('a', 'theirs')],
      ),
      [['yield', 'foreign-commit', 1]],
    ],
    [
      'a duplicate takes a place until it is closed',
      classify(
        [proposal('a'), proposal('b')],
        [pull('a', { number: 1 }), pull('a', { number: 2 })],
        [branch('a')],
        2,
      ),
      [
        ['keep', 'same-content', 1],
        ['defer', 'limit'],
        ['close', 'duplicate', 2],
      ],
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
  ])('%s', async (_case, actual, expected) => {
    const found = await actual;
    expect(found.map((a, i) => a.slice(0, expected[i]?.length))).toEqual(expected);
  });

  it.each(['remediate', 'promote', 'rollback', 'expedited'] as const)(
    'R1, R2, R3: %s is opened, kept, refreshed, left to people and closed like any other',
    async (kind) => {
      const mine = (digest = 'd1'): Proposal => ({
        ...proposal('a', digest),
        kind,
        branch: branchOf(kind, 'a'),
      });
      const theirs = (over: Partial<PullRequest> = {}) =>
        pull('a', { kind, branch: branchOf(kind, 'a'), ...over });
      const run = async (wanted: Proposal[], pulls: PullRequest[], head = 'h1') => {
        const branches = new Map(pulls.length > 0 ? [[branchOf(kind, 'a'), head]] : []);
        const actions = await classifyPulls({
          wanted,
          ...seen(pulls, branches),
          limits: { open: 5 },
          kinds: [kind],
        });
        return actions.map((a) => a.action);
      };
      expect(await run([mine()], [])).toEqual(['open']);
      expect(await run([mine()], [theirs()])).toEqual(['keep']);
      expect(await run([mine('d2')], [theirs()])).toEqual(['refresh']);
      expect(await run([mine('d2')], [theirs()], 'foreign')).toEqual(['yield']);
      expect(await run([], [theirs()])).toEqual(['close']);
      expect(await run([], [theirs()], 'foreign')).toEqual(['yield']);
      expect(await run([mine()], [theirs({ state: 'closed', closedBy: 'ann@x' })])).toEqual(['refused']);
    },
  );

  it('R1, R3: at most one open proposal a scope, and foreign work is only ever left alone', async () => {
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
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(scope),
        digest,
        pulls,
        fc.dictionary(scope, fc.constantFrom('h1', 'h2', 'theirs')),
        async (scopes, d, given, heads) => {
          const all = given.map((p, i) =>
            pull(p.scope, { ...p, number: i + 1, state: p.state as PullRequest['state'] }),
          );
          const branches = new Map(Object.entries(heads).map(([s, h]) => [branchOf('remediate', s), h]));
          const actions = await classifyPulls({
            wanted: scopes.map((s) => proposal(s, d)),
            ...seen(all, branches),
            limits: { open: 3 },
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

  it('asks the forge only about branches that could be opened now', async () => {
    const asked: string[] = [];
    const wanted = [
      ...['a', 'b', 'c', 'd'].map((scope) => proposal(scope)),
      { ...proposal('e'), waits: 'cadence' as const },
    ];
    const forge = seen([pull('a')], new Map([branch('a')]), asked);
    const actions = await classifyPulls({ wanted, ...forge, limits: { open: 3 }, kinds: ['remediate'] });
    expect(actions.map((a) => a.action)).toEqual(['keep', 'open', 'open', 'defer', 'defer']);
    expect(asked).toEqual(['b', 'c'].map((scope) => branchOf('remediate', scope)));
  });

  it('R1: an open one that the listing missed is found by its branch, and not opened again', async () => {
    const forge = seen([pull('a')], new Map([branch('a')]));
    const run = async (digest: string) =>
      classifyPulls({
        wanted: [proposal('a', digest)],
        ...forge,
        open: [],
        limits: { open: 3 },
        kinds: ['remediate'],
      });
    expect(await run('d1')).toMatchObject([{ action: 'keep' }]);
    expect(await run('d2')).toMatchObject([{ action: 'refresh' }]);
  });

  it('pull requests of people take no place of ours', async () => {
    const manual = pull('m', { kind: 'manual', branch: 'anna/x' });
    expect(await classify([proposal('a')], [manual], [], 1)).toEqual([['open', null, null]]);
  });
});
