import { expect, it } from 'vitest';
import { lookAhead } from '../../src/util/look-ahead.ts';

async function walked(items: readonly number[], width: number, work: (n: number) => Promise<string>) {
  const seen: string[] = [];
  for await (const [n, result] of lookAhead(items, width, work)) seen.push(`${n}${result}`);
  return seen;
}

it.each([1, 2, 3, 9])('keeps the order and works on %i at a time', async (width) => {
  let now = 0;
  let most = 0;
  const items = [5, 4, 4, 3, 2, 1];
  const seen = await walked(items, width, async (n) => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((done) => setTimeout(done, n));
    now -= 1;
    return 'x';
  });
  expect(seen).toEqual(['5x', '4x', '4x', '3x', '2x', '1x']);
  expect(most).toBe(Math.min(width, items.length));
});

it('what fails is thrown at its place, and never when the caller stopped before', async () => {
  const work = async (n: number) => {
    if (n === 2) throw new Error('two');
    return 'x';
  };
  await expect(walked([1, 2, 3], 3, work)).rejects.toThrow('two');
  for await (const [n] of lookAhead([1, 2], 2, work)) {
    expect(n).toBe(1);
    break;
  }
});
