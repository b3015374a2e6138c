import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../src/contracts/generated/calendar.ts';
import { leastMinutes, roundsOf } from '../../src/rollout/pace.ts';
import { type PreviewInput, previewRing } from '../../src/rollout/preview.ts';
import { baselineOf, hostOf } from './world.ts';

const FROM = '2024-10-25T00:00:00Z';
const nightly = (over: Partial<Calendar> = {}): Calendar => ({
  apiVersion: 'patchwarden/v1',
  kind: 'Calendar',
  id: 'nights',
  zone: 'UTC',
  windows: [{ id: 'night', recurrence: 'FREQ=DAILY', start: '22:00', minutes: 120 }],
  ...over,
});
const baseline = baselineOf({ reboot: 'never', verify: { soakSeconds: 600 }, canary: { hosts: 1 } });
const preview = (hosts: number, over: Partial<PreviewInput> = {}) =>
  previewRing({
    baseline,
    ring: { id: 'all', select: {}, bake: { minutes: 30 }, budget: { hosts: 2 } },
    calendar: null,
    hosts,
    due: Array.from({ length: hosts }, (_, i) => ({ host: hostOf(`h${i}`), untested: [] })),
    expedited: false,
    from: FROM,
    ...over,
  });

describe('the preview of a rollout', () => {
  it('plans the waves of a rollout, and ends after as many minutes as it takes at least', () => {
    const plan = preview(8);
    expect(plan).toMatchObject({ budget: 2, bakeMinutes: 30, windows: null, from: FROM });
    expect(plan.waves.reduce((sum, n) => sum + n, 0)).toBe(8);
    expect(plan.waves[0]).toBe(1);
    expect(plan.finish).toBe(
      new Date(Date.parse(FROM) + plan.atLeastMinutes * 60_000).toISOString().slice(0, 19) + 'Z',
    );
  });

  it('starts hosts while there is time left in a window, and names the next three', () => {
    const plan = preview(8, { calendar: nightly() });
    expect(plan.windows?.map((w) => w.opens)).toEqual([
      '2024-10-25T22:00:00Z',
      '2024-10-26T22:00:00Z',
      '2024-10-27T22:00:00Z',
    ]);
    for (const w of plan.windows ?? [])
      expect(w.until > w.opens && w.until < `${w.opens.slice(0, 11)}24`).toBe(true);
    expect((plan.finish ?? '') > '2024-10-25T22:00:00Z').toBe(true);
  });

  it('never ends where no window is long enough', () => {
    const short = nightly({ windows: [{ id: 'w', recurrence: 'FREQ=DAILY', start: '22:00', minutes: 5 }] });
    expect(preview(1, { calendar: short })).toMatchObject({ windows: [] });
    const never = nightly({
      windows: [{ id: 'w', recurrence: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', start: '22:00', minutes: 60 }],
    });
    expect(preview(1, { calendar: never })).toMatchObject({ windows: [], finish: null });
  });

  it('does nothing where no host is behind, and bakes shorter in the expedited lane', () => {
    expect(preview(0)).toMatchObject({ waves: [], atLeastMinutes: 0, finish: FROM });
    expect(preview(1, { expedited: true }).bakeMinutes).toBe(15);
  });

  it('more hosts and more bake never end it earlier; a calendar never does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5 }), (n, budget) => {
        const ring = { id: 'all', select: {}, bake: { minutes: 30 }, budget: { hosts: budget } };
        const free = preview(n, { ring });
        const more = preview(n + 1, { ring });
        const bound = preview(n, { ring, calendar: nightly() });
        expect((more.finish ?? '') >= (free.finish ?? '')).toBe(true);
        expect((bound.finish ?? '') >= (free.finish ?? '')).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the pace', () => {
  it.each([
    [{ budget: 2 }, 5, 3],
    [{ budget: null }, 5, 1],
    [{ budget: 0 }, 5, 5],
    [{ budget: 9 }, 0, 0],
  ])('%j, %i hosts: %i rounds', (pace, hosts, rounds) => expect(roundsOf(pace, hosts)).toBe(rounds));

  it('adds up rounds and bakes', () =>
    expect(leastMinutes({ budget: 1, soakMinutes: 2, bakeMinutes: 10 }, [1, 0, 3])).toBe(28));
});
