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

export const WHY_FOREIGN: Readonly<Record<ForeignPackage['why'], string>> = {
  'on-hold': 'it is on hold',
  'not-offered': 'no declared origin of these hosts offers it',
};

/** Why hosts are not taken back from a foreign version, and what would help. */
export const WHY_STAYS: Readonly<Record<DriftStays, string>> = {
  'newer-on-offer':
    'an origin of these hosts offers a newer version, and patching replaces it; to have it sooner, approve that version',
  'offered-to-others':
    'other hosts of the ring have it from a declared origin, and a lock cannot tell them apart; give these hosts that origin, or a ring of their own',
  'newer-wanted': 'a newer version is approved and on its way',
  'bytes-gone':
    "nobody keeps the file of the lock's version any more; lock a version that can be had, or put the file into the artifact store",
  'lock-is-bad': "the lock's version is on hold itself; merge its rollback first",
  'sources-are-older':
    'the package sources were read before the hosts, so nobody can tell; run sync after scan',
};
