import type { AptUrlPackageSource } from '../contracts/generated/config.ts';
import { PatchwardenError } from '../domain/errors.ts';
import {
  type ListedFile,
  parseReleaseIndex,
  type ReleaseIndex,
  releaseProblem,
} from '../domain/release-index.ts';
import type { PackageIndex, PackageSource } from '../ports/package-source.ts';
import { aptPackageIndex } from './apt-package-index.ts';
import { readAllCapped } from './decompress.ts';
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

const MAX_RELEASE = 16 << 20;
const MAX_INDEX = 512 << 20;
/** Smallest first: what is taken where several are listed. */
const FORMS = ['.xz', '.zst', '.gz', ''];

/**
 * An apt repository on a web server: the Release file is checked with gpgv and for its time, each index against the
 * SHA-256 that it lists.
 *
 * `indexes` throws `signature-invalid`, `digest-mismatch`, `source-failed`, `bad-document` (no usable key file).
 * @see DebianRepository/Format; apt-secure(8)
 */
export function aptUrlSource(source: AptUrlPackageSource, deps: UrlSourceDeps): PackageSource {
  return {
    id: source.id,
    indexes: () => readIndexes(source, deps),
    fetch: (filename, expected) => fetchPackage(source.url, filename, expected, deps.limits),
  };
}

async function readIndexes(
  source: AptUrlPackageSource,
  deps: UrlSourceDeps,
): Promise<readonly PackageIndex[]> {
  const get = cacheOf(deps, source.id);
  const flat = source.suite.endsWith('/');
  const below = flat ? source.suite.replace(/^(\.?\/)+/, '') : `dists/${source.suite}`;
  const base = `${source.url.replace(/\/+$/, '')}/${below}`.replace(/\/+$/, '');
  const { text, what, signedBy } = await readRelease(source, deps, get, base);
  const release = parseReleaseIndex(text);
  const problem = releaseProblem(release, {
    suite: source.suite,
    now: Date.parse(deps.clock.now()),
    remembered: await readAccepted(deps, source.id, base),
  });
  if (problem !== null) throw new PatchwardenError('signature-invalid', `${what} is not used: ${problem}`);
  const indexes: PackageIndex[] = [];
  for (const { path, component, arch } of wantedOf(source)) {
    const form = FORMS.find((f) => release.files.has(`${path}${f}`));
    const listed = form === undefined ? undefined : release.files.get(`${path}${form}`);
    // The architecture may exist in one component only; an archive without any index is told below.
    if (form === undefined || listed === undefined) continue;
    deps.log.info(`${source.id}: ${path}${form}, ${listed.size} bytes`);
    const text = await readIndex(get, base, `${path}${form}`, listed, release);
    indexes.push(aptPackageIndex(source.id, release, { component, arch, text }));
  }
  if (indexes.length === 0)
    throw new PatchwardenError(
      'source-failed',
      `${what} lists no Packages index of ${wantedOf(source)
        .map((w) => w.path)
        .join(', ')} with a SHA-256: check components and architectures of the package source ${source.id}`,
    );
  // Only now: a Release file whose indexes cannot be had is not the state that was accepted.
  if (release.date !== null)
    await writeAccepted(deps, source.id, { where: base, date: release.date, signedBy });
  return indexes;
}

function wantedOf(source: AptUrlPackageSource) {
  if (source.suite.endsWith('/')) return [{ path: 'Packages', component: '.', arch: '' }];
  return (source.components ?? ['main']).flatMap((component) =>
    (source.architectures ?? ['amd64']).map((arch) => ({
      path: `${component}/binary-${arch}/Packages`,
      component,
      arch,
    })),
  );
}

interface SignedRelease {
  readonly text: string;
  readonly what: string;
  readonly signedBy: readonly string[];
}

async function readRelease(
  source: AptUrlPackageSource,
  deps: UrlSourceDeps,
  get: CachedGet,
  base: string,
): Promise<SignedRelease> {
  const file = (name: string) => get({ url: `${base}/${name}`, maxBytes: MAX_RELEASE });
  const unsigned = source.signature === 'none';
  const inRelease = await file('InRelease');
  if (inRelease) {
    const what = `${base}/InRelease`;
    if (unsigned) return { what, signedBy: [], text: withoutArmor(Buffer.from(inRelease).toString('utf8')) };
    const keyring = keyringOf(deps, source);
    return { what, ...(await verifyWithGpgv({ what, bytes: inRelease, signature: null, keyring })) };
  }
  const what = `${base}/Release`;
  const release = await file('Release');
  if (!release)
    throw new PatchwardenError(
      'source-failed',
      `${base} has neither InRelease nor Release: check url and suite of the package source ${source.id}`,
    );
  if (unsigned) return { what, signedBy: [], text: Buffer.from(release).toString('utf8') };
  const keyring = keyringOf(deps, source);
  const signature = await file('Release.gpg');
  if (!signature)
    throw new PatchwardenError(
      'signature-invalid',
      `${what} is not used: it is not signed (there is neither InRelease nor Release.gpg); use a signed mirror, or say "signature": "none" if you accept that anybody on the way can alter it`,
    );
  return { what, ...(await verifyWithGpgv({ what, bytes: release, signature, keyring })) };
}

const withoutArmor = (text: string): string =>
  text
    .replace(/^-----BEGIN PGP SIGNED MESSAGE-----\r?\n(?:.+\r?\n)*\r?\n/, '')
    .replace(/\n-----BEGIN PGP SIGNATURE-----[\s\S]*$/, '\n');

async function readIndex(
  get: CachedGet,
  base: string,
  path: string,
  listed: ListedFile,
  release: ReleaseIndex,
): Promise<string> {
  const plain = urlOf(base, path);
  // Some room, so that other bytes are told as such and only endless ones as too many.
  const wanted = { key: plain, maxBytes: 2 * listed.size + (1 << 16), sha256: listed.sha256 };
  const byHash = plain.replace(/[^/]+$/, `by-hash/SHA256/${listed.sha256}`);
  const bytes =
    (release.byHash ? await get({ ...wanted, url: byHash }) : undefined) ??
    (await get({ ...wanted, url: plain }));
  if (!bytes)
    throw new PatchwardenError(
      'source-failed',
      `${plain} is listed in the Release file, and the server does not have it: the mirror is not complete`,
    );
  requireDigest(plain, bytes, listed);
  const text = await readAllCapped(unpackedOf(plain, bytes, path, MAX_INDEX), MAX_INDEX);
  return (text ?? Buffer.alloc(0)).toString('utf8');
}
