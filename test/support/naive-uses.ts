import type { PolicyEngine } from '../../src/ports/policy-engine.ts';
import { type NaiveWorld, naiveAssess } from './naive-assess.ts';
import { naiveSelects } from './naive-selector.ts';

/** What every exception does, by assessing everything again without it. */
export const naiveUses = (world: NaiveWorld, policy: PolicyEngine) => {
  const whole = naiveAssess(world, policy);
  const today = world.asOf.slice(0, 10);
  return world.exceptions
    .map((e) => {
      const mine = whole.flatMap((f, i) => (f.exceptions.includes(e.id) ? [{ f, i }] : []));
      const others = naiveAssess({ ...world, exceptions: world.exceptions.filter((o) => o !== e) }, policy);
      const without: Record<string, number> = {};
      for (const { f, i } of mine) {
        const status = others[i]?.status ?? '';
        if (status !== f.status) without[status] = (without[status] ?? 0) + 1;
      }
      const selected = world.rows.assets.filter((a) => naiveSelects(e.select, a.labels)).length;
      const bound = { ...world, exceptions: [withoutBound(e)] };
      const reach = new Set(
        naiveAssess(bound, policy).flatMap((f) => (f.exceptions.length > 0 ? [f.asset] : [])),
      );
      const state = () => {
        if (today < e.validFrom) return 'pending';
        if (e.validUntil < today) return 'expired';
        if (e.maxAssets !== undefined && reach.size > e.maxAssets) return 'exceeded';
        if (selected === 0) return 'dead';
        if (mine.length === 0) return 'unused';
        return Object.keys(without).length === 0 ? 'ineffective' : 'in-force';
      };
      return {
        exception: e.id,
        state: state(),
        assets: reach.size,
        findings: mine.length,
        without,
        validUntil: e.validUntil,
      };
    })
    .sort((a, b) => (a.exception < b.exception ? -1 : 1));
};

const withoutBound = ({ maxAssets: _, ...e }: NaiveWorld['exceptions'][number]) => e;
