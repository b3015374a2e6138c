import { describe, expect, it } from 'vitest';
import { clockOf, demandOf } from '../../../src/assess/fleet/status-order.ts';

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
    ['fixed', 'none'],
    ['excepted', 'any'],
    ['mitigated', 'any'],
    [null, 'none'],
  ])('without a duty a day of %s would belong to the clock %s', (status, clock) => {
    expect(clockOf(status)).toBe(clock);
  });

  it('with a duty it is that of the duty, whatever the status', () => {
    for (const status of LADDER.flat())
      for (const kind of ['patch', 'mitigate'] as const) expect(clockOf(status, kind)).toBe(kind);
  });
});
