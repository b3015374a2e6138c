import { fail, ok, type Result } from '../domain/result.ts';
import { canonicalJson } from '../util/digest.ts';
import { scanJson } from '../util/json-scan.ts';
import { MAX_ENTRY_BYTES } from '../util/tlog/bundle.ts';
import { withoutOtherBranches } from './branches.ts';
import type { EvidenceEntry } from './generated/evidence-entry.ts';
import { sentenceOf } from './sentence.ts';
import { validateKind } from './validate.ts';

const KIND = 'evidence-entry';
const MAX_DEPTH = 16;
/** In canonical JSON a quote inside a text is escaped, so this can only be a key. */
const FORBIDDEN_KEY = /"(?:__proto__|constructor|prototype)":/;

/** Bytes of an entry as the log holds them, or the sentence that says why it cannot be logged. @see RFC 8785 */
export function encodeEntry(entry: EvidenceEntry): Result<Uint8Array, string> {
  const invalid = problemsOf(entry);
  if (invalid) return fail(invalid);
  let bytes: Uint8Array;
  try {
    bytes = Buffer.from(canonicalJson(entry), 'utf8');
  } catch {
    return fail('a text in it is cut off in the middle of a character');
  }
  if (bytes.length > MAX_ENTRY_BYTES)
    return fail(`it has ${bytes.length} bytes and the log holds at most ${MAX_ENTRY_BYTES} an entry`);
  const again = decodeEntry(bytes);
  return again.ok ? ok(bytes) : again;
}

/** The entry behind bytes of the log. Only canonical JSON is accepted: one entry has one form, and no key twice. */
export function decodeEntry(bytes: Uint8Array): Result<EvidenceEntry, string> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail('it is not UTF-8 text');
  }
  if (scanJson(text, MAX_DEPTH)) return fail(`it is not JSON, or nested more than ${MAX_DEPTH} levels deep`);
  let value: unknown;
  try {
    value = JSON.parse(text);
    if (canonicalJson(value) !== text) return fail('it is not canonical JSON (RFC 8785)');
  } catch {
    return fail('it is not JSON');
  }
  if (FORBIDDEN_KEY.test(text)) return fail('it has a key with a name that is not allowed');
  const invalid = problemsOf(value);
  return invalid ? fail(invalid) : ok(value as EvidenceEntry);
}

/** What the schema has against it, as sentences about the branch of its type. */
function problemsOf(value: unknown): string | undefined {
  const errors = validateKind(KIND, value);
  if (errors.length === 0) return undefined;
  const sentences = new Set(withoutOtherBranches(KIND, errors).map((e) => sentenceOf(KIND, e)));
  return `it does not fit its schema: ${[...sentences].slice(0, 3).join('; ')}`;
}
