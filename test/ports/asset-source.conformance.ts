import { expect, it } from 'vitest';
import type { AssetSource, CollectedAsset, CollectProgress } from '../../src/ports/asset-source.ts';
import { sortedBy } from '../../src/util/sort.ts';

/** What a source is asked for: assets with their files, assets that fail, or an inventory with a fault. */
export interface SourceWorld {
  readonly hosts: Readonly<Record<string, Readonly<Record<string, string>> | 'unreachable' | 'garbage'>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly faulty?: true;
}

export async function collectAll(source: AssetSource) {
  const assets: CollectedAsset[] = [];
  const progress: CollectProgress[] = [];
  await source.collect(async (asset, p) => {
    assets.push(asset);
    progress.push(p);
  });
  return { assets: sortedBy(assets, (a) => a.asset), progress };
}

/** @param make a source of this world */
export function assetSourceConformance(make: (world: SourceWorld) => AssetSource): void {
  const FILES = { 'etc/os-release': 'ID=debian\n', '.facts/clock': '1\n' };

  it('hands over every asset once, with labels and files', async () => {
    const { assets } = await collectAll(make({ hosts: { b: FILES, a: FILES }, labels: { env: 'prod' } }));
    expect(assets.map((a) => [a.asset, a.labels])).toEqual([
      ['a', { env: 'prod' }],
      ['b', { env: 'prod' }],
    ]);
    for (const { result } of assets) {
      if (result.kind !== 'collected') throw new Error(result.problem);
      expect(Buffer.from((await result.tree.read('etc/os-release')) ?? []).toString()).toBe('ID=debian\n');
      expect(await result.tree.read('etc/shadow')).toBeUndefined();
      expect(await result.tree.list('.facts')).toEqual(['clock']);
      expect(result.endedAt).toBeGreaterThanOrEqual(result.startedAt);
      expect(result.problems).toEqual([]);
    }
  });

  it('hands over what failed too, with its own reason, and the others unharmed', async () => {
    const { assets } = await collectAll(make({ hosts: { a: 'unreachable', b: FILES, c: 'garbage' } }));
    expect(assets.map((a) => (a.result.kind === 'failed' ? a.result.reason : 'collected'))).toEqual([
      'unreachable',
      'collected',
      'garbage',
    ]);
    for (const { result } of assets)
      if (result.kind === 'failed') expect(result.problem.length).toBeGreaterThan(0);
  });

  it('counts up to the whole', async () => {
    const { progress } = await collectAll(make({ hosts: { a: 'unreachable', b: FILES, c: FILES } }));
    expect(progress.map((p) => p.done)).toEqual([1, 2, 3]);
    expect(progress.at(-1)).toEqual({ done: 3, failed: 1, total: 3 });
    expect((await collectAll(make({ hosts: {} }))).progress).toEqual([]);
  });

  it('refuses a faulty inventory before any asset', async () => {
    const seen: string[] = [];
    const source = make({ hosts: { a: FILES }, faulty: true });
    await expect(source.collect(async (a) => void seen.push(a.asset))).rejects.toMatchObject({
      code: 'bad-document',
    });
    expect(seen).toEqual([]);
  });

  it('stops with the error of who takes', async () => {
    const source = make({ hosts: { a: FILES } });
    await expect(source.collect(() => Promise.reject(new Error('full')))).rejects.toThrow('full');
  });
}
