import { type Dirent, readFileSync, statSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { IntelKind } from '../contracts/generated/config.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { IntelFeed, IntelFile } from '../ports/intel-feed.ts';
import { compareCodePoints } from '../util/sort.ts';
import { openUnpacked, readAllCapped } from './decompress.ts';
import { readTar } from './tar-reader.ts';
import { readZip } from './zip-reader.ts';

/** Record files, and the lists of Debian's security tracker, which have no ending. */
const RECORD = /\.(json|csv)(\.gz|\.xz|\.zst)?$|(^|\/)(DSA|DLA|DTSA|ELA)\/list$/;
const ARCHIVE = /\.(tar|tar\.gz|tgz|tar\.xz|tar\.zst|zip)$/;
/** Largest record file; the whole data of a tracker or a year of NVD is one. */
export const MAX_RECORD = 256 << 20;
const MAX_ZIP = 2 * (1 << 30) - 1;
export const MAX_ARCHIVE = 8 * (1 << 30);
const MAX_FILES = 2_000_000;

/** Whether a file of an archive can have records, by its path. */
export const isRecordPath = (path: string): boolean => RECORD.test(path);

export interface IntelFeedOptions {
  readonly label?: string;
  readonly kind?: IntelKind;
  readonly modelDate?: string;
}

/**
 * Record files at any depth of a directory, or of one archive, or one record file: `.json` or `.csv`, also compressed.
 * Which feed they are is told by their content. Order is that of the paths, so that two runs see the same.
 */
export function directoryIntelFeed(path: string, options: IntelFeedOptions = {}): IntelFeed {
  const { label = path, ...facts } = options;
  return { ...facts, label, files: () => filesOf(path, label) };
}

async function* filesOf(path: string, label: string): AsyncIterable<IntelFile> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) yield* filesBelow(path);
    else if (ARCHIVE.test(path)) yield* filesInArchive(path, label);
    else yield { path: '', bytes: await readRecord(path) };
  } catch (error) {
    if (error instanceof PatchwardenError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new PatchwardenError('source-failed', `cannot read the intelligence of ${label}: ${why}`, {
      cause: error,
    });
  }
}

async function* filesInArchive(path: string, label: string): AsyncIterable<IntelFile> {
  const limits = { maxEntry: MAX_RECORD, maxTotal: MAX_ARCHIVE };
  if (path.endsWith('.zip')) {
    if ((await stat(path)).size > MAX_ZIP) throw tooLarge(path);
    for (const entry of readZip(await readFile(path), label, limits))
      if (isRecordPath(entry.path)) yield entry;
    return;
  }
  for await (const entry of readTar(openUnpacked(path), label, limits))
    if (isRecordPath(entry.path)) yield { path: entry.path.replace(/^\.\//, ''), bytes: entry.bytes };
}

async function* filesBelow(root: string): AsyncIterable<IntelFile> {
  const paths: string[] = [];
  for await (const path of walk(root, '')) {
    if (RECORD.test(path)) paths.push(path);
    if (paths.length > MAX_FILES)
      throw new PatchwardenError('source-failed', `${root} has more than ${MAX_FILES} record files`);
  }
  for (const path of paths) yield { path, bytes: await readRecord(join(root, path)) };
}

/** Hidden entries and links to directories are passed over: a link can lead in a circle. */
async function* walk(root: string, below: string): AsyncIterable<string> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => compareCodePoints(a.name, b.name))) {
    if (entry.name.startsWith('.')) continue;
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(root, path);
    else if (await isRecordFile(root, path, entry)) yield path;
  }
}

const isRecordFile = async (root: string, path: string, entry: Dirent): Promise<boolean> =>
  entry.isFile() || (entry.isSymbolicLink() && RECORD.test(path) && (await stat(join(root, path))).isFile());

async function readRecord(path: string): Promise<Uint8Array> {
  if (!/\.(gz|xz|zst)$/.test(path)) {
    // Without promises: a feed has tens of thousands of small files, and waiting for each costs more than reading it.
    if (statSync(path).size > MAX_RECORD) throw tooLarge(path);
    return readFileSync(path);
  }
  const bytes = await readAllCapped(openUnpacked(path), MAX_RECORD);
  if (bytes === undefined) throw tooLarge(path);
  return bytes;
}

const tooLarge = (path: string): PatchwardenError =>
  new PatchwardenError('source-failed', `${path} is larger than the ${MAX_RECORD} bytes that are read`);
