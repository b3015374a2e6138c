import { describe, expect, it } from 'vitest';
import { clockOf, demandOf } from '../../../src/assess/fleet/pinned-order.ts';

type Status = NonNullable<Parameters<typeof demandOf>[0]>;

/** By hand, from what asks nothing to what asks most; those of one row are equally strict. */
const LADDER: readonly (readonly Status[])[] = [
  ['not-affected', 'fixed', 'excepted', 'mitigated', 'ungoverned'],
  ['unknown'],
  ['no-fix'],
  ['rejected'],
  ['waiting'],
  ['pinned'],
  ['pending-reboot'],
  ['missing'],
];

describe('how strict a status is', () => {
  it.each(LADDER.flatMap((row, i) => row.map((status) => [status, i] as const)))(
    '%s: step %i',
    (status, i) => {
      expect(demandOf(status)).toBe(i);
    },
  );

  it('a finding that is not there asks nothing', () => {
    expect(demandOf(null)).toBe(0);
  });

  it.each<[Status | null, string]>([
    ['missing', 'patch'],
    ['rejected', 'patch'],
    ['no-fix', 'mitigate'],
    ['unknown', 'none'],
    ['excepted', 'none'],
    [null, 'none'],
  ])('the day of %s belongs to the clock %s', (status, clock) => {
    expect(clockOf(status)).toBe(clock);
  });
});
