import { sign, verify } from 'node:crypto';
import { type Checked, checked, problem } from './checked.ts';
import { type NoteSigner, type NoteVerifier, strictBase64 } from './note-keys.ts';

/** Text that was signed, with the names and key ids of every signature on it. */
export interface OpenedNote {
  /** Ends in a line feed. */
  readonly text: string;
  /** Of all signatures; those of other keys are listed and not checked. */
  readonly signers: readonly string[];
}

const MAX_NOTE_BYTES = 1_000_000;
const MAX_SIGNATURES = 100;
const ID_BYTES = 4;

/** Control characters other than the line feed have no place in a note. */
const hasControls = (text: string): boolean => /[^\P{Cc}\n]/u.test(text);

/** The note: text, an empty line, one signature line. The text must end in a line feed. @see C2SP signed-note */
export function signNote(text: string, signer: NoteSigner): string {
  if (!text.endsWith('\n') || hasControls(text)) throw new RangeError('a note is lines of plain text');
  const signature = sign(null, Buffer.from(text), signer.privateKey);
  const blob = Buffer.concat([Buffer.from(signer.verifier.id, 'hex'), signature]);
  return `${text}\n— ${signer.verifier.name} ${blob.toString('base64')}\n`;
}

/** Opens a note that this verifier signed. Signatures by other keys are allowed, a wrong one by this key is not. */
export function openNote(bytes: Uint8Array, verifier: NoteVerifier): Checked<OpenedNote> {
  const note = decode(bytes);
  if (note === undefined) return problem('it is not UTF-8 text of a sane size');
  const cut = note.lastIndexOf('\n\n');
  if (cut < 0 || !note.endsWith('\n') || hasControls(note))
    return problem('it is no signed note (text, an empty line, signatures)');
  const text = note.slice(0, cut + 1);
  const lines = note.slice(cut + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) return problem('it has too many signatures');
  const signers: string[] = [];
  let verified = false;
  for (const line of lines) {
    const signature = parseSignature(line);
    if (!signature) return problem('a signature line is malformed');
    signers.push(`${signature.name}+${signature.id}`);
    if (signature.name !== verifier.name || signature.id !== verifier.id || verified) continue;
    if (!verify(null, Buffer.from(text), verifier.publicKey, signature.bytes))
      return problem(`the signature by ${verifier.name} is wrong`);
    verified = true;
  }
  if (!verified) return problem(`it is not signed by the key ${verifier.name}+${verifier.id}`);
  return checked({ text, signers });
}

function parseSignature(line: string): { name: string; id: string; bytes: Uint8Array } | undefined {
  const [, name, encoded] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
  const blob = encoded === undefined ? undefined : strictBase64(encoded);
  if (!name || !blob || blob.length <= ID_BYTES) return undefined;
  return {
    name,
    id: Buffer.from(blob.subarray(0, ID_BYTES)).toString('hex'),
    bytes: blob.subarray(ID_BYTES),
  };
}

function decode(bytes: Uint8Array): string | undefined {
  if (bytes.length > MAX_NOTE_BYTES) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
