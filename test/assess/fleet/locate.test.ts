import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateAdvisory } from '../../../src/assess/fleet/locate.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { loadRows, tempFleetStore } from '../../support/fleet-store.ts';
import { anAdvisory, anAsset, aPart, aWorld } from '../../support/fleet-world.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

describe('a new advisory', () => {
  it('is located by package and version, on every asset that can be judged', async () => {
    const world = aWorld(
      [
        anAsset('a', {}),
        anAsset('b', {}),
        { ...anAsset('c', {}), set: 'set-2' },
        { ...anAsset('dark', {}), unknown: 'unreadable' },
        { ...anAsset('elsewhere', {}), stream: 'debian:11:amd64' },
      ],
      {
        components: [
          aPart(),
          aPart({ name: 'openssl' }),
          aPart({ name: 'bash', sourcePackage: 'bash' }),
          aPart({ set: 'set-2' }),
          aPart({ set: 'set-2', name: 'openssl', version: '1.0-2', sourceVersion: '1.0-2' }),
        ],
      },
    );
    await loadRows(store, world);
    expect(await locateAdvisory(store, anAdvisory(), world.affected)).toEqual([
      { stream: 'debian:12:amd64', name: 'libssl3', version: '1.0-1', verdict: 'affected', assets: 3 },
      { stream: 'debian:12:amd64', name: 'openssl', version: '1.0-1', verdict: 'affected', assets: 2 },
    ]);
    expect(
      await locateAdvisory(store, { ...anAdvisory(), withdrawn: '2024-10-02T00:00:00Z' }, world.affected),
    ).toEqual([]);
  });
});
