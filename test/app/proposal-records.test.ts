import { describe, expect, it } from 'vitest';
import { grownPulls, proposalRecords, recordOf, supersededBy } from '../../src/app/proposal-records.ts';
import type { ProposalEvidence } from '../../src/contracts/generated/evidence-entry.ts';
import { branchOf, type Proposal } from '../../src/domain/proposal.ts';
import type { PullRequest } from '../../src/ports/forge.ts';
import { digest } from '../support/builders/evidence.ts';

const [A, B] = [digest('a'), digest('b')];
const entry = (pull: number, head: string, over: Partial<ProposalEvidence> = {}): ProposalEvidence => ({
  ...{ apiVersion: 'patchwarden/v1', type: 'proposal', time: '2024-10-24T12:00:00Z', pull, head },
  ...{ kind: 'remediate', scope: 'a/b', contentDigest: A, digests: {} },
  ...over,
});
const pull = (over: Partial<PullRequest> = {}): PullRequest => ({
  ...{ number: 1, kind: 'remediate', scope: 'a/b', branch: branchOf('remediate', 'a/b'), base: 'main' },
  ...{ head: 'h1', tip: 'h1', foreign: false, title: 't', body: 'b', contentDigest: A, state: 'open' },
  ...{
    openedBy: 'bot',
    openedAt: '',
    asks: [],
    approvals: [],
    merge: null,
    closeReason: null,
    closedBy: null,
  },
  ...over,
});
const proposal = (over: Partial<Proposal> = {}): Proposal => ({
  ...{ kind: 'remediate', scope: 'a/b', branch: branchOf('remediate', 'a/b'), files: new Map() },
  ...{ contentDigest: A, title: 't', body: 'b', hosts: 13 },
  ...over,
});
const records = proposalRecords([
  entry(1, 'h0', { hosts: 5, contentDigest: B, generation: 3 }),
  entry(1, 'h1', { hosts: 10, generation: 4, supersedes: 3 }),
  entry(2, 'h1', { time: '2024-10-24T13:00:00Z' }),
]);

describe('grownPulls', () => {
  it.each<[string, Partial<PullRequest>, Partial<Proposal>, number | undefined, boolean]>([
    ['more than a fifth more', {}, {}, undefined, true],
    ['a fifth more', {}, { hosts: 12 }, undefined, false],
    ['as much as the config allows', {}, {}, 0.3, false],
    ['more than the config allows', {}, { hosts: 11 }, 0, true],
    ['other content, which is refreshed', {}, { contentDigest: B }, undefined, false],
    ['another head, which was never recorded', { head: 'h9', tip: 'h9' }, {}, undefined, false],
    ['a branch that is theirs', { foreign: true, tip: 'x' }, {}, undefined, false],
    ['a record without a number', { number: 2 }, {}, undefined, false],
    ['nothing that could be counted', {}, { hosts: undefined as never }, undefined, false],
  ])('%s', (_case, given, wanted, share, expected) => {
    const grown = grownPulls([pull(given)], [proposal(wanted)], records, share);
    expect(grown.size > 0).toBe(expected);
    if (expected) expect(grown.get(1)?.from).toBe(10);
  });
});

describe('recordOf', () => {
  it('has the number of now, or the one that approvals that still count were given for', () => {
    const facts = { hosts: 12, generation: 4 };
    expect(recordOf(records, pull(), facts)).toEqual({ hosts: 12, generation: 4, supersedes: 3 });
    expect(recordOf(records, pull({ approvals: ['c'] }), facts).hosts).toBe(10);
    expect(recordOf(records, pull({ approvals: ['c'], contentDigest: B }), facts).hosts).toBe(5);
    expect(recordOf(records, pull({ number: 3 }), undefined)).toEqual({});
    expect(recordOf(records, pull({ number: 3 }), { askedBy: ['olga'] })).toEqual({ askedBy: ['olga'] });
  });
});

it.each([
  [undefined, 4, undefined],
  [{ generation: 4 }, undefined, undefined],
  [{ generation: 4 }, 4, undefined],
  [{ generation: 4, supersedes: 3 }, 4, 3],
  [{ generation: 4, supersedes: 3 }, 5, 4],
])('after %o generation %s supersedes %s', (last, generation, expected) => {
  expect(supersededBy(last, generation)).toBe(expected);
});

it('counts a pull request once, when it was opened', () => {
  expect(records.openedSince('2024-10-24T11:59:59Z')).toBe(2);
  expect(records.openedSince('2024-10-24T12:00:00Z')).toBe(1);
  expect(records.openedSince('2024-10-24T13:00:00Z')).toBe(0);
});
