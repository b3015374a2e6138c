import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directoryStateStore } from '../../src/adapters/state-store-directory.ts';
import { buildScan, FACTS_FILE, type ScanPlan } from '../../src/app/scan.ts';
import {
  inShard,
  mergeParts,
  parseShard,
  type Shard,
  writePart,
  writeShard,
} from '../../src/app/scan-shard.ts';
import { createWire } from '../../src/app/wire.ts';
import { readManifest, type Snapshot } from '../../src/observe/snapshot.ts';
import type { CollectedAsset } from '../../src/ports/asset-source.ts';
import { fakeAssetSource } from '../support/fakes/asset-source.ts';
import { fakeFileTree } from '../support/fakes/file-tree.ts';
import { DEBIAN_FILES } from '../support/ssh-facts.ts';
import { tempDir } from '../support/temp-dir.ts';

const host = (asset: string): CollectedAsset => ({
  asset,
  labels: {},
  result: {
    kind: 'collected',
    tree: fakeFileTree(new Map(Object.entries(DEBIAN_FILES)), asset),
    startedAt: 1,
    endedAt: 2,
    problems: [],
  },
});
const HOSTS = Array.from({ length: 12 }, (_, i) => host(`host-${i}`));
const lost: CollectedAsset = {
  asset: 'lost',
  labels: {},
  result: { kind: 'failed', reason: 'unreachable', problem: 'cannot be reached (refused)' },
};
const config = { fleet: { sources: [{ kind: 'ssh', id: 'all', inventory: 'hosts' }] } } as never;

const scan = (shard?: Shard, now = '2024-10-24T00:00:00Z'): Promise<ScanPlan> => {
  const ports = {
    ...createWire(),
    progress: { show: () => undefined, clear: () => undefined },
    sshAssets: ({ id, only }: { id: string; only?: (asset: string) => boolean }) =>
      fakeAssetSource(
        id,
        [...HOSTS, lost].filter((h) => only?.(h.asset) ?? true),
      ),
  };
  const only = shard && { only: (asset: string) => inShard(shard, asset) };
  return buildScan(ports, { config, repo: '/repo', now, ...only });
};
const snapshotOf = (plan: ScanPlan): Snapshot => plan.snapshots[0] as Snapshot;

describe('a part of a fleet', () => {
  it.each([
    ['1/1', { index: 1, count: 1 }],
    ['3/8', { index: 3, count: 8 }],
    ['1000/1000', { index: 1000, count: 1000 }],
  ])('is written %s', (text, shard) => {
    expect(parseShard(text)).toEqual(shard);
  });

  it.each(['', '0/2', '3/2', '1', '1/', '/2', '01/2', '1/2/3', '-1/2', '1/1001', '1/two', ' 1/2'])(
    'is not %j',
    (text) => {
      expect(() => parseShard(text)).toThrowError(expect.objectContaining({ code: 'usage' }));
    },
  );

  it('has every asset exactly once', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (asset, count) => {
        const all = Array.from({ length: count }, (_, i) => ({ index: i + 1, count }));
        expect(all.filter((shard) => inShard(shard, asset))).toHaveLength(1);
      }),
    );
  });
});

describe('parts merge', () => {
  it.each([1, 3, 30])('%i of them, in any order, to the snapshot of a scan without parts', async (count) => {
    const whole = snapshotOf(await scan());
    const state = directoryStateStore(tempDir());
    for (let index = count; index > 0; index -= 1) {
      expect(await mergeParts(state, count)).toEqual({ missing: index });
      await writePart(state, { index, count }, snapshotOf(await scan({ index, count })));
    }
    const [merged, labels] = (await mergeParts(state, count)) as readonly [Snapshot, Snapshot];
    expect(merged.manifest).toEqual(whole.manifest);
    expect(labels).toEqual((await scan()).snapshots[1]);
    expect(merged.rows).toEqual(whole.rows);
    expect(merged.files.get(FACTS_FILE)).toBe(whole.files.get(FACTS_FILE));
    expect([...merged.files.keys()].sort()).toEqual([...whole.files.keys()].sort());
  });

  it('of two that end at once, and none is lost', async () => {
    const dir = tempDir();
    const shards = [1, 2].map((index) => ({ index, count: 2 }));
    const old = await Promise.all(shards.map((shard) => scan(shard, '2024-10-20T00:00:00Z')));
    const parts = await Promise.all(shards.map((shard) => scan(shard)));
    const whole = snapshotOf(await scan());
    const wire = createWire();
    const run = async (shard: Shard, part: ScanPlan) => {
      const deps = { store: await wire.fleetStore(dir), state: wire.stateStore(dir) };
      const merged = await writeShard(deps, shard, snapshotOf(part));
      await deps.store.close();
      return merged;
    };
    expect(await run(shards[0] as Shard, old[0] as ScanPlan)).toEqual({ missing: 1 });
    await run(shards[1] as Shard, old[1] as ScanPlan);
    await Promise.all(shards.map((shard, i) => run(shard, parts[i] as ScanPlan)));
    expect(await readManifest(wire.stateStore(dir), 'fleet')).toEqual(whole.manifest);
    expect(await readManifest(wire.stateStore(dir), 'labels')).toMatchObject({ at: whole.manifest.at });
  });

  it('with the moment of the oldest, and a newer part replaces its own', async () => {
    const state = directoryStateStore(tempDir());
    const [one, two] = [
      { index: 1, count: 2 },
      { index: 2, count: 2 },
    ];
    await writePart(state, one, snapshotOf(await scan(one, '2024-10-20T00:00:00Z')));
    await writePart(state, two, snapshotOf(await scan(two, '2024-10-22T00:00:00Z')));
    expect(await mergeParts(state, 2)).toMatchObject([{ manifest: { at: '2024-10-20T00:00:00Z' } }, {}]);
    await writePart(state, one, snapshotOf(await scan(one, '2024-10-24T00:00:00Z')));
    expect(await mergeParts(state, 2)).toMatchObject([{ manifest: { at: '2024-10-22T00:00:00Z' } }, {}]);
  });

  it.each(['', '{}', '{"at":"x","rows":{"assets":[{"asset":"elsewhere"}]},"files":[]}', '[1'])(
    'never from a damaged one: %j',
    async (text) => {
      const state = directoryStateStore(tempDir());
      const shard = [1, 2]
        .map((index) => ({ index, count: 2 }))
        .find((s) => !inShard(s, 'elsewhere')) as Shard;
      await state.write(`fleet-parts/2/${shard.index}.json`, text);
      await expect(mergeParts(state, 2)).rejects.toMatchObject({
        code: 'store-failed',
        message: expect.stringContaining(`scan --shard ${shard.index}/2 again`),
      });
    },
  );
});
