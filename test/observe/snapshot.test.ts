import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFleetDuckdb } from '../../src/adapters/fleet-duckdb.ts';
import { directoryStateStore } from '../../src/adapters/state-store-directory.ts';
import { loadSnapshot, loadWorld } from '../../src/app/snapshots.ts';
import { buildSnapshot, readManifest, writeSnapshot } from '../../src/observe/snapshot.ts';
import type { FleetStore } from '../../src/ports/fleet-store.ts';
import type { StateStore } from '../../src/ports/state-store.ts';
import { rowsOf } from '../support/arbitrary-fleet.ts';
import { anAdvisory, anAsset, aPackage, aPart } from '../support/fleet-world.ts';
import { sharedDir } from '../support/temp-dir.ts';

let directory: string;
let store: FleetStore;
let state: StateStore;
beforeEach(async () => {
  directory = sharedDir();
  store = await openFleetDuckdb({ directory });
  state = directoryStateStore(directory);
});
afterEach(() => store.close());

const NOW = '2024-10-24T00:00:00Z';
const fleet = (labels: Record<string, string>) =>
  buildSnapshot('fleet', { assets: [anAsset('h', labels)], components: [aPart()], origins: [] }, NOW);

describe('the digest of a snapshot', () => {
  it('does not depend on the order of rows', () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const { assets, components, origins } = rows;
        const there = buildSnapshot('fleet', { assets, components, origins }, NOW);
        const back = buildSnapshot(
          'fleet',
          {
            assets: [...assets].reverse(),
            components: [...components].reverse(),
            origins: [...origins].reverse(),
          },
          '2025-01-01T00:00:00Z',
        );
        expect(back.manifest.digest).toBe(there.manifest.digest);
      }),
      { numRuns: 30 },
    );
  });

  it('does not depend on when a host was looked at, nor on the order of labels', () => {
    const one = { ...anAsset('h', { a: '1', b: '2' }), observedAt: NOW };
    const two = { ...anAsset('h', { b: '2', a: '1' }), observedAt: '2025-01-01T00:00:00Z' };
    const [x, y] = [one, two].map((a) => buildSnapshot('fleet', { assets: [a] }, NOW).manifest.digest);
    expect(x).toBe(y);
  });

  it.each<[string, () => string, () => string]>([
    ['a label', () => fleet({ env: 'a' }).manifest.digest, () => fleet({ env: 'b' }).manifest.digest],
    [
      'a cell',
      () => buildSnapshot('packages', { packages: [aPackage()] }, NOW).manifest.digest,
      () => buildSnapshot('packages', { packages: [aPackage({ size: 11 })] }, NOW).manifest.digest,
    ],
    [
      'a row that is there twice',
      () => buildSnapshot('packages', { packages: [aPackage()] }, NOW).manifest.digest,
      () => buildSnapshot('packages', { packages: [aPackage(), aPackage()] }, NOW).manifest.digest,
    ],
    [
      'a value in another column',
      () =>
        buildSnapshot('packages', { packages: [aPackage({ section: 'x', priority: null })] }, NOW).manifest
          .digest,
      () =>
        buildSnapshot('packages', { packages: [aPackage({ section: null, priority: 'x' })] }, NOW).manifest
          .digest,
    ],
  ])('changes with %s', (_name, a, b) => {
    expect(a()).not.toBe(b());
  });
});

describe('writing and loading', () => {
  it('gives every row back, labels as a map', async () => {
    const intel = { advisories: [anAdvisory()], affected: [], kev: [] };
    await writeSnapshot({ store, state }, fleet({ env: "o'hare", role: 'db' }));
    await writeSnapshot({ store, state }, buildSnapshot('intel', intel, NOW));
    for (const name of ['fleet', 'intel'] as const) {
      const manifest = await readManifest(state, name);
      expect(manifest?.at).toBe(NOW);
      if (manifest) await loadSnapshot({ store, state }, manifest);
    }
    expect(await store.rows("SELECT asset, labels['env'] AS env, labels['no'] AS no FROM assets")).toEqual([
      { asset: 'h', env: "o'hare", no: null },
    ]);
    expect(
      await store.rows(
        'SELECT "set", i.* EXCLUDE (componentId) FROM sets JOIN setInstalled USING (setId) JOIN installed i USING (componentId)',
      ),
    ).toEqual([{ ...aPart(), module: null }]);
    expect(await store.rows('SELECT * FROM advisories')).toEqual([anAdvisory()]);
    expect(await store.rows('SELECT count(*) AS n FROM affected')).toEqual([{ n: 0 }]);
  });

  it('an earlier snapshot is found by its digest, and by no other', async () => {
    const [old, next] = [fleet({ env: 'old' }), fleet({ env: 'new' })];
    for (const snapshot of [old, next]) await writeSnapshot({ store, state }, snapshot);
    expect(await readManifest(state, 'fleet', old.manifest.digest)).toEqual(old.manifest);
    expect(await readManifest(state, 'fleet', `sha256:${'0'.repeat(64)}`)).toBeUndefined();
    const own = (s: typeof old) => `fleet/${s.manifest.digest.slice('sha256:'.length)}/manifest.json`;
    await state.write(own(old), JSON.stringify(next.manifest));
    await expect(readManifest(state, 'fleet', old.manifest.digest)).rejects.toMatchObject({
      code: 'store-failed',
    });
  });

  it('the manifest comes last: a run that dies before it leaves the old snapshot in force', async () => {
    await writeSnapshot({ store, state }, fleet({ env: 'old' }));
    const before = readFileSync(join(directory, 'fleet/manifest.json'), 'utf8');
    const dying = {
      ...state,
      write: async () => {
        throw new Error('killed');
      },
    };
    await expect(writeSnapshot({ store, state: dying }, fleet({ env: 'new' }))).rejects.toThrow('killed');
    expect(readFileSync(join(directory, 'fleet/manifest.json'), 'utf8')).toBe(before);
    const manifest = await readManifest(state, 'fleet');
    expect(existsSync(state.path(manifest?.tables.assets?.file ?? ''))).toBe(true);
  });

  it.each([
    ['is no JSON', 'nonsense'],
    ['is another snapshot', '{"snapshot":"intel"}'],
    ['has no digest', '{"snapshot":"fleet","at":"x","digest":"sha256:1","tables":{}}'],
    [
      'points elsewhere',
      JSON.stringify({
        snapshot: 'fleet',
        at: NOW,
        digest: `sha256:${'a'.repeat(64)}`,
        tables: { assets: { file: '../../etc/passwd', rows: 1 } },
      }),
    ],
  ])('a manifest that %s is damaged, and the message says what to do', async (_name, text) => {
    await state.write('fleet/manifest.json', text);
    await expect(readManifest(state, 'fleet')).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringMatching(/fleet\/manifest\.json is damaged.*patchwarden scan/),
    });
  });

  it('without snapshots it says what to run first', async () => {
    await expect(loadWorld({ store, state })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('patchwarden sync and patchwarden scan first'),
    });
  });

  it('a table file that is gone is named', async () => {
    await writeSnapshot({ store, state }, fleet({}));
    const manifest = await readManifest(state, 'fleet');
    const file = manifest?.tables.installed?.file ?? '';
    writeFileSync(join(directory, file), 'no parquet');
    await expect(loadSnapshot({ store, state }, manifest as never)).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining(file),
    });
  });
});
