import type { DocumentKind } from './kinds.ts';
import type { ParsedDocument } from './load-json.ts';
import { type Problem, type ProblemCode, problem } from './problem.ts';
import type { DocumentMap } from './validate.ts';

/** A file and where each part of it stands. */
export interface Located {
  readonly path: string;
  readonly parsed: ParsedDocument;
}

/** A document that its schema accepts. */
export interface Loaded<K extends DocumentKind = DocumentKind> extends Located {
  readonly value: DocumentMap[K];
}

/** All documents of a tree that could be read, for checks that look at more than one. */
export interface LoadedTree {
  /** Every path of the tree, readable or not: what is there but broken is not reported as missing. */
  readonly paths: ReadonlySet<string>;
  readonly documents: readonly Loaded[];
  readonly signers: { readonly path: string; readonly text: string } | undefined;
}

export function ofKind<K extends DocumentKind>(tree: LoadedTree, kind: K): readonly Loaded<K>[] {
  return tree.documents.filter((d): d is Loaded<K> & Loaded => d.value.kind === kind);
}

/** A problem at the value that a pointer names. */
export const at = (doc: Located, pointer: string, code: ProblemCode, message: string): Problem =>
  problem(doc.path, doc.parsed.locate(pointer), code, message);

/** A problem at a key, for entries of maps. */
export const atKey = (doc: Located, pointer: string, code: ProblemCode, message: string): Problem =>
  problem(doc.path, doc.parsed.locateKey(pointer), code, message);

/** One step of a JSON pointer. @see RFC 6901 section 3 */
export const step = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
