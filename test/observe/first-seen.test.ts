import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { updateFirstSeen } from '../../src/observe/first-seen.ts';
import { aPackage } from '../support/fleet-world.ts';

const offer = fc.record({
  version: fc.constantFrom('1', '2', '3'),
  origin: fc.constantFrom('a:x/y', 'b:x/y'),
});
const reading = fc.array(offer, { maxLength: 4 }).map((list) => list.map((change) => aPackage(change)));
const key = (r: { origin: string; version: string }): string => `${r.origin} ${r.version}`;

describe('first sight', () => {
  it('is remembered as of the first reading that offered it, in whatever order readings come and go', () => {
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1, maxLength: 5 }), (readings) => {
        const days = readings.map((_, i) => `2024-10-0${i + 1}T00:00:00Z`);
        const memory = readings.reduce(
          (rows, packages, i) => updateFirstSeen(rows, packages, days[i] ?? ''),
          [] as ReturnType<typeof updateFirstSeen>,
        );
        const expected = new Map<string, string>();
        for (const [i, packages] of readings.entries())
          for (const p of packages) if (!expected.has(key(p))) expected.set(key(p), days[i] ?? '');
        expect(new Map(memory.map((r) => [key(r), r.at]))).toEqual(expected);
        expect(memory).toHaveLength(expected.size);
      }),
    );
  });

  it('does not move when a clock was set back', () => {
    const first = updateFirstSeen([], [aPackage()], '2024-10-05T00:00:00Z');
    expect(updateFirstSeen(first, [aPackage()], '2024-10-01T00:00:00Z')).toEqual(first);
  });
});
