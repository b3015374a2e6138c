import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growthOf, growthWords, mostHosts } from '../../src/domain/growth.ts';

const hosts = fc.integer({ min: 0, max: 2_000_000 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('growth', () => {
  it.each([
    [40, 0.2, 48],
    [10, 0.2, 12],
    [100, 0.15, 115],
    [40, 0.1, 44],
    [3, 0.2, 4],
    [0, 0.2, 1],
    [1, 0.2, 2],
    [7, 0, 7],
    [50, 1, 100],
  ])('%i hosts may become, with %f, at most %i', (from, part, most) => {
    expect(mostHosts(from, part)).toBe(most);
    expect(growthOf(from, most, part)).toBeNull();
    expect(growthOf(from, most + 1, part)).toEqual({ from, to: most + 1 });
  });

  it('never of what is unknown, nor of what shrank; more hosts never make it less, a larger share never more', () => {
    fc.assert(
      fc.property(hosts, hosts, share, share, (from, to, part, other) => {
        expect(growthOf(undefined, to, part)).toBeNull();
        expect(growthOf(from, undefined, part)).toBeNull();
        if (to <= from) expect(growthOf(from, to, part)).toBeNull();
        const [less, more] = part < other ? [part, other] : [other, part];
        if (less > 0 && growthOf(from, to, more)) expect(growthOf(from, to, less)).toEqual({ from, to });
        if (growthOf(from, to, part)) expect(growthOf(from, to + 1, part)).not.toBeNull();
        if (part > 0) expect(growthOf(from, from + 1, part)).toBeNull();
      }),
    );
  });

  it('says both numbers, the remedy and the code within what a check may say', () => {
    const words = growthWords({ from: 1_000_000, to: 2_000_000 });
    expect(words).toMatch(/2000000 hosts now, and 1000000 .*patchwarden\/rebase.*\(change\/growth\)$/);
    expect(words.length).toBeLessThanOrEqual(140);
  });
});
