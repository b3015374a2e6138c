import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { growLog } from '../../../src/util/tlog/grow.ts';
import { type Hash, hashLeaf, hexOf } from '../../../src/util/tlog/hash.ts';
import {
  consistencyProof,
  inclusionProof,
  rangeRootFromTiles,
  verifyConsistency,
  verifyInclusion,
} from '../../../src/util/tlog/proofs.ts';
import { naivePath, naiveProof, naiveRoot } from '../../support/naive-merkle.ts';

const entries = (n: number) => Array.from({ length: n }, (_, i) => Buffer.from(`entry ${i}`));
const filesOf = (n: number) =>
  new Map(
    [...growLog(new Map(), 0, entries(n)).files].filter((f): f is [string, Uint8Array] => f[1] !== null),
  );
const flipped = (hash: Hash): Hash => {
  const copy = Buffer.from(hash);
  copy[0] = (copy[0] ?? 0) ^ 1;
  return copy;
};

/** Every way to spoil a proof by one step: a flipped hash, a hash too many, too few, two swapped. */
function spoiled(proof: readonly Hash[]): Hash[][] {
  const out = proof.map((_, i) => proof.map((h, j) => (i === j ? flipped(h) : h)));
  out.push([...proof, hashLeaf(Buffer.from('one more'))]);
  if (proof.length > 0) out.push(proof.slice(1), proof.slice(0, -1));
  if (proof.length > 1) out.push([proof[1]!, proof[0]!, ...proof.slice(2)]);
  return out;
}

describe('inclusion', () => {
  test('proofs to size 40 equal the definition and verify; spoiled ones fail', () => {
    for (let n = 1; n <= 40; n += 1) {
      const root = naiveRoot(entries(n));
      const range = rangeRootFromTiles(filesOf(n), n);
      for (let i = 0; i < n; i += 1) {
        const proof = inclusionProof(range, i, n);
        expect(proof.map(hexOf)).toEqual(naivePath(i, entries(n)).map(hexOf));
        const leaf = hashLeaf(entries(n)[i]!);
        expect(verifyInclusion(leaf, i, n, root, proof)).toBe(true);
        for (const bad of spoiled(proof)) expect(verifyInclusion(leaf, i, n, root, bad)).toBe(false);
        expect(verifyInclusion(flipped(leaf), i, n, root, proof)).toBe(false);
        expect(verifyInclusion(leaf, i, n, flipped(root), proof)).toBe(false);
        if (n > 1) expect(verifyInclusion(leaf, (i + 1) % n, n, root, proof)).toBe(false);
      }
    }
  });

  test('an index outside the log has no proof and verifies nothing', () => {
    const range = rangeRootFromTiles(filesOf(3), 3);
    expect(() => inclusionProof(range, 3, 3)).toThrow(RangeError);
    expect(() => inclusionProof(range, -1, 3)).toThrow(RangeError);
    expect(verifyInclusion(hashLeaf(entries(1)[0]!), 0, 0, naiveRoot([]), [])).toBe(false);
    expect(verifyInclusion(hashLeaf(entries(1)[0]!), Number.NaN, 1, naiveRoot(entries(1)), [])).toBe(false);
  });
});

describe('consistency', () => {
  test('proofs to size 40 equal the definition and verify; spoiled ones fail', () => {
    for (let n = 0; n <= 40; n += 1) {
      const root = naiveRoot(entries(n));
      const range = rangeRootFromTiles(filesOf(n), n);
      for (let m = 0; m <= n; m += 1) {
        const before = naiveRoot(entries(m));
        const proof = consistencyProof(range, m, n);
        if (m > 0) expect(proof.map(hexOf)).toEqual(naiveProof(m, entries(n)).map(hexOf));
        expect(verifyConsistency(m, n, before, root, proof)).toBe(true);
        for (const bad of spoiled(proof)) expect(verifyConsistency(m, n, before, root, bad)).toBe(false);
        if (m === 0) continue;
        expect(verifyConsistency(m, n, flipped(before), root, proof)).toBe(false);
        expect(verifyConsistency(m, n, before, flipped(root), proof)).toBe(false);
      }
    }
  });

  test('a longer log is no prefix of a shorter one', () => {
    const range = rangeRootFromTiles(filesOf(3), 3);
    expect(() => consistencyProof(range, 4, 3)).toThrow(RangeError);
    expect(verifyConsistency(4, 3, naiveRoot(entries(4)), naiveRoot(entries(3)), [])).toBe(false);
    expect(verifyConsistency(2, 3, naiveRoot(entries(2)), naiveRoot(entries(3)), [])).toBe(false);
    expect(verifyConsistency(3, 5, naiveRoot(entries(3)), naiveRoot(entries(5)), [])).toBe(false);
  });
});

test('proofs across full tiles verify', () => {
  const n = 1500;
  const files = filesOf(n);
  const range = rangeRootFromTiles(files, n);
  const root = naiveRoot(entries(n));
  const at = fc.integer({ min: 0, max: n - 1 });
  fc.assert(
    fc.property(at, at, (i, m) => {
      const leaf = hashLeaf(entries(n)[i]!);
      expect(verifyInclusion(leaf, i, n, root, inclusionProof(range, i, n))).toBe(true);
      const before = naiveRoot(entries(m));
      expect(verifyConsistency(m, n, before, root, consistencyProof(range, m, n))).toBe(true);
    }),
    { numRuns: 40 },
  );
  files.delete('tile/1/000.p/5');
  expect(() => inclusionProof(range, 0, n)).toThrow('tile/1/000.p/5 is missing');
});
