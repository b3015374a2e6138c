/** Hashes in a full tile, entries in a full bundle: two to the tile height of 8. @see C2SP tlog-tiles */
export const TILE_WIDTH = 256;

/** One file of a log: a tile of hashes of a level, or a bundle of entries. `width` is 256 when full, 1 to 255 when partial. */
export interface TileId {
  readonly level: number | 'entries';
  readonly index: number;
  readonly width: number;
}

/** 1234067 is x001/x234/067: groups of three digits, all but the last with an x, so that no directory grows large. */
function indexPath(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  return groups.map((g, i) => (i < groups.length - 1 ? `x${g}` : g)).join('/');
}

export function tilePath({ level, index, width }: TileId): string {
  const full = `tile/${level}/${indexPath(index)}`;
  return width === TILE_WIDTH ? full : `${full}.p/${width}`;
}

/** Counts of every row of a log, bundles first: each level of tiles counts the full tiles of the one below. */
function rows(size: number): readonly (readonly [TileId['level'], number])[] {
  const out: [TileId['level'], number][] = size > 0 ? [['entries', size]] : [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH))
    out.push([level, count]);
  return out;
}

/** Every file of a log of this size but its checkpoint, full ones first. */
export const logTiles = (size: number): readonly TileId[] => [
  ...rows(size).flatMap(([level, count]) =>
    Array.from({ length: Math.floor(count / TILE_WIDTH) }, (_, index) => ({
      level,
      index,
      width: TILE_WIDTH,
    })),
  ),
  ...partialTiles(size),
];

/** The partial files of a log of this size: they alone hold what a longer log must continue from. */
export const partialTiles = (size: number): readonly TileId[] =>
  rows(size)
    .map(([level, count]) => ({ level, index: Math.floor(count / TILE_WIDTH), width: count % TILE_WIDTH }))
    .filter((tile) => tile.width > 0);
