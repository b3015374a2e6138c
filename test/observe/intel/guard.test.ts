import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type FeedFacts,
  readFeedFacts,
  staleFeeds,
  staleSentence,
} from '../../../src/observe/intel/feed-facts.ts';
import { GUARD_DEFAULTS, guardFeeds } from '../../../src/observe/intel/guard.ts';

const NOW = '2024-10-28T12:00:00Z';
const facts = (
  records: number,
  newest: string | null = '2024-10-27',
  over: Partial<FeedFacts> = {},
): FeedFacts => ({
  label: 'feeds/epss',
  kind: 'epss',
  records,
  newest,
  fetchedAt: NOW,
  ...over,
});
const guard = (before: FeedFacts, now: FeedFacts) => guardFeeds([before], [now], GUARD_DEFAULTS, NOW);

describe('a feed compared with what it was before', () => {
  it.each([
    [100, 90, undefined],
    [100, 89, 'shrank'],
    [100, 150, undefined],
    [100, 151, 'jumped'],
    [1, 1, undefined],
    [1, 2, 'jumped'],
  ])('from %i to %i records is %s', (before, now, kind) => {
    expect(guard(facts(before), facts(now)).map((r) => r.kind)).toEqual(kind === undefined ? [] : [kind]);
  });

  it.each([
    ['2024-10-27', '2024-10-27', false],
    ['2024-10-27', '2024-10-26', true],
    ['2024-10-27T10:00:00Z', '2024-10-27T09:59:59.999Z', true],
    ['2024-10-27T10:00:00Z', '2024-10-27T12:00:00+02:00', false],
    ['2024-10-27T10:00:00.5Z', '2024-10-27T10:00:00.45Z', true],
    ['2024-10-27', null, true],
    [null, '2024-10-27', false],
    [null, null, false],
    // A date in the future is somebody's mistake, and would hold the feed back for years.
    ['2034-01-01', '2024-10-27', false],
    ['2024-10-29', '2024-10-28', true],
  ])('from %s to %s goes back: %s', (before, now, back) => {
    expect(guard(facts(1, before), facts(1, now)).some((r) => r.kind === 'went-back')).toBe(back);
  });

  it('says what happened', () => {
    expect(guard(facts(1000), facts(899))).toEqual([
      { label: 'feeds/epss', kind: 'shrank', why: 'shrank from 1000 to 899 records, by more than 10 %' },
    ]);
    expect(guard(facts(2), facts(9))[0]?.why).toBe('jumped from 2 to 9 records, by more than 50 %');
    expect(guard(facts(2), facts(2, '2023-01-01'))[0]?.why).toBe('goes back from 2024-10-27 to 2023-01-01');
  });

  it('has nothing to be compared with when it is new or of another kind', () => {
    expect(guard(facts(9), facts(1, null, { label: 'other' }))).toEqual([]);
    expect(guard(facts(9), facts(1, null, { kind: 'kev' }))).toEqual([]);
    expect(guardFeeds([], [facts(1)], GUARD_DEFAULTS, NOW)).toEqual([]);
  });

  it('is monotone: what lies between accepted numbers is accepted, and wider limits refuse nothing more', () => {
    const share = fc.double({ min: 0, max: 2, noNaN: true });
    const limits = fc.record({ shrink: fc.double({ min: 0, max: 1, noNaN: true }), jump: share });
    const size = fc.integer({ min: 1, max: 1e6 });
    fc.assert(
      fc.property(
        size,
        size,
        fc.double({ min: 0, max: 1, noNaN: true }),
        limits,
        share,
        (before, now, part, narrow, more) => {
          const refuses = (records: number, l: typeof narrow) =>
            guardFeeds([facts(before)], [facts(records)], l, NOW).length > 0;
          const between = Math.round(before + (now - before) * part);
          if (!refuses(now, narrow)) {
            expect(refuses(between, narrow)).toBe(false);
            expect(refuses(now, { shrink: narrow.shrink + more, jump: narrow.jump + more })).toBe(false);
          }
          expect(refuses(before, narrow)).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the age of a feed', () => {
  const limits = [{ label: 'feeds/epss', maxAgeDays: 7 }];
  it.each([
    ['2024-10-20', '2024-10-27T00:00:00Z', null],
    ['2024-10-20', '2024-10-27T00:00:01Z', 7],
    ['2024-10-20T12:00:00Z', '2024-10-30T00:00:00Z', 9],
    [null, '2024-11-04T12:00:00Z', null],
    [null, '2024-11-04T12:00:01Z', 7],
  ])('with a newest record of %s at %s: stale for %s', (newest, asOf, days) => {
    expect(staleFeeds([facts(1, newest)], limits, asOf).map((f) => f.ageDays)).toEqual(
      days === null ? [] : [days],
    );
  });

  it('is judged only where the config says so', () => {
    expect(staleFeeds([facts(1, '1999-01-01')], [{ label: 'feeds/epss' }], NOW)).toEqual([]);
    expect(staleFeeds([facts(1, '1999-01-01')], [], NOW)).toEqual([]);
  });

  it('is told in a sentence', () => {
    const [stale] = staleFeeds([facts(1, '2024-10-01')], limits, NOW);
    expect(stale && staleSentence(stale)).toBe(
      'the feed feeds/epss is stale: its newest record is of 2024-10-01, 27 days ago, and 7 are allowed',
    );
  });
});

it.each([[7], [[7]], [[{ ...facts(1), records: '1' }]], [[{ ...facts(1), newest: 1 }]]])(
  'damaged facts are none: %j',
  (value) => {
    expect(readFeedFacts(value)).toBeUndefined();
    expect(readFeedFacts([facts(1)])).toEqual([facts(1)]);
  },
);
