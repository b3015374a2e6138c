import { decodeBundle } from './bundle.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { growLog, type LogFiles } from './grow.ts';
import { HASH_BYTES, type Hash, hashLeaf, hexOf, sameHash } from './hash.ts';
import type { NoteVerifier } from './note-keys.ts';
import { logTiles, TILE_WIDTH, type TileId, tilePath } from './tile-paths.ts';

/** One thing that is wrong with the files of a log. */
interface LogProblem {
  /** Number of the entry from 0; null where no single entry is meant. */
  readonly entry: number | null;
  readonly message: string;
}

/** What the files of a log hold, and everything that is wrong with them. */
export interface CheckedLog {
  /** Undefined when it is missing or not signed by the key. */
  readonly checkpoint: Checkpoint | undefined;
  /** As far as they can be read. */
  readonly entries: readonly Uint8Array[];
  readonly problems: readonly LogProblem[];
}

const CHECKPOINT = 'checkpoint';

/**
 * Checks every byte of a log: the signature over size and root, that exactly the files of that size are there,
 * and that all of them are what its entries make. Costs one pass over all entries.
 * @see C2SP tlog-tiles
 */
export function checkLog(files: LogFiles, verifier: NoteVerifier): CheckedLog {
  const broken = (message: string, size = 0): CheckedLog => ({
    checkpoint: undefined,
    entries: bundles(files, size).flatMap((b) => b.entries),
    problems: [{ entry: null, message }],
  });
  const bytes = files.get(CHECKPOINT);
  const sizeByNames = sizeOfFiles(files);
  if (!bytes) return broken(`the file ${CHECKPOINT} is missing`, sizeByNames);
  const opened = openCheckpoint(bytes, verifier);
  if ('problem' in opened) return broken(`${CHECKPOINT} does not verify: ${opened.problem}`, sizeByNames);
  const checkpoint = opened.value;
  if (checkpoint.size > files.size * TILE_WIDTH)
    return broken(
      `${CHECKPOINT} speaks of ${checkpoint.size} entries and the ${files.size} files cannot hold as many`,
      sizeByNames,
    );
  const read = bundles(files, checkpoint.size);
  const problems = [...nameProblems(files, checkpoint.size), ...contentProblems(files, checkpoint, read)];
  return { checkpoint, entries: read.flatMap((b) => b.entries), problems };
}

/** How many entries the names of the bundles speak of; used to show what can be shown of a log without checkpoint. */
function sizeOfFiles(files: LogFiles): number {
  const names = [...files.keys()].filter((path) => path.startsWith('tile/entries/'));
  const partial = names.map((path) => Number(/\.p\/([1-9]\d{0,2})$/.exec(path)?.[1] ?? 0)).find((w) => w > 0);
  const full = names.filter((path) => !path.includes('.p/')).length;
  return full * TILE_WIDTH + (partial ?? 0);
}

interface Bundle {
  readonly tile: TileId;
  readonly first: number;
  readonly entries: readonly Uint8Array[];
  /** False when the file is missing, torn, or holds another number of entries than its name says. */
  readonly whole: boolean;
}

function bundles(files: LogFiles, size: number): readonly Bundle[] {
  const out: Bundle[] = [];
  for (const tile of logTiles(size)) {
    if (tile.level !== 'entries') continue;
    const { entries, torn } = decodeBundle(files.get(tilePath(tile)) ?? new Uint8Array());
    const whole = !torn && entries.length === tile.width;
    out.push({ tile, first: tile.index * TILE_WIDTH, entries: entries.slice(0, tile.width), whole });
  }
  return out;
}

function nameProblems(files: LogFiles, size: number): LogProblem[] {
  const expected = new Map(logTiles(size).map((tile) => [tilePath(tile), tile]));
  const problems: LogProblem[] = [];
  for (const [path, tile] of expected) {
    if (files.has(path)) continue;
    const first = tile.level === 'entries' ? tile.index * TILE_WIDTH : null;
    const what = first === null ? '' : ` (entries ${first} to ${first + tile.width - 1})`;
    problems.push({ entry: first, message: `the file ${path}${what} is missing` });
  }
  for (const path of files.keys()) {
    if (path !== CHECKPOINT && !expected.has(path))
      problems.push({ entry: null, message: `the file ${path} does not belong to a log of ${size} entries` });
  }
  return problems;
}

function contentProblems(files: LogFiles, checkpoint: Checkpoint, read: readonly Bundle[]): LogProblem[] {
  const { size, root } = checkpoint;
  const damaged = read.filter((b) => files.has(tilePath(b.tile))).flatMap((b) => entryProblems(files, b));
  if (read.some((b) => !b.whole)) return damaged;
  const rebuilt = growLog(
    new Map(),
    0,
    read.flatMap((b) => b.entries),
  );
  if (!sameHash(rebuilt.root, root)) {
    if (damaged.length > 0) return damaged;
    const message = `the ${size} entries have the root ${hexOf(rebuilt.root)} and the signed ${CHECKPOINT} says ${hexOf(root)}: entries were changed, dropped or reordered`;
    return [{ entry: null, message }];
  }
  // The signature covers what the entries say, so a tile that differs is the one that was touched.
  const problems: LogProblem[] = [];
  for (const [path, bytes] of rebuilt.files) {
    const found = files.get(path);
    if (!bytes || !found || sameHash(found, bytes)) continue;
    problems.push({ entry: null, message: `the file ${path} is not what the entries make` });
  }
  return problems;
}

/** Entries whose bytes are not those that the lowest tile has the hash of. */
function entryProblems(files: LogFiles, { tile, first, entries, whole }: Bundle): LogProblem[] {
  const path = tilePath(tile);
  const recorded = files.get(tilePath({ ...tile, level: 0 }));
  const leafAt = (i: number): Hash | undefined => recorded?.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
  const wrong = entries.flatMap((entry, i) => {
    const leaf = leafAt(i);
    return leaf && !sameHash(hashLeaf(entry), leaf) ? [first + i] : [];
  });
  if (!whole) {
    const at = wrong[0] ?? first + entries.length;
    return [
      { entry: at, message: `${path} cannot be read from here on: it does not hold ${tile.width} entries` },
    ];
  }
  const message = `its bytes in ${path} are not those that tile/0 has the hash of`;
  return wrong.map((entry) => ({ entry, message }));
}
