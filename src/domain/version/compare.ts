import { PatchwardenError } from '../errors.ts';
import { compareDpkg, isDpkgVersion } from './dpkg.ts';
import { compareRpm, isRpmVersion } from './rpm.ts';

/** Version orders that have a comparator. */
export type VersionScheme = 'dpkg' | 'rpm';

interface Comparator {
  readonly compare: (a: string, b: string) => -1 | 0 | 1;
  readonly accepts: (version: string) => boolean;
}

const COMPARATORS: Readonly<Record<VersionScheme, Comparator>> = {
  dpkg: { compare: compareDpkg, accepts: isDpkgVersion },
  rpm: { compare: compareRpm, accepts: isRpmVersion },
};

export const hasComparator = (scheme: string): scheme is VersionScheme => Object.hasOwn(COMPARATORS, scheme);

/**
 * Order of two versions of one scheme: -1, 0 or 1.
 * @throws PatchwardenError `bad-document` for a scheme without a comparator, or a version that has no order
 */
export const compareVersions = (scheme: VersionScheme, a: string, b: string): -1 | 0 | 1 =>
  comparatorOf(scheme).compare(a, b);

/** True for a text that has an order in the scheme. */
export const isVersion = (scheme: VersionScheme, text: string): boolean => comparatorOf(scheme).accepts(text);

function comparatorOf(scheme: VersionScheme): Comparator {
  if (!hasComparator(scheme))
    throw new PatchwardenError('bad-document', `no comparator knows the version scheme "${String(scheme)}"`);
  return COMPARATORS[scheme];
}
