import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { branchOf, type Proposal } from '../../src/domain/proposal.ts';
import { type Places, placesFor } from '../../src/reconcile/places.ts';

const TODAY = '2024-10-24';
const proposal = (scope: string, over: Partial<Proposal> = {}): Proposal => ({
  ...{ kind: 'remediate', scope, branch: branchOf('remediate', scope), files: new Map() },
  ...{ contentDigest: 'd', title: 't', body: 'b' },
  ...over,
});
const SHUT = { calendar: 'office', open: false, next: null };
const OPEN = { calendar: 'office', open: true, next: null };
const none = { taken: [], strangers: 0, lastHour: 0, today: TODAY };

describe('placesFor', () => {
  it.each<[string, Places, Proposal, ReturnType<Places['ask']>]>([
    ['a place', placesFor({ open: 1 }, none), proposal('a'), null],
    ['none left', placesFor({ open: 1 }, { ...none, taken: [proposal('b')] }), proposal('a'), 'limit'],
    [
      'taken by what nobody wants any more',
      placesFor({ open: 1 }, { ...none, strangers: 1 }),
      proposal('a'),
      'limit',
    ],
    [
      'its owner has as many as may be',
      placesFor({ open: 9, perOwner: 1 }, { ...none, taken: [proposal('b', { owner: 'team:x' })] }),
      proposal('a', { owner: 'team:x' }),
      'owner-limit',
    ],
    [
      'another owner has',
      placesFor({ open: 9, perOwner: 1 }, { ...none, taken: [proposal('b', { owner: 'team:x' })] }),
      proposal('a', { owner: 'team:y' }),
      null,
    ],
    [
      'no owner',
      placesFor({ open: 9, perOwner: 1 }, { ...none, taken: [proposal('b')] }),
      proposal('a'),
      null,
    ],
    [
      'enough for this hour',
      placesFor({ open: 9, perHour: 2 }, { ...none, lastHour: 2 }),
      proposal('a'),
      'hour-limit',
    ],
    ['no limit an hour', placesFor({ open: 9 }, { ...none, lastHour: 1000 }), proposal('a'), null],
    ['due in three days', placesFor({ open: 0 }, none), proposal('a', { due: '2024-10-27' }), 'deadline'],
    ['due in four', placesFor({ open: 0 }, none), proposal('a', { due: '2024-10-28' }), 'limit'],
    ['overdue', placesFor({ open: 0 }, none), proposal('a', { due: '2020-01-01' }), 'deadline'],
    ['outside of the schedule', placesFor({ open: 9, schedule: SHUT }, none), proposal('a'), 'schedule'],
    ['within it', placesFor({ open: 9, schedule: OPEN }, none), proposal('a'), null],
    ['outside, and none left', placesFor({ open: 0, schedule: SHUT }, none), proposal('a'), 'schedule'],
    [
      'outside, and due',
      placesFor({ open: 9, schedule: SHUT }, none),
      proposal('a', { due: '2024-10-27' }),
      'deadline',
    ],
    [
      'outside, and going back',
      placesFor({ open: 9, schedule: SHUT }, none),
      proposal('a', { kind: 'rollback' }),
      'rollback',
    ],
    [
      'outside, and expedited',
      placesFor({ open: 9, schedule: SHUT }, none),
      proposal('a', { kind: 'expedited' }),
      'expedited',
    ],
    [
      'going back, and none left',
      placesFor({ open: 0, schedule: SHUT }, none),
      proposal('a', { kind: 'rollback' }),
      'limit',
    ],
    [
      'asked for by a box',
      placesFor({ open: 0, schedule: SHUT }, { ...none, asked: new Set([branchOf('remediate', 'a')]) }),
      proposal('a'),
      'asked',
    ],
    [
      'another is asked for',
      placesFor({ open: 0 }, { ...none, asked: new Set([branchOf('remediate', 'b')]) }),
      proposal('a'),
      'limit',
    ],
    [
      'asked for by a label',
      placesFor({ open: 0, schedule: SHUT }, none),
      proposal('a', { kind: 'expedited', askedBy: ['olga'] }),
      'asked',
    ],
    ['due, and there is a place', placesFor({ open: 1 }, none), proposal('a', { due: '2024-10-24' }), null],
  ])('%s', (_case, places, asked, expected) => {
    expect(places.ask(asked)).toBe(expected);
  });

  it('never lets more in than the limits, but for deadlines', () => {
    const proposals = fc.array(
      fc.record({
        owner: fc.constantFrom('team:x', 'team:y', undefined),
        due: fc.constantFrom(TODAY, undefined),
      }),
    );
    const limit = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(proposals, limit, limit, limit, limit, (given, open, perOwner, perHour, lastHour) => {
        const places = placesFor({ open, perOwner, perHour }, { ...none, lastHour });
        const let_ = given
          .map((g, i) =>
            proposal(String(i), {
              ...(g.owner === undefined ? {} : { owner: g.owner }),
              ...(g.due === undefined ? {} : { due: g.due }),
            }),
          )
          .filter((p) => {
            const answer = places.ask(p);
            const taken = answer === null || answer === 'deadline';
            if (taken) places.take(p);
            return taken;
          });
        const late = let_.filter((p) => p.due !== undefined).length;
        expect(let_.length - late).toBeLessThanOrEqual(Math.min(open, Math.max(0, perHour - lastHour)));
        for (const owner of ['team:x', 'team:y'])
          expect(let_.filter((p) => p.owner === owner && p.due === undefined).length).toBeLessThanOrEqual(
            perOwner,
          );
        expect(late).toBe(given.filter((g) => g.due !== undefined).length);
      }),
    );
  });
});
