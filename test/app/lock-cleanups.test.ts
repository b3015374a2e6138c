import { expect, it } from 'vitest';
import { lockCleanups } from '../../src/app/lock-cleanups.ts';
import type { Baseline } from '../../src/contracts/generated/baseline.ts';
import type { PatchLock } from '../../src/contracts/generated/patch-lock.ts';
import type { Generation } from '../../src/domain/generations.ts';
import { entry, generation, key, lock, proven, ringedBaseline, STREAM } from '../support/builders/rings.ts';

const canary = lock('canary', 2, { app: entry('1'), gone: entry('1') });
const early = lock('early', 3, { gone: entry('1') });
const prod = lock('prod', 4, { app: entry('1') });
const path = (of: PatchLock) => `locks/${of.baseline}/${of.ring}.lock.json`;
const locks = new Map([canary, early, prod].map((l) => [path(l), l]));
const [c, e] = [generation(canary), generation(early)];

const clean = async (
  baseline: Partial<Baseline>,
  generations: readonly Generation[],
  proofs = generations,
) => {
  const asked: unknown[] = [];
  const found = await lockCleanups(
    { baselines: [ringedBaseline(baseline)], locks },
    async (id) => {
      asked.push(id);
      return { known: 1, unknown: 0, installed: [{ stream: STREAM, name: 'app' }] };
    },
    { generations, evidence: proofs.map((g) => proven(g)) },
  );
  return { asked, rings: [...found].flatMap(([owner, all]) => all.map((l) => `${owner} ${l.before.ring}`)) };
};

it('each lock of a ring that has them loses the entries that no host has, for its owner', async () => {
  const { asked, rings } = await clean({}, [c, e]);
  expect(asked).toEqual(['servers']);
  expect(rings).toEqual(['team:ops canary', 'team:ops early']);
});

it('a ring with a generation on its way is left alone, unless nothing is ever proven from here', async () => {
  expect((await clean({}, [c, e], [c])).rings).toEqual(['team:ops canary']);
  expect((await clean({ mode: 'propose' }, [c, e], [])).rings).toHaveLength(2);
});

it('a baseline that only observes is not asked', async () => {
  expect(await clean({ mode: 'observe' }, [c, e])).toEqual({ asked: [], rings: [] });
});

it('the next lock is the same without them', async () => {
  const found = await lockCleanups(
    { baselines: [ringedBaseline()], locks },
    async () => ({ known: 1, unknown: 0, installed: [] }),
    { generations: [c], evidence: [proven(c)] },
  );
  expect(found.get('team:ops')?.[0]).toEqual({
    ...{ path: path(canary), before: canary, after: lock('canary', 3, {}) },
    gone: [key('app'), key('gone')],
  });
});
