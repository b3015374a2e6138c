import { expect, it } from 'vitest';
import { rolloutStatus } from '../../src/app/rollouts.ts';
import type { EvidenceEntry } from '../../src/contracts/generated/evidence-entry.ts';
import type { PolicyDocuments } from '../../src/contracts/policy-repository.ts';
import { rolloutsJson, rolloutsText } from '../../src/report/rollouts.ts';
import {
  applyOnce,
  baselineOf,
  entryOf,
  evidenceIn,
  keyOf,
  lockOf,
  NOON,
  pass,
  ringOf,
  worldOf,
} from '../rollout/world.ts';
import { digest } from '../support/builders/evidence.ts';
import { component, fakeHost } from '../support/fakes/host-driver.ts';

const APP = { name: 'app', version: '1.1' };
const LOCK = lockOf({ [keyOf('app')]: entryOf(APP) });
const ASSETS = ['web-1', 'web-2'];
const bake = { minutes: 20 };
const documents = {
  baselines: [baselineOf({ rings: [{ id: 'prod', select: {}, bake, waves: 1 }] })],
  holds: [],
  calendars: [],
  locks: new Map([['locks/servers/prod.lock.json', LOCK]]),
} as unknown as PolicyDocuments;
const hosts = ASSETS.map((asset) => ({
  ...{ asset, stream: 'debian:12:amd64', kernel: null, labels: {}, baseline: 'servers', ring: 'prod' },
}));
const status = (entries: readonly EvidenceEntry[]) => rolloutStatus({ documents, hosts, entries, now: NOON });

it('follows a rollout by its evidence alone', async () => {
  const world = worldOf(...ASSETS.map((a) => fakeHost(a, [component('app', '1.0')], [APP])));
  const ring = ringOf(LOCK, ASSETS, {}, { bake, waves: 1 });
  expect(status([])).toMatchObject([{ state: 'waiting', wave: null, hosts: { open: 2 }, generation: 1 }]);
  await applyOnce(world, [ring], { patienceMs: 0 });
  expect(status(await evidenceIn(world))).toMatchObject([
    { state: 'under way', wave: 0, hosts: { 'in-flight': 1, open: 1 } },
  ]);
  await applyOnce(world, [ring]);
  expect(status(await evidenceIn(world))).toMatchObject([
    { state: 'baking', hosts: { patched: 1, open: 1 } },
  ]);
  for (let i = 0; i < 2; i += 1) {
    pass(world, 21);
    await applyOnce(world, [ring]);
  }
  pass(world, 21);
  await applyOnce(world, [ring]);
  const done = status(await evidenceIn(world));
  expect(done).toMatchObject([{ state: 'proven', hosts: { patched: 2 }, halts: [] }]);
  expect(rolloutsText(done)).toContain('servers/prod');
  expect(JSON.parse(rolloutsJson(done))).toMatchObject({ rollouts: [{ state: 'proven' }] });
});

it('shows what is halted', () => {
  const halt: EvidenceEntry = {
    apiVersion: 'patchwarden/v1',
    type: 'halt',
    ...{ time: NOON, id: digest('7'), scope: { kind: 'all' }, reason: 'smoke', by: 'person:ola' },
  };
  const rings = status([halt]);
  expect(rings).toMatchObject([{ state: 'halted', reason: 'smoke', halts: ['all'] }]);
  expect(rolloutsText(rings)).toContain('Halted: all\n');
  expect(rolloutsText([])).toContain('No ring');
});
