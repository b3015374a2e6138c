import type { DocumentKind } from '../../contracts/kinds.ts';
import { parseJsonDocument } from '../../contracts/load-json.ts';
import { type DocumentMap, validateDocument } from '../../contracts/validate.ts';

/** A document from bytes of a tree; null when it is absent or not what its kind must be. */
export function readDocument<K extends DocumentKind>(
  bytes: Uint8Array | undefined,
  file: string,
  kind: K,
): DocumentMap[K] | null {
  if (!bytes) return null;
  const parsed = parseJsonDocument(bytes, { file });
  if (!parsed.ok) return null;
  const document = validateDocument(parsed.value, kind);
  return document.ok && document.value.kind === kind ? (document.value as DocumentMap[K]) : null;
}
