import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import { parseRelease } from '../domain/release-file.ts';
import type { PackageIndex, PackageSource } from '../ports/package-source.ts';
import { compareCodePoints } from '../util/sort.ts';
import { aptPackageIndex } from './apt-package-index.ts';
import { openUnpacked, readAllCapped } from './decompress.ts';
import { runProcess } from './process.ts';

const APT_HELPER = '/usr/lib/apt/apt-helper';
const MAX_INDEX = 512 << 20;
const PACKAGES = /_Packages(\.(gz|xz|lz4|bz2|zst))?$/;
const RELEASE = /_(InRelease|Release)$/;

export interface AptListsOptions {
  readonly id: string;
  /** Root directory of the host whose lists are read; `/` for this machine. */
  readonly root: string;
}

/**
 * What the last `apt-get update` of a host brought: `var/lib/apt/lists`. Compressed lists are read by apt's own helper
 * where it is, else gzip and xz by ourselves. The packages themselves are not here.
 */
export function aptListsSource({ id, root }: AptListsOptions): PackageSource {
  const lists = join(root, 'var/lib/apt/lists');
  return {
    id,
    indexes: () => readLists(id, lists),
    fetch: () => Promise.resolve(undefined),
  };
}

async function readLists(id: string, lists: string): Promise<readonly PackageIndex[]> {
  const names = await readdir(lists).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new PatchwardenError('source-failed', `cannot read ${lists}: ${error.message}`, { cause: error });
  });
  const sorted = names.sort(compareCodePoints);
  const releases = sorted.filter((n) => RELEASE.test(n));
  const indexes: PackageIndex[] = [];
  for (const name of sorted.filter((n) => PACKAGES.test(n))) {
    // `…_dists_bookworm_InRelease` is the beginning of `…_dists_bookworm_main_binary-amd64_Packages`.
    const own = releases
      .filter((r) => name.startsWith(r.replace(RELEASE, '_')))
      .sort((a, b) => b.replace(RELEASE, '').length - a.replace(RELEASE, '').length)[0];
    const release = parseRelease(own === undefined ? '' : await readFile(join(lists, own), 'utf8'));
    const rest = own === undefined ? name : name.slice(own.replace(RELEASE, '_').length);
    const [, path = '.', arch = ''] = /^(.+?)_binary-([a-z0-9-]+)_Packages/.exec(rest) ?? [];
    // In these names an underscore stands for a slash, as in the component updates/main.
    const component = path.replaceAll('_', '/');
    const text = await readList(join(lists, name));
    indexes.push(aptPackageIndex(id, release, { component, arch, text }));
  }
  return indexes;
}

async function readList(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > MAX_INDEX) throw tooLarge(path);
    if (path.endsWith('_Packages')) return await readFile(path, 'utf8');
    const helped = await runProcess([APT_HELPER, 'cat-file', path], { maxBytes: MAX_INDEX });
    if (helped.kind === 'exited' && helped.code === 0) return helped.stdout;
    if (!/\.(gz|xz)$/.test(path))
      throw new PatchwardenError(
        'source-failed',
        `cannot unpack ${path}: ${helped.kind === 'missing' ? `${APT_HELPER} is not on this machine` : helped.kind === 'killed' ? helped.reason : helped.stderr.trim()}`,
      );
    const bytes = await readAllCapped(openUnpacked(path), MAX_INDEX);
    if (bytes === undefined) throw tooLarge(path);
    return bytes.toString('utf8');
  } catch (error) {
    if (error instanceof PatchwardenError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new PatchwardenError('source-failed', `cannot read ${path}: ${why}`, { cause: error });
  }
}

const tooLarge = (path: string): PatchwardenError =>
  new PatchwardenError('source-failed', `${path} is larger than the ${MAX_INDEX} bytes that are read`);
