import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPace, type PaceStore } from '../../src/adapters/forge-pace.ts';
import { HostedFailure } from '../../src/adapters/hosted-api.ts';
import { instantOf } from '../../src/domain/time.ts';

const START = Date.parse('2026-03-01T12:00:00Z');

/** A clock that sleeps by moving, a store in memory, and when each request was let through. */
function world() {
  let at = START;
  let text: string | undefined;
  const sent: number[] = [];
  const clock = {
    now: () => instantOf(at),
    sleep: async (ms: number) => {
      at += ms;
    },
  };
  const store: PaceStore = {
    read: async () => text,
    write: async (next) => {
      text = next;
    },
  };
  const request = async () => {
    sent.push(at);
    return sent.length;
  };
  return {
    ...{ clock, store, sent, request },
    pace: () => createPace({ clock, store }),
    pass: (ms: number) => {
      at += ms;
    },
    memory: (next?: string) => {
      if (next !== undefined) text = next;
      return text;
    },
  };
}

/** The most requests in any window of this length. */
const most = (sent: readonly number[], ms: number): number =>
  Math.max(0, ...sent.map((from) => sent.filter((t) => t >= from && t < from + ms).length));

describe('createPace', () => {
  it('R6: never more than 60 a minute and 400 an hour, over any runs of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            pause: fc.integer({ min: 0, max: 900_000 }),
            writes: fc.integer({ min: 0, max: 250 }),
          }),
          {
            maxLength: 8,
          },
        ),
        async (runs) => {
          const w = world();
          for (const { pause, writes } of runs) {
            w.pass(pause);
            const pace = w.pace();
            for (let i = 0; i < writes; i++)
              await pace.write(w.request).catch((error: unknown) => {
                if (!(error instanceof HostedFailure) || error.kind !== 'limited') throw error;
              });
          }
          expect(most(w.sent, 60_000)).toBeLessThanOrEqual(60);
          expect(most(w.sent, 3_600_000)).toBeLessThanOrEqual(400);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('waits for a place within the minute, and says when the hour is full', async () => {
    const w = world();
    const pace = w.pace();
    for (let i = 0; i < 400; i++) await pace.write(w.request);
    expect(w.sent).toHaveLength(400);
    expect((w.sent.at(-1) ?? 0) - START).toBeGreaterThanOrEqual(6 * 60_000);
    await expect(pace.write(w.request)).rejects.toMatchObject({
      kind: 'limited',
      retryAt: instantOf(START + 3_601_999),
    });
    w.pass(3_602_000);
    await pace.write(w.request);
    expect(w.sent).toHaveLength(401);
  });

  it('writes one after another', async () => {
    const w = world();
    const pace = w.pace();
    let running = 0;
    let worst = 0;
    const slow = async () => {
      running += 1;
      worst = Math.max(worst, running);
      await new Promise((done) => setTimeout(done, 1));
      running -= 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => pace.write(slow)));
    expect(worst).toBe(1);
  });

  it('after a limit nothing is sent until its time, in no process', async () => {
    const w = world();
    const retryAt = instantOf(START + 120_000);
    const limited = async () => {
      throw new HostedFailure('limited', 'slow down', { retryAt });
    };
    await expect(w.pace().write(limited)).rejects.toMatchObject({ kind: 'limited' });
    for (const pace of [w.pace(), w.pace()]) {
      await expect(pace.read(w.request)).rejects.toMatchObject({ kind: 'limited' });
      await expect(pace.write(w.request)).rejects.toMatchObject({ kind: 'limited' });
    }
    expect(w.sent).toEqual([]);
    w.pass(120_000);
    await w.pace().read(w.request);
    expect(w.sent).toHaveLength(1);
  });

  it('a failed write counts as one, and the next goes on', async () => {
    const w = world();
    const pace = w.pace();
    const fails = async () => {
      w.sent.push(0);
      throw new HostedFailure('unknown', '502');
    };
    await expect(pace.write(fails)).rejects.toMatchObject({ kind: 'unknown' });
    expect(await pace.write(w.request)).toBe(2);
    expect(JSON.parse(w.memory() ?? '').writes).toHaveLength(2);
  });

  it.each([
    ['a clock that went back neither forgets writes nor is silent for longer than an hour', -86_400_000],
    ['a clock that jumped ahead lets writes go on', 86_400_000],
  ])('%s', async (_name, jump) => {
    const w = world();
    for (let i = 0; i < 60; i++) await w.pace().write(w.request);
    w.pass(jump);
    const before = Date.parse(w.clock.now());
    await w.pace().write(w.request);
    const waited = Date.parse(w.clock.now()) - before;
    expect(waited).toBe(jump < 0 ? 61_000 : 0);
  });

  it.each([
    '',
    '{',
    '[]',
    '{"writes":["x"],"silentUntil":0}',
    '{"writes":[1]}',
    '{"writes":[],"silentUntil":null}',
  ])('a memory that cannot be read is none: %j', async (text) => {
    const w = world();
    w.memory(text);
    expect(await w.pace().write(w.request)).toBe(1);
  });
});
