import { decodeBundle, encodeBundle } from './bundle.ts';
import { compactRoot } from './compact.ts';
import { HASH_BYTES, type Hash, hashLeaf, hashNode } from './hash.ts';
import { partialTiles, TILE_WIDTH, tilePath } from './tile-paths.ts';

/** Files of a log by path. */
export type LogFiles = ReadonlyMap<string, Uint8Array>;

/** What appending writes: whole new files, and null for the partial ones that they replace. */
export interface Growth {
  readonly size: number;
  readonly root: Hash;
  readonly files: ReadonlyMap<string, Uint8Array | null>;
}

export function splitTile(bytes: Uint8Array): Hash[] {
  const hashes: Hash[] = [];
  for (let at = 0; at < bytes.length; at += HASH_BYTES) hashes.push(bytes.subarray(at, at + HASH_BYTES));
  return hashes;
}

/** Root of the perfect tree over a power of two of hashes. */
export function foldTile(hashes: readonly Hash[]): Hash {
  let row = hashes;
  while (row.length > 1) {
    const next: Hash[] = [];
    for (let i = 0; i + 1 < row.length; i += 2) next.push(hashNode(pick(row, i), pick(row, i + 1)));
    row = next;
  }
  return pick(row, 0);
}

/** The right edge of a log: the rows that are not full yet. Throws RangeError when a partial file is missing or has the wrong length. */
interface Edge {
  readonly entries: Uint8Array[];
  readonly levels: Hash[][];
}

function readEdge(files: LogFiles, size: number): Edge {
  const edge: Edge = { entries: [], levels: [] };
  for (let count = size; count > 0; count = Math.floor(count / TILE_WIDTH)) edge.levels.push([]);
  for (const tile of partialTiles(size)) {
    const path = tilePath(tile);
    const bytes = files.get(path);
    if (!bytes) throw new RangeError(`${path} is missing`);
    if (tile.level === 'entries') {
      const { entries, torn } = decodeBundle(bytes);
      if (torn || entries.length !== tile.width)
        throw new RangeError(`${path} does not hold ${tile.width} entries`);
      edge.entries.push(...entries);
    } else {
      if (bytes.length !== tile.width * HASH_BYTES)
        throw new RangeError(`${path} does not hold ${tile.width} hashes`);
      edge.levels[tile.level] = splitTile(bytes);
    }
  }
  return edge;
}

/** Root of a log of this size from its partial tiles alone: each holds the subtrees that no higher tile has yet. */
export const rootFromEdge = (files: LogFiles, size: number): Hash => edgeRoot(readEdge(files, size), size);

function edgeRoot(edge: Edge, size: number): Hash {
  const peaks: Hash[] = [];
  for (const row of edge.levels.toReversed()) {
    let at = 0;
    for (let span = TILE_WIDTH / 2; span >= 1; span /= 2) {
      if (at + span > row.length) continue;
      peaks.push(foldTile(row.slice(at, at + span)));
      at += span;
    }
  }
  return compactRoot({ size, peaks });
}

/**
 * Appends entries to a log of `size` entries.
 * @param files at least the partial files of that size; see {@link partialTiles}
 */
export function growLog(files: LogFiles, size: number, added: readonly Uint8Array[]): Growth {
  const edge = readEdge(files, size);
  const out = new Map<string, Uint8Array | null>(partialTiles(size).map((t) => [tilePath(t), null]));
  let total = size;
  const push = (level: number, hash: Hash): void => {
    const row = edge.levels[level] ?? [];
    edge.levels[level] = row;
    row.push(hash);
    if (row.length < TILE_WIDTH) return;
    const index = Math.floor(total / TILE_WIDTH ** (level + 1)) - 1;
    out.set(tilePath({ level, index, width: TILE_WIDTH }), Buffer.concat(row));
    push(level + 1, foldTile(row));
    edge.levels[level] = [];
  };
  for (const entry of added) {
    total += 1;
    edge.entries.push(entry);
    push(0, hashLeaf(entry));
    if (edge.entries.length < TILE_WIDTH) continue;
    const index = total / TILE_WIDTH - 1;
    out.set(tilePath({ level: 'entries', index, width: TILE_WIDTH }), encodeBundle(edge.entries));
    edge.entries.length = 0;
  }
  for (const tile of partialTiles(total)) {
    const bytes =
      tile.level === 'entries' ? encodeBundle(edge.entries) : Buffer.concat(edge.levels[tile.level] ?? []);
    out.set(tilePath(tile), bytes);
  }
  return { size: total, root: edgeRoot(edge, total), files: out };
}

function pick(row: readonly Hash[], i: number): Hash {
  const hash = row[i];
  if (!hash) throw new RangeError('a tile does not hold a power of two of hashes');
  return hash;
}
