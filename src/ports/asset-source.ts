import type { UnknownReason } from '../domain/component.ts';
import type { FileTree } from './file-tree.ts';

/** What came back from one asset. */
export type CollectedResult =
  | {
      readonly kind: 'collected';
      /** The asset's own files, and below `.facts/` the output of programs that ran there. */
      readonly tree: FileTree;
      /** Epoch milliseconds of our clock when the collection of this asset began and ended. */
      readonly startedAt: number;
      readonly endedAt: number;
      /** Parts that the asset has and did not give, each a sentence. */
      readonly problems: readonly string[];
    }
  | {
      readonly kind: 'failed';
      readonly reason: UnknownReason;
      /** What the asset does, for people, such as `cannot be reached (…)`. */
      readonly problem: string;
    };

export interface CollectedAsset {
  /** Matches the grammar of ids. */
  readonly asset: string;
  /** As the inventory has them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly result: CollectedResult;
}

export interface CollectProgress {
  /** Assets that are over, this one included. */
  readonly done: number;
  readonly failed: number;
  readonly total: number;
}

/** Takes one asset; the next one of the same slot waits for it, so that facts do not pile up. */
export type TakeAsset = (asset: CollectedAsset, progress: CollectProgress) => Promise<void>;

/** Many assets in one place, such as the hosts of an inventory. Only reads. */
export interface AssetSource {
  readonly id: string;
  /**
   * Hands over every asset of the inventory exactly once, in the order they are ready; one that cannot be read is `failed`
   * and harms no other. Nothing older is ever given in place of what could not be read.
   * @throws PatchwardenError `bad-document`, before any asset, when the inventory itself has a fault: a fleet with assets
   * left out is no fleet
   */
  collect(take: TakeAsset): Promise<void>;
}
