import { afterAll, beforeAll, expect, it } from 'vitest';
import { assessFleet } from '../../../src/assess/fleet/assess-fleet.ts';
import {
  changedSince,
  ringlessHosts,
  undeclaredOrigins,
  withdrawnAmong,
} from '../../../src/assess/fleet/observed.ts';
import type { FleetRows } from '../../../src/contracts/generated/fleet-rows.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { fakePolicy } from '../../support/fakes/policy-decide.ts';
import { loadRows, tempFleetStore } from '../../support/fleet-store.ts';
import {
  aBaseline,
  anAdvisory,
  anAsset,
  aPackage,
  aPart,
  aWorld,
  STREAM,
} from '../../support/fleet-world.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

const inRing = (env: string) => ({ select: { all: [{ label: 'env', in: [env] }] } });
async function assess(assets: FleetRows['assets'], change: Partial<FleetRows> = {}) {
  await loadRows(store, aWorld(assets, change));
  const baselines = [
    aBaseline('a', { rings: [{ id: 'prod', ...inRing('prod') }], ...inRing('prod') }),
    aBaseline('b', { rings: [{ id: 'prod', ...inRing('prod') }], priority: 1 }),
  ];
  const documents = { config: { intel: { feeds: [] } } as never, baselines, exceptions: [], holds: [] };
  await assessFleet({ store, policy: fakePolicy(), reads: [] }, { documents, asOf: '2024-10-24T12:00:00Z' });
}

it('hosts without a ring stand with the baseline that governs them, the first of them by name', async () => {
  const lab = Array.from({ length: 25 }, (_, i) =>
    anAsset(`l-${String(i).padStart(2, '0')}`, { env: 'lab' }),
  );
  await assess([anAsset('p', { env: 'prod' }), ...lab.reverse()]);
  const names = Array.from({ length: 20 }, (_, i) => `l-${String(i).padStart(2, '0')}`);
  expect(await ringlessHosts(store)).toEqual([{ baseline: 'b', count: 25, assets: names }]);
});

it('an origin is unknown where no source has a package of it for the stream', async () => {
  const origin = (asset: string, ...all: string[]) => all.map((o) => ({ asset, origin: o }));
  const known = aPackage().origin;
  await assess([anAsset('p', {}), anAsset('q', {}), { ...anAsset('silent', {}), unknown: 'unreachable' }], {
    packages: [aPackage(), aPackage({ origin: 'elsewhere', stream: 'debian:13:amd64' })],
    origins: [
      ...origin('p', known, 'elsewhere'),
      ...origin('q', known, 'elsewhere', 'third'),
      ...origin('silent', 'fourth'),
    ],
  });
  expect(await undeclaredOrigins(store)).toEqual([
    { stream: STREAM, origin: 'elsewhere', assets: 2, names: ['p', 'q'] },
    { stream: STREAM, origin: 'third', assets: 1, names: ['q'] },
  ]);
});

it('of advisories those that were withdrawn', async () => {
  await assess([anAsset('p', {})], {
    advisories: [anAdvisory(), { ...anAdvisory(), advisory: 'ADV-2', withdrawn: '2024-10-20T00:00:00Z' }],
  });
  expect(await withdrawnAmong(store, ['ADV-2', 'ADV-1', 'ADV-3'])).toEqual(['ADV-2']);
  expect(await withdrawnAmong(store, ['ADV-1'])).toEqual([]);
});

it('a host has another version than it was given: told once it was looked at since', async () => {
  const prod = { env: 'prod' };
  const host = (asset: string, set = 'set-1') => ({ ...anAsset(asset, prod), set });
  await assess(
    [host('back'), host('also'), host('new', 'set-2'), host('both', 'set-3'), host('gone', 'set-4')],
    {
      components: [
        aPart(),
        aPart({ set: 'set-2', version: '1.0-2' }),
        ...['1.0-1', '1.0-2'].map((version) => aPart({ set: 'set-3', version })),
        aPart({ set: 'set-4', name: 'curl' }),
      ],
    },
  );
  const to = (asset: string, at = '2024-10-23T00:00:00Z') => ({
    ...{ asset, key: 'k', name: 'libssl3', arch: 'amd64', version: '1.0-2', at },
  });
  const found = await changedSince(store, [
    ...['back', 'also', 'new', 'both', 'gone', 'unheard-of'].map((asset) => to(asset)),
  ]);
  expect(found).toEqual([
    {
      ...{ baseline: 'a', ring: 'prod', key: 'k', to: '1.0-2', version: '1.0-1' },
      ...{ assets: 2, names: ['also', 'back'] },
    },
  ]);
  expect(await changedSince(store, [to('back', '2024-10-24T02:00:00+02:00')])).toEqual([]);
  expect(await changedSince(store, [to('back', '2024-10-24T01:59:59+02:00')])).toHaveLength(1);
  expect(await changedSince(store, [])).toEqual([]);
});
