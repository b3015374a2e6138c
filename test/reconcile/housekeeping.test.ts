import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leftoverExceptions } from '../../src/reconcile/housekeeping.ts';
import { anException } from '../support/fleet-world.ts';

const NOW = '2024-10-24T12:00:00Z';
const STATES = ['in-force', 'ineffective', 'unused', 'dead', 'exceeded', 'pending', 'expired'];

const told = (state: string, validFrom: string, since?: string) => {
  const left = leftoverExceptions({
    exceptions: [anException('e', { validFrom })],
    uses: [{ exception: 'e', state }],
    since: new Map(since === undefined ? [] : [['e', since]]),
    now: NOW,
  });
  return [...left.values()].flat().map((l) => l.why);
};

describe('exceptions that may go', () => {
  it.each([
    ['expired', '2024-10-20', undefined, ['expired']],
    ['dead', '2024-09-24', undefined, ['dead']],
    ['dead', '2024-09-25', undefined, []],
    ['unused', '2024-09-24', undefined, ['unused']],
    ['unused', '2024-10-20', '2024-01-01', ['unused']],
    ['unused', '2024-01-01', '2024-10-20', []],
    ['in-force', '2024-01-01', undefined, []],
    ['ineffective', '2024-01-01', undefined, []],
    ['exceeded', '2024-01-01', undefined, []],
    ['pending', '2024-01-01', undefined, []],
  ] as const)('%s since %s (accepted since %s): %j', (state, validFrom, since, why) => {
    expect(told(state, validFrom, since)).toEqual(why);
  });

  it('each stands once, with its owner, whatever the order they are told in', () => {
    const exception = fc.record({
      id: fc.stringMatching(/^[a-z]{1,3}$/),
      owner: fc.constantFrom('team:a', 'team:b', 'person:c'),
      state: fc.constantFrom(...STATES),
    });
    fc.assert(
      fc.property(fc.uniqueArray(exception, { selector: (e) => e.id }), (list) => {
        const run = (all: typeof list) =>
          leftoverExceptions({
            exceptions: all.map(({ id, owner }) => anException(id, { owner })),
            uses: all.map(({ id, state }) => ({ exception: id, state })),
            since: new Map(),
            now: NOW,
          });
        const left = run(list);
        expect([...run(list.toReversed())]).toEqual([...left]);
        const gone = list.filter((e) => ['expired', 'dead', 'unused'].includes(e.state));
        expect(
          [...left.values()]
            .flat()
            .map((l) => l.exception.id)
            .sort(),
        ).toEqual(gone.map((e) => e.id).sort());
        for (const [owner, leftovers] of left)
          for (const l of leftovers) expect(l.exception.owner).toBe(owner);
      }),
    );
  });
});
