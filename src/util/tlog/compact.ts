import { emptyRoot, type Hash, hashNode } from './hash.ts';

/** Roots of the perfect subtrees that cover a tree, largest (leftmost) first: one for each set bit of the size. */
export interface Compact {
  readonly size: number;
  readonly peaks: readonly Hash[];
}

const EMPTY_COMPACT: Compact = { size: 0, peaks: [] };

/** The same tree with one more leaf. Costs as many hashes as the size has trailing one bits. */
export function pushLeaf(tree: Compact, leaf: Hash): Compact {
  const peaks = [...tree.peaks];
  let node = leaf;
  for (let rest = tree.size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    const left = peaks.pop();
    if (!left) throw new RangeError('a compact tree holds fewer peaks than its size has bits');
    node = hashNode(left, node);
  }
  peaks.push(node);
  return { size: tree.size + 1, peaks };
}

/** Merkle tree hash. @see RFC 6962 section 2.1 */
export function compactRoot(tree: Compact): Hash {
  let root: Hash | undefined;
  for (const peak of tree.peaks.toReversed()) root = root ? hashNode(peak, root) : peak;
  return root ?? emptyRoot();
}

/** Merkle tree hash of leaf hashes. */
export const rootOf = (leaves: Iterable<Hash>): Hash => compactRoot(compactOf(leaves));

export function compactOf(leaves: Iterable<Hash>): Compact {
  let tree = EMPTY_COMPACT;
  for (const leaf of leaves) tree = pushLeaf(tree, leaf);
  return tree;
}

/**
 * Roots of the first `size` leaves for each wanted size, in one pass.
 * @returns size → root; sizes beyond the leaves are absent.
 */
export function prefixRoots(leaves: readonly Hash[], sizes: Iterable<number>): ReadonlyMap<number, Hash> {
  const wanted = new Set(sizes);
  const roots = new Map<number, Hash>();
  let tree = EMPTY_COMPACT;
  if (wanted.has(0)) roots.set(0, emptyRoot());
  for (const leaf of leaves) {
    tree = pushLeaf(tree, leaf);
    if (wanted.has(tree.size)) roots.set(tree.size, compactRoot(tree));
  }
  return roots;
}
