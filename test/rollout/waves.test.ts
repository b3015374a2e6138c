import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classOf, coveringCanary } from '../../src/rollout/canary.ts';
import type { RolloutHost } from '../../src/rollout/rollout.ts';
import { planWaves, spread, type WaveHost, waveSizes } from '../../src/rollout/waves.ts';
import { baselineOf, hostOf } from './world.ts';

const anyHosts = fc
  .uniqueArray(
    fc.record({
      n: fc.integer({ min: 1, max: 999 }),
      role: fc.constantFrom('web', 'db', 'mail'),
      zone: fc.constantFrom('a', 'b'),
      kernel: fc.constantFrom('6.1', '6.6', null),
    }),
    { selector: (h) => h.n, minLength: 1, maxLength: 40 },
  )
  .map((hosts) =>
    hosts.map(({ n, role, zone, kernel }) => hostOf(`h${n}`, { kernel, labels: { role, zone } })),
  );
const open = (host: RolloutHost, over: Partial<WaveHost> = {}): WaveHost => ({
  ...{ host, taken: null, class: null, counts: true, first: false, untested: [] },
  ...over,
});
const BASELINE = baselineOf({ domains: [{ label: 'zone', hosts: 1 }] });
const classes = (hosts: readonly RolloutHost[]) => new Set(hosts.map((h) => classOf(h, ['role', 'zone'])));

describe('the covering canary', () => {
  const sets = fc.uniqueArray(
    fc.record({
      asset: fc.stringMatching(/^[a-z]{1,4}$/),
      covers: fc.subarray(['1', '2', '3', '4', '5', '6']),
    }),
    { selector: (c) => c.asset, maxLength: 9 },
  );

  it('covers everything that can be covered, with as few hosts as possible, in whatever order', () => {
    fc.assert(
      fc.property(sets, (candidates) => {
        const { hosts, uncovered } = coveringCanary(candidates);
        const all = new Set(candidates.flatMap((c) => c.covers));
        const of = (chosen: readonly string[]) =>
          new Set(candidates.filter((c) => chosen.includes(c.asset)).flatMap((c) => c.covers));
        expect(of(hosts)).toEqual(all);
        expect(uncovered).toEqual([]);
        expect(coveringCanary([...candidates].reverse()).hosts).toEqual(hosts);
        // Every smaller set leaves something out.
        for (let mask = 0; mask < 1 << candidates.length; mask += 1) {
          const chosen = candidates.filter((_, i) => (mask >> i) & 1).map((c) => c.asset);
          if (chosen.length < hosts.length) expect(of(chosen).size).toBeLessThan(all.size);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('cut short keeps those that exercise most, and tells what is left out', () => {
    const candidates = [
      { asset: 'a', covers: ['1'] },
      { asset: 'b', covers: ['2', '3', '4'] },
      { asset: 'c', covers: ['5'] },
    ];
    expect(coveringCanary(candidates, 1)).toEqual({ hosts: ['b'], uncovered: ['1', '5'] });
    expect(coveringCanary(candidates, 0)).toEqual({ hosts: [], uncovered: ['1', '2', '3', '4', '5'] });
  });

  it('is greedy for many candidates', () => {
    const many = Array.from({ length: 60 }, (_, i) => ({
      asset: `h${i}`,
      covers: [`c${i % 20}`, `c${(i + 1) % 20}`],
    }));
    const { hosts, uncovered } = coveringCanary(many);
    expect(uncovered).toEqual([]);
    expect(hosts.length).toBeLessThanOrEqual(14);
  });
});

describe('waves', () => {
  it('hold every host once, the canary has every class, and the sizes grow', () => {
    fc.assert(
      fc.property(anyHosts, fc.integer({ min: 1, max: 5 }), (hosts, max) => {
        const { waves, uncovered } = planWaves(
          hosts.map((h) => open(h)),
          BASELINE,
          max,
        );
        expect(waves.flatMap((w) => w.hosts).sort()).toEqual(hosts.map((h) => h.asset).sort());
        const canary = hosts.filter((h) => waves[0]?.hosts.includes(h.asset));
        expect(classes(canary)).toEqual(classes(hosts));
        expect(canary).toHaveLength(classes(hosts).size);
        expect(uncovered).toEqual([]);
        expect(waves.length).toBeLessThanOrEqual(max + 1);
        const sizes = waves.slice(1).map((w) => w.hosts.length);
        for (const [i, size] of sizes.entries()) expect(size).toBeGreaterThanOrEqual(sizes[i - 1] ?? 0);
      }),
    );
  });

  it('stay what they were for whoever was announced, in any order of ending and after any restart', () => {
    fc.assert(
      fc.property(anyHosts, fc.integer({ min: 1, max: 4 }), fc.nat(), (hosts, max, cut) => {
        const first = planWaves(
          hosts.map((h) => open(h)),
          BASELINE,
          max,
        );
        const order = first.waves.flatMap((w) => w.hosts.map((asset) => ({ asset, wave: w.wave })));
        const taken = new Map(order.slice(0, cut % (order.length + 1)).map((o) => [o.asset, o.wave]));
        const again = planWaves(
          [...hosts].reverse().map((h) => open(h, { taken: taken.get(h.asset) ?? null })),
          BASELINE,
          max,
        );
        expect(again.waves).toEqual(first.waves);
      }),
    );
  });

  it('take another canary for a class whose canary says nothing, and none when a later wave has shown the class', () => {
    const hosts = ['a', 'b', 'c'].map((asset) => hostOf(asset));
    const of = (first: Partial<WaveHost>, second: Partial<WaveHost> = {}) =>
      planWaves(
        [
          open(hosts[0] as RolloutHost, first),
          open(hosts[1] as RolloutHost, second),
          open(hosts[2] as RolloutHost),
        ],
        BASELINE,
        1,
      ).waves.map((w) => w.hosts.join());
    expect(of({ taken: 0 })).toEqual(['a', 'b,c']);
    expect(of({ taken: 0, counts: false })).toEqual(['a,b', 'c']);
    expect(of({ taken: 0, counts: false }, { taken: 1 })).toEqual(['a', 'b,c']);
    expect(of({ taken: 0, counts: false }, { taken: 1, counts: false })).toEqual(['a,c', 'b']);
  });

  it('begin with a canary again for a class that nobody could ask before later waves began', () => {
    const [a, b] = [hostOf('a'), hostOf('b')];
    const late = ['c', 'd'].map((asset) => hostOf(asset, { kernel: '6.6' }));
    const members = [open(a, { taken: 0 }), open(b, { taken: 1 }), ...late.map((h) => open(h))];
    expect(planWaves(members, BASELINE, 2).waves).toEqual([
      { wave: 0, hosts: ['a', 'c'] },
      { wave: 1, hosts: ['b'] },
      { wave: 2, hosts: ['d'] },
    ]);
  });

  it('remember what a canary stood for, although its kernel is another one now', () => {
    const old = hostOf('b', { kernel: '6.1' });
    const patched = hostOf('a', { kernel: '6.6' });
    const was = classOf(old, ['role', 'zone']);
    const waves = planWaves([open(patched, { taken: 0, class: was }), open(old)], BASELINE, 1).waves;
    expect(waves.map((w) => w.hosts)).toEqual([['a'], ['b']]);
  });

  it('spread the hosts of a domain', () => {
    const hosts = ['a1', 'a2', 'a3', 'b1'].map((a) => hostOf(a, { labels: { zone: a.slice(0, 1) } }));
    expect(spread(hosts, ['zone']).map((h) => h.asset)).toEqual(['a1', 'b1', 'a2', 'a3']);
  });

  it.each([
    [10, 3, [1, 3, 6]],
    [100, 3, [14, 28, 58]],
    [2, 3, [1, 1]],
    [5, 1, [5]],
    [0, 3, []],
  ] as const)('of %i hosts in at most %i are %j', (total, max, sizes) => {
    expect(waveSizes(total, max)).toEqual(sizes);
  });
});
