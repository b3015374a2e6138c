import { type Checked, checked, problem } from './checked.ts';
import { HASH_BYTES, type Hash } from './hash.ts';
import { openNote, signNote } from './note.ts';
import { type NoteSigner, type NoteVerifier, strictBase64 } from './note-keys.ts';

/** What a log signs: its name, its size and the root of its tree. @see C2SP tlog-checkpoint */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

const formatCheckpoint = (c: Checkpoint): string =>
  `${c.origin}\n${c.size}\n${Buffer.from(c.root).toString('base64')}\n`;

/** A signed checkpoint; its origin is the name of the key. */
export const signCheckpoint = (size: number, root: Hash, signer: NoteSigner): string =>
  signNote(formatCheckpoint({ origin: signer.verifier.name, size, root }), signer);

function parseCheckpoint(text: string): Checked<Checkpoint> {
  const [, origin, digits, encoded] = /^([^\n]+)\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/=]+)\n$/.exec(text) ?? [];
  const root = encoded === undefined ? undefined : strictBase64(encoded);
  if (!origin || !digits || root?.length !== HASH_BYTES)
    return problem('it does not hold the three lines origin, size and root');
  return checked({ origin, size: Number(digits), root });
}

/** Opens a checkpoint that carries exactly one signature, by this key, over its own origin: nothing in it is left unsigned. */
export function openCheckpoint(bytes: Uint8Array, verifier: NoteVerifier): Checked<Checkpoint> {
  const note = openNote(bytes, verifier);
  if ('problem' in note) return note;
  if (note.value.signers.length !== 1) return problem('it carries signatures by other keys');
  const checkpoint = parseCheckpoint(note.value.text);
  if ('problem' in checkpoint) return checkpoint;
  return checkpoint.value.origin === verifier.name
    ? checkpoint
    : problem(`its origin is "${checkpoint.value.origin}", not "${verifier.name}"`);
}
