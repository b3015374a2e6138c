/** Why no pull request takes hosts back from a foreign version. */
export type DriftStays =
  /** An origin of the hosts offers a newer version: patching replaces it, and it may have been on offer between two looks. */
  | 'newer-on-offer'
  /** Other hosts of the ring have it from a declared origin, and a lock cannot tell them apart. */
  | 'offered-to-others'
  /** A newer one is approved and on its way. */
  | 'newer-wanted'
  /** Nobody keeps the file of the lock's version any more. */
  | 'bytes-gone'
  /** The lock's version may be in no lock itself: what failed goes back first. */
  | 'lock-is-bad'
  /** The package sources were read before the hosts were: they cannot tell what is foreign. */
  | 'sources-are-older';

/** A package that no declared origin of its hosts has, or that is on hold, and that is newer than the lock's. */
export interface ForeignPackage {
  readonly ring: string;
  /** The lock key. */
  readonly key: string;
  readonly name: string;
  readonly version: string;
  readonly locked: string;
  readonly why: 'on-hold' | 'not-offered';
  readonly assets: number;
  /** null: the lock can take its hosts back. */
  readonly stays: DriftStays | null;
}
