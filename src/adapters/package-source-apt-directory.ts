import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import { parseRelease } from '../domain/release-file.ts';
import type { PackageIndex, PackageSource } from '../ports/package-source.ts';
import { compareCodePoints } from '../util/sort.ts';
import { aptPackageIndex } from './apt-package-index.ts';
import { openUnpacked, readAllCapped } from './decompress.ts';

const MAX_INDEX = 512 << 20;
const MAX_PACKAGE = 4 * (1 << 30);
/** In the order in which one is taken where several are there. */
const FORMS = ['Packages', 'Packages.gz', 'Packages.xz'];
const MAX_DEPTH = 12;

export interface AptDirectoryOptions {
  readonly id: string;
  readonly dir: string;
}

/**
 * An apt repository in a directory: `dists/<suite>/<component>/binary-<arch>/Packages`, or a flat one with a `Packages`
 * of its own. The packages are read from the same directory.
 */
export function aptDirectorySource({ id, dir }: AptDirectoryOptions): PackageSource {
  return {
    id,
    indexes: () => wrapped(dir, () => readIndexes(id, dir)),
    fetch: (filename) => wrapped(`${dir}/${filename}`, () => fetchPackage(dir, filename)),
  };
}

async function readIndexes(id: string, dir: string): Promise<readonly PackageIndex[]> {
  const found: string[] = [];
  await findIndexes(dir, '', found);
  if (found.length === 0)
    throw new PatchwardenError(
      'source-failed',
      `${dir} is no apt repository: it has no Packages index, also compressed as .gz or .xz`,
    );
  const indexes: PackageIndex[] = [];
  for (const path of found.sort(compareCodePoints)) {
    const [, release = '', component = '.', arch = ''] =
      /^((?:.*\/)?dists\/[^/]+(?:\/updates)?)\/(.+)\/binary-([a-z0-9-]+)\/Packages/.exec(path) ?? [];
    const base = component === '.' ? path.replace(/\/?Packages[^/]*$/, '') : release;
    const fields = parseRelease(await readRelease(join(dir, base)));
    // Without a Release file the directory under dists is the suite, which is what apt would be told.
    const named =
      fields.suite === '' && fields.codename === '' ? { ...fields, suite: suiteOf(base) } : fields;
    const text = await readIndex(join(dir, path));
    indexes.push(aptPackageIndex(id, named, { component, arch, text }));
  }
  return indexes;
}

const suiteOf = (base: string): string => /(?:^|\/)dists\/([^/]+)/.exec(base)?.[1] ?? '';

/** Relative paths of one index of each directory; `by-hash`, `source` and hidden directories have none of their own. */
async function findIndexes(dir: string, below: string, found: string[]): Promise<void> {
  if (below.split('/').length > MAX_DEPTH) return;
  const entries = await readdir(join(dir, below), { withFileTypes: true });
  const names = new Set(entries.filter((e) => !e.isDirectory()).map((e) => e.name));
  const index = FORMS.find((f) => names.has(f));
  if (index !== undefined) found.push(below === '' ? index : `${below}/${index}`);
  for (const entry of entries)
    if (entry.isDirectory() && !/^(\.|by-hash$|pool$|source$|i18n$|dep11$)/.test(entry.name))
      await findIndexes(dir, below === '' ? entry.name : `${below}/${entry.name}`, found);
}

async function readRelease(base: string): Promise<string> {
  for (const name of ['InRelease', 'Release']) {
    const text = await readFile(join(base, name), 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  return '';
}

async function readIndex(path: string): Promise<string> {
  const bytes =
    (await stat(path)).size > MAX_INDEX ? undefined : await readAllCapped(openUnpacked(path), MAX_INDEX);
  if (bytes === undefined)
    throw new PatchwardenError(
      'source-failed',
      `${path} is larger than the ${MAX_INDEX} bytes that are read`,
    );
  return bytes.toString('utf8');
}

/** The file that an index names; undefined when it is not there. An index is data: it cannot name a file elsewhere. */
async function fetchPackage(dir: string, filename: string): Promise<Uint8Array | undefined> {
  const parts = filename.replace(/^\.\//, '').split('/');
  if (parts.some((p) => p === '' || p === '.' || p === '..' || p.includes('\0')))
    throw outside(dir, filename);
  const path = join(dir, ...parts);
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  const [root, real] = await Promise.all([realpath(dir), realpath(path)]);
  if (relative(root, real).startsWith('..')) throw outside(dir, filename);
  const target = await stat(real);
  if (!target.isFile() || target.size > MAX_PACKAGE)
    throw new PatchwardenError('source-failed', `${path} is no package file`);
  return readFile(real);
}

const outside = (dir: string, filename: string): PatchwardenError =>
  new PatchwardenError(
    'source-failed',
    `the index of ${dir} names ${JSON.stringify(filename.slice(0, 120))}, which is outside`,
  );

async function wrapped<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof PatchwardenError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new PatchwardenError('source-failed', `cannot read ${what}: ${why}`, { cause: error });
  }
}
