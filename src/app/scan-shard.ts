import type { FleetRows } from '../contracts/generated/fleet-rows.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { Snapshot, SnapshotManifest } from '../observe/snapshot.ts';
import type { StateStore } from '../ports/state-store.ts';
import { sha256Hex } from '../util/digest.ts';
import { sortedBy } from '../util/sort.ts';
import { FACTS_FILE, factsText, fleetSnapshots } from './scan.ts';
import { type SnapshotDeps, writeSnapshots } from './snapshots.ts';

/** Part `index` of `count`, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

const MOST = 1000;

/** @throws PatchwardenError `usage` for a text that is not `i/n` */
export function parseShard(text: string): Shard {
  const [, index, count] = (/^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? []).map(Number);
  if (index === undefined || count === undefined || index > count || count > MOST)
    throw new PatchwardenError(
      'usage',
      `--shard ${JSON.stringify(text)} is no part of a fleet: write i/n, such as 2/8 for the second of eight, at most ${MOST}`,
    );
  return { index, count };
}

/** Whether an asset belongs to a shard: by its id alone, so that every machine agrees and no asset wanders. */
export const inShard = ({ index, count }: Shard, asset: string): boolean =>
  Number.parseInt(sha256Hex(asset).slice(0, 8), 16) % count === index - 1;

/** What a shard leaves in the state location; text, so that it can be copied from one state location to another. */
interface Part {
  readonly at: Instant;
  readonly rows: Pick<FleetRows, 'assets' | 'components' | 'origins'>;
  readonly files: readonly (readonly [name: string, text: string])[];
}

const partName = ({ index, count }: Shard): string => `fleet-parts/${count}/${index}.json`;

/** Keeps the part of a shard in place of its last one. */
export async function writePart(
  state: StateStore,
  shard: Shard,
  { manifest, rows, files }: Snapshot,
): Promise<void> {
  const { assets = [], components = [], origins = [] } = rows;
  const part: Part = { at: manifest.at, rows: { assets, components, origins }, files: [...files] };
  await state.write(partName(shard), JSON.stringify(part));
}

/**
 * Keeps the part of a shard and, once every part is there, puts the fleet of all parts in force.
 *
 * Each shard writes before it merges, and merges until nothing changes: of two that end at once, the last to write the
 * fleet has seen both parts.
 */
export async function writeShard(deps: SnapshotDeps, shard: Shard, part: Snapshot): Promise<Merged> {
  await writePart(deps.state, shard, part);
  for (let merged = await mergeParts(deps.state, shard.count); ; ) {
    if ('missing' in merged) return merged;
    await writeSnapshots(deps, merged);
    const again = await mergeParts(deps.state, shard.count);
    if (!('missing' in again) && isSame(again[0].manifest, merged[0].manifest)) return merged;
    merged = again;
  }
}

/** The snapshots that a scan without shards gives, or how many parts are still missing, while some are. */
type Merged = ReturnType<typeof fleetSnapshots> | { readonly missing: number };

/** The fleet of all parts of `count`, with the moment of the oldest part. */
export async function mergeParts(state: Pick<StateStore, 'read' | 'path'>, count: number): Promise<Merged> {
  const parts: Part[] = [];
  for (let index = 1; index <= count; index += 1) {
    const part = await readPart(state, { index, count });
    if (part) parts.push(part);
  }
  if (parts.length < count) return { missing: count - parts.length };
  const components: FleetRows['components'] = [];
  const known = new Set<string>();
  for (const { rows } of parts) {
    components.push(...rows.components.filter((c) => !known.has(c.set)));
    for (const { set } of rows.components) known.add(set);
  }
  const assets = sortedBy(
    parts.flatMap((p) => p.rows.assets),
    (a) => a.asset,
  );
  const at = parts.map((p) => p.at).reduce((first, at) => (at < first ? at : first));
  return fleetSnapshots(
    {
      assets,
      components: sortedBy(
        components,
        (c) => c.set,
        (c) => c.name,
        (c) => c.arch,
        (c) => c.version,
      ),
      origins: sortedBy(
        parts.flatMap((p) => p.rows.origins),
        (o) => o.asset,
        (o) => o.origin,
      ),
    },
    at,
    mergeFiles(parts),
  );
}

const isSame = (a: SnapshotManifest, b: SnapshotManifest): boolean => a.digest === b.digest && a.at === b.at;

/** Of one file in several parts the first stands for all: they repeat what rows say. Facts are those of all assets. */
function mergeFiles(parts: readonly Part[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const facts: [string, unknown][] = [];
  for (const [name, text] of parts.flatMap((p) => p.files))
    if (name === FACTS_FILE) facts.push(...Object.entries(JSON.parse(text) as object));
    else if (!files.has(name)) files.set(name, text);
  if (facts.length > 0) files.set(FACTS_FILE, factsText(facts));
  return files;
}

async function readPart(state: Pick<StateStore, 'read' | 'path'>, shard: Shard): Promise<Part | undefined> {
  const text = await state.read(partName(shard));
  if (text === undefined) return undefined;
  try {
    const part = JSON.parse(text) as Partial<Part>;
    if (typeof part.at === 'string' && part.rows?.assets.every((a) => inShard(shard, a.asset)) && part.files)
      return part as Part;
  } catch {
    // said below
  }
  throw new PatchwardenError(
    'store-failed',
    `${state.path(partName(shard))} is damaged: run patchwarden scan --shard ${shard.index}/${shard.count} again`,
  );
}
