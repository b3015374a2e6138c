import { originOf, type ReleaseFields } from '../domain/apt-origin.ts';
import type { PackageIndex } from '../ports/package-source.ts';

/** A Packages index with what its Release file says of it. */
export const aptPackageIndex = (
  source: string,
  release: ReleaseFields,
  about: Pick<PackageIndex, 'component' | 'arch' | 'text'>,
): PackageIndex => ({
  source,
  origin: originOf(release, about.component),
  suite: release.suite,
  codename: release.codename,
  releaseOrigin: release.origin,
  releaseLabel: release.label,
  ...about,
});
