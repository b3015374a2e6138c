import { describe, expect, it } from 'vitest';
import { rngOf } from './rng.ts';
import { createSchedule } from './schedule.ts';

describe('the virtual clock', () => {
  it('runs events in the order of their time, equal times in the order of planning', async () => {
    const schedule = createSchedule(1_000);
    const seen: string[] = [];
    const rng = rngOf(1, 'test');
    const planned = Array.from({ length: 500 }, (_, i) => ({ ms: 1_000 + rng.int(0, 40), i }));
    for (const { ms, i } of planned) schedule.at(ms, () => seen.push(`${ms} ${i}`));
    expect(await schedule.run(10_000, () => false)).toBe('empty');
    const wanted = [...planned].sort((a, b) => a.ms - b.ms || a.i - b.i).map(({ ms, i }) => `${ms} ${i}`);
    expect(seen).toEqual(wanted);
    expect(schedule.now()).toBe(Math.max(...planned.map((p) => p.ms)));
  });

  it('lets product code go on before the next event when an event settled a promise', async () => {
    const schedule = createSchedule(0);
    const seen: string[] = [];
    const sleep = (ms: number): Promise<void> =>
      new Promise((resolve) =>
        schedule.at(schedule.now() + ms, () => {
          schedule.settled();
          resolve();
        }),
      );
    void (async () => {
      await sleep(10);
      await Promise.resolve();
      seen.push(`product at ${schedule.now()}`);
      await sleep(10);
      seen.push(`product at ${schedule.now()}`);
    })();
    schedule.at(11, () => seen.push('event at 11'));
    await schedule.run(100, () => false);
    expect(seen).toEqual(['product at 10', 'event at 11', 'product at 20']);
  });

  it('stops at its end', async () => {
    const schedule = createSchedule(0);
    schedule.at(500, () => undefined);
    expect(await schedule.run(400, () => false)).toBe('late');
    expect(await schedule.run(400, () => true)).toBe('done');
  });
});

describe('chance', () => {
  it('is the same for the same seed and name, and independent of what others draw', () => {
    const draw = (rng: { next(): number }) => Array.from({ length: 20 }, () => rng.next());
    expect(draw(rngOf(7, 'a'))).toEqual(draw(rngOf(7, 'a')));
    expect(draw(rngOf(7, 'a'))).not.toEqual(draw(rngOf(7, 'b')));
    const parent = rngOf(7, 'a');
    const early = draw(parent.fork('child'));
    draw(parent);
    expect(draw(parent.fork('child'))).toEqual(early);
  });
});
