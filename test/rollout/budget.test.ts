import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitOf, mayStart, poolsOf } from '../../src/rollout/budget.ts';
import { baselineOf, hostOf, lockOf, ringOf } from './world.ts';

describe('limits', () => {
  it.each([
    [{}, 10, null],
    [{ hosts: 3 }, 10, 3],
    [{ percent: 10 }, 25, 2],
    [{ percent: 10 }, 3, 1],
    [{ hosts: 5, percent: 10 }, 100, 5],
    [{ hosts: 50, percent: 10 }, 100, 10],
    [{ minHealthy: 2 }, 3, 1],
    [{ minHealthy: 3 }, 3, 0],
    [{ minHealthy: 9, percent: 50 }, 3, 0],
  ] as const)('%j of %i hosts are %s', (budget, total, limit) => {
    expect(limitOf(budget, total)).toBe(limit);
  });
});

describe('the budget', () => {
  const scenario = fc.record({
    zones: fc.array(fc.constantFrom('a', 'b', undefined), { minLength: 1, maxLength: 20 }),
    ring: fc.record({ hosts: fc.integer({ min: 1, max: 6 }) }, { requiredKeys: [] }),
    domain: fc.record(
      {
        hosts: fc.integer({ min: 1, max: 4 }),
        percent: fc.integer({ min: 1, max: 100 }),
        minHealthy: fc.nat(4),
      },
      { requiredKeys: [] },
    ),
    steps: fc.array(fc.record({ at: fc.nat(19), what: fc.constantFrom('start', 'end', 'lose', 'find') }), {
      maxLength: 80,
    }),
  });

  it('is never exceeded by a start, whatever starts, ends, gets lost and comes back', () => {
    fc.assert(
      fc.property(scenario, ({ zones, ring, domain, steps }) => {
        const hosts = zones.map((zone, i) => hostOf(`h${i}`, { labels: zone ? { zone } : {} }));
        const baseline = baselineOf({ domains: [{ label: 'zone', ...domain }] });
        // Two rings of one baseline: a failure domain reaches over both.
        const half = Math.ceil(hosts.length / 2);
        const parts = [hosts.slice(0, half), hosts.slice(half)];
        const rings = parts.map((part, i) =>
          ringOf(lockOf({}, { ring: `r${i}` }), part, { baseline }, { budget: ring }),
        );
        const pools = poolsOf(rings);
        const down = new Set<string>();
        for (const { at, what } of steps) {
          const asset = `h${at}`;
          if (at >= hosts.length) continue;
          if (what === 'lose') down.add(asset);
          else if (what !== 'start') down.delete(asset);
          else if (!down.has(asset) && mayStart(asset, pools, down) === null) {
            down.add(asset);
            for (const [i, part] of parts.entries())
              if (part.some((h) => h.asset === asset) && ring.hosts !== undefined)
                expect(part.filter((h) => down.has(h.asset)).length, `ring ${i}`).toBeLessThanOrEqual(
                  ring.hosts,
                );
            const zone = zones[at];
            const mates = hosts.filter((h) => h.labels.zone === zone && zone !== undefined);
            const gone = mates.filter((h) => down.has(h.asset)).length;
            if (zone !== undefined && domain.hosts !== undefined)
              expect(gone).toBeLessThanOrEqual(domain.hosts);
            if (zone !== undefined && domain.minHealthy !== undefined)
              expect(mates.length - gone).toBeGreaterThanOrEqual(domain.minHealthy);
          }
        }
      }),
    );
  });

  it('counts hosts of rings without a lock in failure domains, once, and never in the budget of a ring', () => {
    const zoned = (asset: string) => hostOf(asset, { labels: { zone: 'a' } });
    const baseline = baselineOf({ domains: [{ label: 'zone', minHealthy: 2 }] });
    const bystanders = [zoned('c'), zoned('d')];
    const rings = ['r0', 'r1'].map((ring, i) =>
      ringOf(
        lockOf({}, { ring }),
        [zoned(i === 0 ? 'a' : 'b')],
        { baseline, bystanders },
        { budget: { hosts: 1 } },
      ),
    );
    expect(poolsOf(rings).map((p) => [p.name, [...p.members], p.limit])).toEqual([
      ['ring servers/r0', ['a'], 1],
      ['ring servers/r1', ['b'], 1],
      ['zone=a', ['a', 'b', 'c', 'd'], 2],
    ]);
  });

  it('says which pool is full', () => {
    const pools = poolsOf([ringOf(lockOf({}), ['a', 'b'], {}, { budget: { hosts: 1 } })]);
    expect(mayStart('b', pools, new Set(['a']))).toEqual({ pool: 'ring servers/prod', down: 1, limit: 1 });
    expect(mayStart('a', pools, new Set(['a', 'elsewhere']))).toBeNull();
  });
});
