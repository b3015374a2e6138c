import { PatchwardenError } from '../domain/errors.ts';
import { instantOf } from '../domain/time.ts';
import type { GitCommit, GitPerson } from '../ports/git.ts';

/** Form of the signature that a commit carries; only SSH signatures are ever accepted. */
type SignatureForm = 'none' | 'ssh' | 'other';

export interface CommitObject {
  readonly commit: GitCommit;
  readonly signature: SignatureForm;
}

const ONCE = ['tree', 'author', 'committer', 'encoding', 'gpgsig', 'gpgsig-sha256'];

/**
 * Reads a stored commit object. Stricter than Git where two readers could see two things: a header given twice, bytes
 * that are no UTF-8 or a NUL are refused, so that what is signed is what is read.
 * @see gitformat-signature(5)
 */
export function parseCommitObject(id: string, bytes: Uint8Array): CommitObject {
  const raw = decode(id, bytes);
  const end = raw.indexOf('\n\n');
  if (end < 0) throw malformed(id, 'it has no message');
  const headers = foldHeaders(raw.slice(0, end));
  const all = (name: string) => headers.filter(([key]) => key === name).map(([, value]) => value);
  for (const name of ONCE) if (all(name).length > 1) throw malformed(id, `it has two "${name}" headers`);
  const [tree] = all('tree');
  const [author] = all('author');
  const [committer] = all('committer');
  if (!tree || !author || !committer) throw malformed(id, 'a header is missing');
  const message = raw.slice(end + 2);
  return {
    commit: {
      id,
      tree,
      parents: all('parent'),
      author: person(id, author),
      committer: person(id, committer),
      message,
      trailers: trailersOf(message),
    },
    signature: formOf(all('gpgsig')[0] ?? all('gpgsig-sha256')[0]),
  };
}

/** Trailers of the last paragraph, if each of its lines is one. A message of one paragraph has none. */
export function trailersOf(message: string): readonly { readonly key: string; readonly value: string }[] {
  const paragraphs = message.trimEnd().split(/\n[ \t]*\n/);
  if (paragraphs.length < 2) return [];
  const found: { key: string; value: string }[] = [];
  for (const line of (paragraphs.at(-1) ?? '').split('\n')) {
    const [, key, value] = /^([A-Za-z0-9-]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) return [];
    found.push({ key, value: value.trim() });
  }
  return found;
}

function decode(id: string, bytes: Uint8Array): string {
  let raw: string;
  try {
    raw = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw malformed(id, 'it is not UTF-8', cause);
  }
  if (raw.includes('\0')) throw malformed(id, 'it contains a NUL');
  return raw;
}

/** Header lines; a line that starts with a space goes on with the one before it. */
function foldHeaders(text: string): readonly (readonly [string, string])[] {
  const headers: [string, string][] = [];
  for (const line of text.split('\n')) {
    const last = headers.at(-1);
    if (line.startsWith(' ') && last) {
      last[1] += `\n${line.slice(1)}`;
      continue;
    }
    const space = line.indexOf(' ');
    headers.push(space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)]);
  }
  return headers;
}

function person(id: string, text: string): GitPerson {
  const [, name, email, seconds] = /^(.*?) ?<([^<>]*)> (\d{1,12}) [+-]\d{4}$/s.exec(text) ?? [];
  if (name === undefined || email === undefined || seconds === undefined)
    throw malformed(id, 'a person in it cannot be read');
  return { name, email, at: instantOf(Number(seconds) * 1000) };
}

function formOf(signature: string | undefined): SignatureForm {
  if (signature === undefined) return 'none';
  return signature.startsWith('-----BEGIN SSH SIGNATURE-----\n') ? 'ssh' : 'other';
}

const malformed = (id: string, why: string, cause?: unknown): PatchwardenError =>
  new PatchwardenError('forge-failed', `commit ${id.slice(0, 12)} cannot be read: ${why}`, { cause });
