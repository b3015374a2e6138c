import { PatchwardenError } from '../../../src/domain/errors.ts';
import type { AssetSource, CollectedAsset } from '../../../src/ports/asset-source.ts';

/** Assets in memory; a text in their place is the fault of the inventory. */
export const fakeAssetSource = (id: string, assets: readonly CollectedAsset[] | string): AssetSource => ({
  id,
  collect: async (take) => {
    if (typeof assets === 'string') throw new PatchwardenError('bad-document', assets);
    let failed = 0;
    for (const [i, asset] of assets.entries()) {
      if (asset.result.kind === 'failed') failed += 1;
      await take(asset, { done: i + 1, failed, total: assets.length });
    }
  },
});
