import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PatchwardenError } from '../domain/errors.ts';
import { formatSigner, type NoteSigner, parseSigner, signerOf } from '../util/tlog/note-keys.ts';

const MAX_KEY_BYTES = 4096;

/** A new key pair of an evidence log. */
export interface LogKey {
  /** Text of the private key; keep it out of the repository, readable by the bot alone. */
  readonly signer: string;
  /** Text for `log.key` in roles.json. */
  readonly verifier: string;
}

/** @param name of the log, such as `fleet.example.org/evidence`: no spaces, no plus signs */
export function generateLogKey(name: string): LogKey {
  const seed = randomBytes(32);
  const key = signerOf(name, seed);
  if ('problem' in key) throw new PatchwardenError('usage', key.problem);
  return { signer: formatSigner(key.value.verifier, seed), verifier: key.value.verifier.text };
}

/** Reads the private key of the log from a file of one line. Its content never appears in a message. */
export function readLogKey(file: string): NoteSigner {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new PatchwardenError('store-failed', `the key of the evidence log cannot be read from ${file}`, {
      cause,
    });
  }
  const key = text.length > MAX_KEY_BYTES ? { problem: 'it is too large' } : parseSigner(text.trim());
  if ('problem' in key)
    throw new PatchwardenError('bad-document', `${file} is no evidence log key: ${key.problem}`);
  return key.value;
}
