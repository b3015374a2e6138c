import { createHash } from 'node:crypto';

/** A SHA-256 value, 32 bytes. */
export type Hash = Uint8Array;

export const HASH_BYTES = 32;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The root of a tree without leaves: SHA-256 of nothing. */
export const emptyRoot = (): Hash => createHash('sha256').digest();

/** Leaves and nodes are hashed with different prefixes, so that a node can never pass for an entry. @see RFC 6962 section 2.1 */
export const hashLeaf = (entry: Uint8Array): Hash => createHash('sha256').update(LEAF).update(entry).digest();

export const hashNode = (left: Hash, right: Hash): Hash =>
  createHash('sha256').update(NODE).update(left).update(right).digest();

export const sameHash = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

export const hexOf = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');
