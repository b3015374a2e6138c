import { PatchwardenError } from '../errors.ts';
import { compareDpkg } from './dpkg.ts';

/** Version orders that have a comparator. */
export type VersionScheme = 'dpkg';

const COMPARATORS: Readonly<Record<VersionScheme, (a: string, b: string) => -1 | 0 | 1>> = {
  dpkg: compareDpkg,
};

export const hasComparator = (scheme: string): scheme is VersionScheme => Object.hasOwn(COMPARATORS, scheme);

/**
 * Order of two versions of one scheme: -1, 0 or 1.
 * @throws PatchwardenError `bad-document` for a scheme without a comparator, or a version that has no order
 */
export function compareVersions(scheme: VersionScheme, a: string, b: string): -1 | 0 | 1 {
  if (!hasComparator(scheme))
    throw new PatchwardenError('bad-document', `no comparator knows the version scheme "${String(scheme)}"`);
  return COMPARATORS[scheme](a, b);
}
