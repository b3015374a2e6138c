import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compactOf, compactRoot, prefixRoots, pushLeaf, rootOf } from '../../../src/util/tlog/compact.ts';
import { growLog, rootFromEdge } from '../../../src/util/tlog/grow.ts';
import { emptyRoot, hashLeaf, hexOf } from '../../../src/util/tlog/hash.ts';
import { logTiles, partialTiles, tilePath } from '../../../src/util/tlog/tile-paths.ts';
import { naiveRoot } from '../../support/naive-merkle.ts';

const hex = (h: string) => Buffer.from(h, 'hex');
const entry = (i: number) => Buffer.from(`entry ${i}`);
const entries = (n: number, from = 0) => Array.from({ length: n }, (_, i) => entry(from + i));

/** Applies growth to a file set the way a writer does. */
function applied(
  files: ReadonlyMap<string, Uint8Array>,
  changes: ReadonlyMap<string, Uint8Array | null>,
): Map<string, Uint8Array> {
  const next = new Map(files);
  for (const [path, bytes] of changes) {
    if (bytes === null) next.delete(path);
    else next.set(path, bytes);
  }
  return next;
}

/** The eight test leaves of the reference implementation of Certificate Transparency, and their roots. */
const CT_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const CT_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

describe('Merkle tree hash', () => {
  test('of nothing is SHA-256 of nothing', () => {
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    expect(hexOf(emptyRoot())).toBe(empty);
    expect(hexOf(rootOf([]))).toBe(empty);
    expect(hexOf(growLog(new Map(), 0, []).root)).toBe(empty);
  });

  test.each(CT_ROOTS.map((root, i) => ({ leaves: i + 1, root })))(
    'of the first $leaves reference leaves',
    ({ leaves, root }) => {
      const data = CT_LEAVES.slice(0, leaves).map(hex);
      expect(hexOf(rootOf(data.map(hashLeaf)))).toBe(root);
      expect(hexOf(growLog(new Map(), 0, data).root)).toBe(root);
    },
  );

  test('equals the recursive definition for every size to 70', () => {
    for (let n = 0; n <= 70; n += 1)
      expect(hexOf(rootOf(entries(n).map(hashLeaf)))).toBe(hexOf(naiveRoot(entries(n))));
  });

  test('prefixRoots gives each wanted size and nothing else', () => {
    const roots = prefixRoots(entries(20).map(hashLeaf), [0, 7, 20, 21]);
    expect([...roots.keys()].sort((a, b) => a - b)).toEqual([0, 7, 20]);
    expect(hexOf(roots.get(7)!)).toBe(hexOf(naiveRoot(entries(7))));
  });

  test('a compact tree that lies about its size is refused', () => {
    expect(() => pushLeaf({ size: 3, peaks: [] }, hashLeaf(entry(0)))).toThrow(RangeError);
  });
});

describe('growing tiles', () => {
  test('in any batches gives the same files and root as at once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 6 }), (batches) => {
        let files: ReadonlyMap<string, Uint8Array> = new Map();
        let size = 0;
        let root = emptyRoot();
        for (const batch of batches) {
          const grown = growLog(files, size, entries(batch, size));
          files = applied(files, grown.files);
          ({ size, root } = grown);
          expect(hexOf(rootFromEdge(files, size))).toBe(hexOf(root));
        }
        const once = growLog(new Map(), 0, entries(size));
        const whole = new Map([...once.files].filter(([, bytes]) => bytes !== null));
        expect([...files].sort()).toEqual([...whole].sort());
        expect(hexOf(root)).toBe(hexOf(compactRoot(compactOf(entries(size).map(hashLeaf)))));
        expect([...files.keys()].sort()).toEqual(logTiles(size).map(tilePath).sort());
      }),
      { numRuns: 12 },
    );
  });

  test('across the second level keeps every tile (65,537 entries)', () => {
    const first = growLog(new Map(), 0, entries(65_530));
    const files = applied(new Map(), first.files);
    const grown = growLog(files, 65_530, entries(7, 65_530));
    const all = applied(files, grown.files);
    expect([...all.keys()].sort()).toEqual(logTiles(65_537).map(tilePath).sort());
    expect(all.has('tile/1/000')).toBe(true);
    expect(all.has('tile/2/000.p/1')).toBe(true);
    expect(hexOf(grown.root)).toBe(hexOf(rootOf(entries(65_537).map(hashLeaf))));
    expect(hexOf(rootFromEdge(all, 65_537))).toBe(hexOf(grown.root));
  });

  test('needs the partial files only, and names the one that is missing or torn', () => {
    const files = applied(new Map(), growLog(new Map(), 0, entries(300)).files);
    const edge = new Map([...files].filter(([path]) => path.includes('.p/')));
    expect(hexOf(growLog(edge, 300, entries(1, 300)).root)).toBe(hexOf(naiveRoot(entries(301))));
    for (const path of edge.keys()) {
      const without = new Map(edge);
      without.delete(path);
      expect(() => growLog(without, 300, [])).toThrow(path);
      expect(() => growLog(new Map(edge).set(path, edge.get(path)!.subarray(1)), 300, [])).toThrow(path);
    }
  });
});

describe('tile paths', () => {
  test.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 1, index: 1000, width: 5 }, 'tile/1/x001/000.p/5'],
    [{ level: 'entries', index: 999, width: 1 }, 'tile/entries/999.p/1'],
  ] as const)('%o', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
  });

  test('the example of the specification: 70,000 entries', () => {
    expect(partialTiles(70_000).map(tilePath)).toEqual([
      'tile/entries/273.p/112',
      'tile/0/273.p/112',
      'tile/1/001.p/17',
      'tile/2/000.p/1',
    ]);
    expect(
      logTiles(70_000)
        .filter((t) => t.level === 1)
        .map(tilePath),
    ).toEqual(['tile/1/000', 'tile/1/001.p/17']);
  });
});
