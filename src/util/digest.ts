import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** `sha256:<hex>` of bytes or UTF-8 text. */
export const sha256 = (data: string | Uint8Array): string => `sha256:${sha256Hex(data)}`;

export const sha256Hex = (data: string | Uint8Array): string =>
  createHash('sha256').update(data).digest('hex');

/** Canonical JSON: equal values have equal text. @see RFC 8785 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('a value without JSON form has no canonical form');
  return text;
}

/** `sha256:<hex>` of the canonical JSON of a value. */
export const digestOf = (value: unknown): string => sha256(canonicalJson(value));
