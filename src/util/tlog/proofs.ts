import { foldTile, type LogFiles, splitTile } from './grow.ts';
import { type Hash, hashNode, sameHash } from './hash.ts';
import { TILE_WIDTH, tilePath } from './tile-paths.ts';

/** Sibling hashes from the leaf upwards. */
export type Proof = readonly Hash[];

/** Root of leaves `from` to `to` (exclusive) of a log. */
export type RangeRoot = (from: number, to: number) => Hash;

/** Range roots read from tiles of a log of `size` entries. Throws RangeError when a tile that is needed is missing. */
export function rangeRootFromTiles(files: LogFiles, size: number): RangeRoot {
  const node = (height: number, index: number): Hash => {
    const level = Math.floor(height / 8);
    const span = 2 ** (height % 8);
    const first = index * span;
    const tile = Math.floor(first / TILE_WIDTH);
    const count = Math.floor(size / TILE_WIDTH ** level);
    const path = tilePath({ level, index: tile, width: Math.min(TILE_WIDTH, count - tile * TILE_WIDTH) });
    const bytes = files.get(path);
    if (!bytes) throw new RangeError(`${path} is missing`);
    const at = first % TILE_WIDTH;
    return foldTile(splitTile(bytes).slice(at, at + span));
  };
  const root: RangeRoot = (from, to) => {
    const width = to - from;
    const half = split(width);
    if (half * 2 === width || width === 1) return node(Math.log2(width), from / width);
    return hashNode(root(from, from + half), root(from + half, to));
  };
  return root;
}

/** Largest power of two smaller than n (1 for 1). */
const split = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

/** That entry `index` is in the log of `size`. @see RFC 6962 section 2.1.1 */
export function inclusionProof(root: RangeRoot, index: number, size: number): Proof {
  if (!(index >= 0 && index < size)) throw new RangeError(`entry ${index} is not in a log of ${size}`);
  const path = (m: number, from: number, to: number): Hash[] => {
    if (to - from === 1) return [];
    const mid = from + split(to - from);
    return m < mid ? [...path(m, from, mid), root(mid, to)] : [...path(m, mid, to), root(from, mid)];
  };
  return path(index, 0, size);
}

/** That the log of `size` begins with the log of `before`. Empty when both are equal or `before` is 0. @see RFC 6962 section 2.1.2 */
export function consistencyProof(root: RangeRoot, before: number, size: number): Proof {
  if (!(before >= 0 && before <= size)) throw new RangeError(`${before} is not a prefix of ${size}`);
  const sub = (m: number, from: number, to: number, whole: boolean): Hash[] => {
    if (m === to) return whole ? [] : [root(from, to)];
    const mid = from + split(to - from);
    return m <= mid
      ? [...sub(m, from, mid, whole), root(mid, to)]
      : [...sub(m, mid, to, false), root(from, mid)];
  };
  return before === 0 ? [] : sub(before, 0, size, true);
}

/** @see RFC 9162 section 2.1.3.2 */
export function verifyInclusion(leaf: Hash, index: number, size: number, root: Hash, proof: Proof): boolean {
  if (!(index >= 0 && index < size)) return false;
  let fn = index;
  let sn = size - 1;
  let r = leaf;
  for (const p of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      r = hashNode(p, r);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    } else {
      r = hashNode(r, p);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && sameHash(r, root);
}

/** @see RFC 9162 section 2.1.4.2 */
export function verifyConsistency(
  before: number,
  size: number,
  rootBefore: Hash,
  root: Hash,
  proof: Proof,
): boolean {
  if (!(before >= 0 && before <= size)) return false;
  if (before === size) return proof.length === 0 && sameHash(rootBefore, root);
  if (before === 0) return proof.length === 0;
  const path = Number.isInteger(Math.log2(before)) ? [rootBefore, ...proof] : [...proof];
  let fn = before - 1;
  let sn = size - 1;
  while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  const first = path.shift();
  if (!first) return false;
  let fr = first;
  let sr = first;
  for (const c of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fr = hashNode(c, fr);
      sr = hashNode(c, sr);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    } else {
      sr = hashNode(sr, c);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && sameHash(fr, rootBefore) && sameHash(sr, root);
}
