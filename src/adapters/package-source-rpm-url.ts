import type { RpmUrlPackageSource } from '../contracts/generated/config.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { parseRepomd, type Repomd } from '../domain/repomd.ts';
import type { PackageSource, RpmIndex } from '../ports/package-source.ts';
import { withoutElements, XmlListError, xmlElements } from '../util/xml-elements.ts';
import { canUnpack, readAllCapped } from './decompress.ts';
import type { CachedGet } from './http-cache.ts';
import {
  cacheOf,
  fetchPackage,
  keyringOf,
  readAccepted,
  requireDigest,
  type UrlSourceDeps,
  unpackedOf,
  urlOf,
  writeAccepted,
} from './package-source-url.ts';
import { verifyWithGpgv } from './signature-gpgv.ts';
import { requireRpmSignature } from './signature-rpmkeys.ts';

const MAX_REPOMD = 4 << 20;
const MAX_PACKED = 512 << 20;
const MAX_PRIMARY = 2 ** 31;
const MAX_OTHER = 256 << 20;
/** Kernels have tens of thousands of provides. */
const MAX_ELEMENT = 16 << 20;
/** All elements of a list together, in characters, after what nobody reads has gone. */
const MAX_KEPT = 1 << 29;
const FUTURE_MS = 24 * 3_600_000;

/**
 * An rpm-md repository on a web server: repomd.xml is checked with gpgv where its owner signs it, each file of the metadata
 * against the SHA-256 that it lists; with `signature: packages` each package with rpmkeys when it is fetched.
 *
 * `indexes` throws `signature-invalid`, `digest-mismatch`, `source-failed`, `bad-document`.
 * @see https://github.com/rpm-software-management/createrepo_c
 */
export function rpmUrlSource(source: RpmUrlPackageSource, deps: UrlSourceDeps): PackageSource<RpmIndex> {
  return {
    id: source.id,
    indexes: async () => [await readIndex(source, deps)],
    fetch: async (filename, expected) => {
      const bytes = await fetchPackage(source.baseurl, filename, expected, deps.limits);
      if (bytes && source.signature === 'packages')
        await requireRpmSignature(`${source.baseurl}/${filename}`, bytes, keyringOf(deps, source));
      return bytes;
    },
  };
}

async function readIndex(source: RpmUrlPackageSource, deps: UrlSourceDeps): Promise<RpmIndex> {
  const get = cacheOf(deps, source.id);
  const { repomd, what, signedBy } = await readRepomd(source, deps, get);
  const lists = { source, deps, get, repomd, what };
  const index: RpmIndex = {
    kind: 'rpm-md',
    source: source.id,
    stream: source.stream,
    repo: source.repo ?? source.id,
    packages: await readList(lists, 'primary', 'package', UNREAD_OF_PACKAGES),
    updates: await readList(lists, 'updateinfo', 'update', UNREAD_OF_UPDATES),
    modules: await readModules(lists),
  };
  if (repomd.date !== null)
    await writeAccepted(deps, source.id, { where: source.baseurl, date: repomd.date, signedBy });
  return index;
}

/** Long texts that neither people nor solvers need here. */
const UNREAD_OF_PACKAGES = [
  'summary',
  'description',
  'packager',
  'url',
  'time',
  'rpm:license',
  'rpm:vendor',
  'rpm:buildhost',
  'rpm:header-range',
];
const UNREAD_OF_UPDATES = ['title', 'summary', 'description', 'rights', 'solution', 'message', 'reference'];

async function readRepomd(source: RpmUrlPackageSource, deps: UrlSourceDeps, get: CachedGet) {
  const what = urlOf(source.baseurl, 'repodata/repomd.xml');
  const bytes = await get({ url: what, maxBytes: MAX_REPOMD });
  if (!bytes)
    throw new PatchwardenError(
      'source-failed',
      `${what} is not there: check baseurl of the package source ${source.id}`,
    );
  let signedBy: readonly string[] = [];
  if ((source.signature ?? 'required') === 'required') {
    const keyring = keyringOf(deps, source);
    const signature = await get({ url: `${what}.asc`, maxBytes: 1 << 20 });
    if (!signature)
      throw new PatchwardenError(
        'signature-invalid',
        `${what} is not used: it is not signed (there is no repomd.xml.asc); say "signature": "packages" if only the packages of this repository are signed`,
      );
    ({ signedBy } = await verifyWithGpgv({ what, bytes, signature, keyring }));
  }
  const repomd = parseRepomd(Buffer.from(bytes).toString('utf8'));
  if (!repomd) throw new PatchwardenError('source-failed', `${what} is no list of metadata, or is damaged`);
  const now = Date.parse(deps.clock.now());
  const accepted = await readAccepted(deps, source.id, source.baseurl);
  const moment = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  if (repomd.date !== null && repomd.date > now + FUTURE_MS)
    throw new PatchwardenError(
      'signature-invalid',
      `${what} is not used: its files are of ${moment(repomd.date)}, in the future: check the clock of this machine`,
    );
  if (accepted !== null && (repomd.date === null || repomd.date < accepted))
    throw new PatchwardenError(
      'signature-invalid',
      `${what} is not used: its files are older than those of ${moment(accepted)}, which were accepted already: the mirror fell behind or replays an old state`,
    );
  return { repomd, what, signedBy };
}

interface Lists {
  readonly source: RpmUrlPackageSource;
  readonly deps: UrlSourceDeps;
  readonly get: CachedGet;
  readonly repomd: Repomd;
  readonly what: string;
}

/** Bytes of one file of the metadata, checked; undefined where the repository has none of that type. */
async function readFileOf({ source, deps, get, repomd, what }: Lists, type: string) {
  const file = repomd.files.get(type);
  if (!file) {
    if (type !== 'primary') return undefined;
    throw new PatchwardenError('source-failed', `${what} lists no primary metadata with a SHA-256`);
  }
  const url = urlOf(source.baseurl, file.href);
  if (!canUnpack(file.href) || file.size > MAX_PACKED)
    throw new PatchwardenError(
      'source-failed',
      `cannot read ${url}: ${file.size > MAX_PACKED ? `it is larger than the ${MAX_PACKED} bytes that are read` : 'its compression is none of gz, xz, zst'}`,
    );
  deps.log.info(`${source.id}: ${file.href}, ${file.size} bytes`);
  const key = `${source.baseurl} ${type}`;
  const bytes = await get({ url, key, maxBytes: 2 * file.size + (1 << 16), sha256: file.sha256 });
  if (!bytes)
    throw new PatchwardenError(
      'source-failed',
      `${url} is listed in repomd.xml, and the server does not have it: the mirror is not complete`,
    );
  requireDigest(url, bytes, file);
  return { url, bytes, name: file.href };
}

async function readList(
  lists: Lists,
  type: 'primary' | 'updateinfo',
  element: string,
  unread: readonly string[],
): Promise<readonly string[]> {
  const file = await readFileOf(lists, type);
  if (!file) return [];
  const pieces = unpackedOf(file.url, file.bytes, file.name, type === 'primary' ? MAX_PRIMARY : MAX_OTHER);
  const kept: string[] = [];
  let size = 0;
  try {
    for await (const text of xmlElements(pieces, { element, maxElement: MAX_ELEMENT })) {
      const short = withoutElements(text, unread);
      size += short.length;
      if (size > MAX_KEPT) throw new XmlListError(`it has more than ${MAX_KEPT} characters to keep`);
      kept.push(short);
    }
  } catch (error) {
    if (!(error instanceof XmlListError)) throw error;
    throw new PatchwardenError('source-failed', `cannot read ${file.url}: ${error.message}`, {
      cause: error,
    });
  }
  return kept;
}

async function readModules(lists: Lists): Promise<string> {
  const file = await readFileOf(lists, 'modules');
  if (!file) return '';
  const bytes = await readAllCapped(unpackedOf(file.url, file.bytes, file.name, MAX_OTHER), MAX_OTHER);
  return (bytes ?? Buffer.alloc(0)).toString('utf8');
}
