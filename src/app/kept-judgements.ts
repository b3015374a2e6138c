import {
  createMemory,
  forgetUnasked,
  MEMORY_TABLES,
  type MemoryTable,
} from '../assess/fleet/judgement-memory.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import { digestOf } from '../util/digest.ts';
import type { SnapshotDeps } from './snapshots.ts';

const FILES = 'judgements/';
const MANIFEST = `${FILES}manifest.json`;
/** Were the sources that are kept so many times those that are asked, only the latter are kept. */
const MOST = 4;

/** Judgements of earlier runs. */
export interface KnownJudgements {
  /** The memory `known` is in the store. */
  readonly known: boolean;
  /** Writes down what was judged for the first time. */
  keep(): Promise<void>;
}

/** Names the files of one writing, which nobody ever writes again; it is the last that is written. */
interface Manifest {
  /** What judgements hang on beside their source. */
  readonly key: string;
  readonly writing: string;
  readonly digests: Readonly<Record<MemoryTable, string>>;
}

/**
 * Puts what earlier runs have judged by the same intelligence, with the same program, into the memory `known`. The files are
 * a memory and nothing more: what is missing, damaged, half written or of another key is not read, and what cannot be
 * written is not missed.
 * @param program undefined: it is not known, and nothing is kept
 */
export async function loadKnownJudgements(
  deps: SnapshotDeps,
  intel: string,
  program: string | undefined,
): Promise<KnownJudgements> {
  if (program === undefined) return { known: false, keep: async () => undefined };
  const { store } = deps;
  const key = digestOf({ intel, program });
  const loaded = await load(deps, key).catch(() => false);
  if (!loaded) await createMemory(store, 'known');
  const before = await countRows(store, 'known_asked');
  const keep = async () => {
    const kept = await countRows(store, 'known_asked');
    if (kept === before) return;
    if (kept > MOST * (await countRows(store, 'asked'))) await forgetUnasked(store, 'known');
    await write(deps, key);
  };
  return { known: true, keep: () => keep().catch(() => undefined) };
}

const nameOf = (writing: string, table: MemoryTable): string => `${FILES}${writing}.${table}.parquet`;

async function load({ store, state }: SnapshotDeps, key: string): Promise<boolean> {
  const manifest = JSON.parse((await state.read(MANIFEST)) ?? '{}') as Partial<Manifest>;
  if (manifest.key !== key) return false;
  for (const table of MEMORY_TABLES) {
    const file = state.path(nameOf(manifest.writing ?? '', table));
    if ((await fileDigest(store, file)) !== manifest.digests?.[table]) return false;
    await store.importParquet(`known_${table}`, file);
  }
  return true;
}

async function write({ store, state }: SnapshotDeps, key: string): Promise<void> {
  const [{ writing } = { writing: '' }] = await store.rows<{ writing: string }>(
    'SELECT uuid()::VARCHAR AS writing',
  );
  const digests: [MemoryTable, string][] = [];
  try {
    for (const table of MEMORY_TABLES) {
      const file = state.path(nameOf(writing, table));
      await store.exportParquet(`known_${table}`, file);
      digests.push([table, await fileDigest(store, file)]);
    }
    const manifest = { key, writing, digests: Object.fromEntries(digests) };
    await state.write(MANIFEST, `${JSON.stringify(manifest)}\n`);
  } catch (error) {
    await removeFiles(state, (name) => name.startsWith(`${FILES}${writing}`));
    throw error;
  }
  await removeFiles(state, (name) => name !== MANIFEST && !name.startsWith(`${FILES}${writing}`));
}

async function removeFiles(state: SnapshotDeps['state'], which: (name: string) => boolean): Promise<void> {
  for (const name of await state.list(FILES)) if (which(name)) await state.remove(name);
}

async function fileDigest(store: FleetStore, file: string): Promise<string> {
  const [row] = await store.rows<{ digest: string }>('SELECT sha256(content) AS digest FROM read_blob($1)', [
    file,
  ]);
  return row?.digest ?? '';
}

async function countRows(store: FleetStore, table: string): Promise<number> {
  const [row] = await store.rows<{ n: number }>(`SELECT count(*) AS n FROM ${table}`);
  return row?.n ?? 0;
}
