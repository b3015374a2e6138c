import { createHash } from 'node:crypto';

/** The definitions of RFC 6962 section 2.1 word for word: slow, recursive, and independent of the product's code. */
const sha = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

export function naiveRoot(d: readonly Uint8Array[]): Buffer {
  if (d.length === 0) return sha();
  if (d.length === 1) return sha(Buffer.from([0]), d[0]!);
  const k = naiveSplit(d.length);
  return sha(Buffer.from([1]), naiveRoot(d.slice(0, k)), naiveRoot(d.slice(k)));
}

const naiveSplit = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

/** PATH(m, D[n]) */
export function naivePath(m: number, d: readonly Uint8Array[]): Buffer[] {
  if (d.length <= 1) return [];
  const k = naiveSplit(d.length);
  return m < k
    ? [...naivePath(m, d.slice(0, k)), naiveRoot(d.slice(k))]
    : [...naivePath(m - k, d.slice(k)), naiveRoot(d.slice(0, k))];
}

/** PROOF(m, D[n]) */
export function naiveProof(m: number, d: readonly Uint8Array[]): Buffer[] {
  const sub = (m1: number, d1: readonly Uint8Array[], b: boolean): Buffer[] => {
    if (m1 === d1.length) return b ? [] : [naiveRoot(d1)];
    const k = naiveSplit(d1.length);
    return m1 <= k
      ? [...sub(m1, d1.slice(0, k), b), naiveRoot(d1.slice(k))]
      : [...sub(m1 - k, d1.slice(k), false), naiveRoot(d1.slice(0, k))];
  };
  return sub(m, d, true);
}
