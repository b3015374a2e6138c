import { describe, expect, it } from 'vitest';
import { ringsOf } from '../../src/rollout/rings.ts';
import { baselineOf, hostOf, lockOf } from './world.ts';

const governed = (asset: string, ring: string, baseline = 'servers') => ({
  ...hostOf(asset),
  ...{ baseline, ring },
});
const path = 'locks/servers/lab.lock.json';

describe('rings', () => {
  it('know the hosts of their baseline whose ring has no lock, and of no other baseline', () => {
    const baseline = baselineOf({
      rings: [
        { id: 'lab', select: {} },
        { id: 'prod', select: {} },
      ],
    });
    const [ring, ...more] = ringsOf({
      documents: {
        baselines: [baseline, baselineOf({ id: 'desks' })],
        holds: [],
        calendars: [],
        locks: new Map([[path, lockOf({}, { ring: 'lab' })]]),
      },
      hosts: [
        governed('c', 'prod'),
        governed('b', 'prod'),
        governed('a', 'lab'),
        governed('d', 'prod', 'desks'),
      ],
      merges: new Map([[path, 'f'.repeat(40)]]),
    });
    expect(more).toEqual([]);
    expect(ring).toMatchObject({ ring: { id: 'lab' }, refusal: null });
    expect(ring?.hosts).toEqual([hostOf('a')]);
    expect(ring?.bystanders).toEqual([hostOf('b'), hostOf('c')]);
  });
});
