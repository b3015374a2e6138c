import { expect, it } from 'vitest';
import { outdatedDrift } from '../../src/app/outdated-drift.ts';
import { branchOf, type Proposal } from '../../src/domain/proposal.ts';
import type { PullRequest } from '../../src/ports/forge.ts';

const files = new Map<string, string | null>([
  ['locks/a/x.lock.json', 'generation 6'],
  ['locks/a/y.lock.json', 'generation 3'],
]);
const wanted: Proposal = {
  ...{ kind: 'drift', scope: 'a', branch: branchOf('drift', 'a'), files },
  ...{ contentDigest: 'd', title: 't', body: 'b' },
};
const pull = (over: Partial<PullRequest> = {}): PullRequest => ({
  ...{ number: 1, kind: 'drift', scope: 'a', branch: wanted.branch, base: 'main', head: 'h', tip: 'h' },
  ...{ foreign: false, title: 't', body: 'b', contentDigest: 'd', state: 'open', openedBy: 'bot' },
  ...{ openedAt: '', asks: [], approvals: [], merge: null, closeReason: null, closedBy: null },
  ...over,
});
const git = (y: string | undefined) => ({
  readObjects: async (names: readonly string[]) => {
    expect(names).toEqual([...files.keys()].map((path) => `h:${path}`));
    return ['generation 6', y].map((text) => (text === undefined ? undefined : Buffer.from(text)));
  },
});

it.each<[string, string | undefined, Partial<PullRequest>, boolean]>([
  ['as wanted', 'generation 3', {}, false],
  ['a generation behind in one of its locks', 'generation 2', {}, true],
  ['without one of its locks', undefined, {}, true],
  ['of other content, which is refreshed anyway', 'generation 2', { contentDigest: 'e' }, false],
  ['theirs', 'generation 2', { foreign: true }, false],
  ['of another kind, which binds its generation', 'generation 2', { kind: 'promote' }, false],
])('an open one that is %s', async (_case, y, over, expected) => {
  expect((await outdatedDrift(git(y), [pull(over)], [wanted])).has(1)).toBe(expected);
});
