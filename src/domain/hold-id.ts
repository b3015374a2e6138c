import { digestOf } from '../util/digest.ts';
import type { BadVersion } from './halt.ts';

/** The id, and so the file name, of the hold of a package version: always the same for the same, and never two for two. */
export function holdIdOf({ stream, package: name, version }: BadVersion): string {
  const readable = `${name}-${version}`
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 50);
  return `${readable === '' ? 'hold' : readable}-${digestOf({ stream, package: name, version }).slice(7, 19)}`;
}
