import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadPolicyEngine } from '../../../src/adapters/policy-opa-wasm.ts';
import { answeredCounts } from '../../../src/assess/fleet/governance.ts';
import { approvedMissing, byRing } from '../../../src/assess/fleet/queries.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { assessWorld } from '../../support/assessed-world.ts';
import { tempFleetStore } from '../../support/fleet-store.ts';
import { aBaseline, anAsset, anException, aPackage, aWorld } from '../../support/fleet-world.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

const policy = await loadPolicyEngine();
const on = (env: string) => ({ all: [{ label: 'env', in: [env] }] });
const rings = [
  { id: 'test', select: on('test') },
  { id: 'prod', select: {} },
];

it('contexts that policy cannot tell apart are decided and counted as one, and told apart where rings are counted', async () => {
  const hosts = ['test', 'prod', 'prod', 'other', 'excused'].map((env, i) => anAsset(`h-${i}`, { env }));
  const rows = aWorld(hosts, { packages: [aPackage()] });
  const baselines = [
    aBaseline('a', { rings }),
    aBaseline('b', { rings, select: on('other'), priority: 11 }),
    aBaseline('c', { rings, select: on('excused'), priority: 11 }),
  ];
  const exceptions = [anException('e', { select: on('excused'), match: { component: { name: 'openssl' } } })];
  const world = { rows, baselines, exceptions, holds: [], asOf: '2024-10-24T12:00:00Z', feeds: [] };
  expect(await assessWorld(store, policy, world)).toMatchObject({ contexts: 4, findings: 10 });

  expect(await store.rows('SELECT exceptions FROM kin ORDER BY kin')).toEqual([
    { exceptions: [] },
    { exceptions: ['e'] },
  ]);
  const kin = 'SELECT baseline, ring, kin FROM context JOIN kin_of USING (context) ORDER BY ALL';
  expect(await store.rows(kin)).toEqual([
    { baseline: 'a', ring: 'prod', kin: 1 },
    { baseline: 'a', ring: 'test', kin: 1 },
    { baseline: 'b', ring: 'prod', kin: 1 },
    { baseline: 'c', ring: 'prod', kin: 2 },
  ]);
  const outcomes = `SELECT kin, assets, status FROM outcome JOIN finding USING (finding)
    WHERE kind = 'vulnerability' ORDER BY kin`;
  expect(await store.rows(outcomes)).toEqual([
    { kin: 1, assets: 4, status: 'missing' },
    { kin: 2, assets: 1, status: 'excepted' },
  ]);

  expect((await byRing(store)).map((r) => [r.baseline, r.ring, r.assets, r.open])).toEqual([
    ['a', 'prod', 2, 4],
    ['a', 'test', 1, 2],
    ['b', 'prod', 1, 2],
    ['c', 'prod', 1, 0],
  ]);
  expect((await answeredCounts(store)).map((c) => [c.baseline, c.status, c.findings, c.open])).toEqual([
    ['a', 'missing', 6, 6],
    ['b', 'missing', 2, 2],
    ['c', 'excepted', 2, 0],
  ]);
  expect((await (await approvedMissing(store))('a')).map((w) => [w.baseline, w.ring, w.assets])).toEqual([
    ['a', 'prod', 2],
    ['a', 'test', 1],
  ]);
  expect(await (await approvedMissing(store))('c')).toEqual([]);
});
