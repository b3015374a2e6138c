import type { PackageSourceConfig } from '../contracts/generated/config.ts';
import { unreachable } from './errors.ts';

/**
 * URL of a file below a repository. An index is data: what it names must lie below the repository.
 * @returns undefined for a path that is absolute, has another scheme, or leaves the directory
 */
export function repositoryUrl(base: string, path: string): string | undefined {
  const parts = path.replace(/^(\.\/)+/, '').split('/');
  // Control characters and backslashes have no place in a file name; some servers and libraries take \ for /.
  if (parts.some((p) => p === '' || p === '.' || p === '..' || /[\p{Cc}\\]/u.test(p))) return undefined;
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(parts[0] ?? '')) return undefined;
  return `${base.replace(/\/+$/, '')}/${parts.map(encodeURIComponent).join('/')}`;
}

/** Where a host can download a file that a lock names; null where the source is a directory of the controller. */
export function hostFetchUrl(
  source: PackageSourceConfig,
  file: { readonly filename?: string | undefined },
): string | null {
  if (file.filename === undefined) return null;
  switch (source.kind) {
    case 'apt-lists':
    case 'apt-directory':
      return null;
    case 'apt-url':
      return repositoryUrl(source.url, file.filename) ?? null;
    case 'rpm-url':
      return repositoryUrl(source.baseurl, file.filename) ?? null;
    default:
      return unreachable(source);
  }
}
