import { createHash } from 'node:crypto';

/**
 * Stands in for src/util/digest.ts while simulating: it does not put the keys of a value in order first, which would be
 * most of the work, and the code that builds a value keeps them in one order anyway.
 */
export const sha256 = (data: string | Uint8Array): string => `sha256:${sha256Hex(data)}`;

export const sha256Hex = (data: string | Uint8Array): string =>
  createHash('sha256').update(data).digest('hex');

/** Not sorted: see above. */
export const canonicalJson = (value: unknown): string => JSON.stringify(value);

export const digestOf = (value: unknown): string => sha256(JSON.stringify(value));
