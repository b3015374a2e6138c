import { describe } from 'vitest';
import { fakeAssetSource } from '../support/fakes/asset-source.ts';
import { fakeFileTree } from '../support/fakes/file-tree.ts';
import { assetSourceConformance } from './asset-source.conformance.ts';

describe('the asset source in memory', () => {
  assetSourceConformance(({ hosts, labels = {}, faulty }) =>
    fakeAssetSource(
      'fake',
      faulty
        ? 'hosts:1: a fault'
        : Object.entries(hosts).map(([asset, files]) => ({
            asset,
            labels,
            result:
              typeof files === 'string'
                ? { kind: 'failed', reason: files, problem: 'it failed' }
                : {
                    kind: 'collected',
                    tree: fakeFileTree(new Map(Object.entries(files)), asset),
                    startedAt: 1,
                    endedAt: 2,
                    problems: [],
                  },
          })),
    ),
  );
});
