import { knownSchemeOf } from './version/scheme.ts';

/** rpm distributions whose advisories name source packages, as Debian's do; all others name what is installed. */
const BY_SOURCE: ReadonlySet<string> = new Set(['rocky']);

/**
 * True where the advisories of a stream (or of `distribution:release`) name installed packages and their versions, false
 * where they name source packages and theirs.
 */
export const namesBinaries = (stream: string): boolean =>
  knownSchemeOf(stream) === 'rpm' && !BY_SOURCE.has(stream.slice(0, stream.indexOf(':')));
