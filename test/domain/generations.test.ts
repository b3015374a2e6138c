import { describe, expect, it } from 'vitest';
import { isInFlight, ringState } from '../../src/domain/generations.ts';
import { digest } from '../support/builders/evidence.ts';
import { entry, generation, lock, proven } from '../support/builders/rings.ts';

const at = { baseline: 'servers', ring: 'canary' };
const [one, two, three] = [1, 2, 3].map((n) => generation(lock('canary', n, { openssl: entry(String(n)) })));
if (!one || !two || !three) throw new Error('three generations');
const elsewhere = generation(lock('prod', 9, {}));

describe('ringState', () => {
  it('is the newest generation, the newest proven one, and those before, newest first', () => {
    const state = ringState(at, [one, two, elsewhere, three], [proven(one), proven(two)]);
    expect(state.current).toBe(three);
    expect(state.proven?.generation).toBe(two);
    expect(state.earlier).toEqual([two, one]);
    expect(isInFlight(state)).toBe(true);
  });
  it('is in flight until the present generation is proven', () => {
    expect(isInFlight(ringState(at, [one], []))).toBe(true);
    expect(isInFlight(ringState(at, [one], [proven(one)]))).toBe(false);
    expect(isInFlight(ringState(at, [], []))).toBe(false);
  });
  it.each([
    ['another ring', { ring: 'prod' }],
    ['another baseline', { baseline: 'x' }],
    ['another generation', { generation: 7 }],
    ['other bytes', { lock: digest('0') }],
    ['another commit than the merge', { merge: 'f'.repeat(40) }],
  ])('a proof of %s proves nothing', (_, over) => {
    expect(ringState(at, [one], [proven(one, over)]).proven).toBeNull();
  });
});
