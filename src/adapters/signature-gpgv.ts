import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import { binaryKeyring } from './openpgp-armor.ts';
import { CLEAN_ENV, runProcess } from './process.ts';

const MAX_KEYRING = 4 << 20;
/** Digest algorithms that a signature may use: SHA-256, SHA-384, SHA-512 and the two of SHA-3. @see RFC 9580, 9.5 */
const STRONG: ReadonlySet<string> = new Set(['8', '9', '10', '12', '14']);

export interface SignedFile {
  /** For messages: URL of the signed file. */
  readonly what: string;
  readonly bytes: Uint8Array;
  /** A detached signature; null for a clear-signed file. */
  readonly signature: Uint8Array | null;
  /** Path of the key file. */
  readonly keyring: string;
}

export interface Verified {
  /** Only what is under the signature. */
  readonly text: string;
  /** Fingerprints of the primary keys of the good signatures. */
  readonly signedBy: readonly string[];
}

/**
 * Checks a signature with gpgv: at least one good one by a key of the file that is not expired or revoked, by SHA-256 or
 * better, and none that is bad. That others are by unknown keys is usual while an archive changes its keys.
 * @throws PatchwardenError `signature-invalid`, `bad-document` (no key file), `source-failed` (no gpgv)
 */
export async function verifyWithGpgv(file: SignedFile): Promise<Verified> {
  const dir = await mkdtemp(join(tmpdir(), 'patchwarden-gpgv-'));
  try {
    const path = (name: string): string => join(dir, name);
    await writeFile(path('keyring.gpg'), await readKeyring(file.keyring));
    await writeFile(path('file'), file.bytes);
    if (file.signature) await writeFile(path('signature'), file.signature);
    const answer = await runProcess(
      [
        'gpgv',
        '--homedir',
        dir,
        '--status-fd',
        '1',
        '--keyring',
        path('keyring.gpg'),
        ...(file.signature ? [path('signature'), path('file')] : ['--output', path('text'), path('file')]),
      ],
      { env: CLEAN_ENV, cwd: dir },
    );
    if (answer.kind === 'missing')
      throw new PatchwardenError(
        'source-failed',
        `the signature of ${file.what} cannot be checked: gpgv is not installed; install it (package gpgv or gnupg2)`,
      );
    if (answer.kind === 'killed') throw invalid(file.what, answer.reason);
    const { why, signedBy } = readStatus(answer.stdout);
    if (why !== null) throw invalid(file.what, why);
    const text = file.signature ? file.bytes : await readFile(path('text'));
    return { text: Buffer.from(text).toString('utf8'), signedBy };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const invalid = (what: string, why: string): PatchwardenError =>
  new PatchwardenError(
    'signature-invalid',
    `${what} is not used: ${why}; nothing of this source was changed. If its owner published new keys, update the keyring by a reviewed change`,
  );

/** @see gnupg/doc/DETAILS, "Format of the --status-fd output" */
export function readStatus(text: string): {
  readonly why: string | null;
  readonly signedBy: readonly string[];
} {
  const lines = text
    .split('\n')
    .flatMap((l) => (l.startsWith('[GNUPG:] ') ? [l.slice(9).trim().split(' ')] : []));
  const of = (...words: string[]) => lines.filter(([word]) => words.includes(word ?? ''));
  const signedBy: string[] = [];
  let weak = false;
  // GOODSIG comes right before its VALIDSIG; an expired or revoked key has EXPKEYSIG, REVKEYSIG or EXPSIG in its place.
  let good = false;
  for (const [word, ...args] of lines) {
    if (word === 'NEWSIG') good = false;
    else if (word === 'GOODSIG') good = true;
    else if (word === 'VALIDSIG' && good) {
      const strong = STRONG.has(args[7] ?? '');
      weak ||= !strong;
      const primary = args[9] ?? args[0];
      if (strong && primary) signedBy.push(primary);
    }
  }
  const none = { signedBy: [] };
  if (of('BADSIG').length > 0) return { ...none, why: 'its signature does not fit its content' };
  if (signedBy.length > 0) return { why: null, signedBy: [...new Set(signedBy)].sort() };
  if (weak) return { ...none, why: 'it is signed with a digest weaker than SHA-256' };
  if (of('REVKEYSIG').length > 0) return { ...none, why: 'the key that signed it is revoked' };
  if (of('EXPKEYSIG').length > 0) return { ...none, why: 'the key that signed it has expired' };
  if (of('EXPSIG').length > 0) return { ...none, why: 'its signature has expired' };
  const unknown = of('NO_PUBKEY').map(([, id]) => id ?? '?');
  if (unknown.length > 0)
    return { ...none, why: `it is signed by ${unknown.join(', ')}, which the keyring does not have` };
  return { ...none, why: 'it is not signed' };
}

async function readKeyring(path: string): Promise<Uint8Array> {
  const bytes = await stat(path)
    .then((s) => (s.isFile() && s.size <= MAX_KEYRING ? readFile(path) : undefined))
    .catch(() => undefined);
  const keyring = bytes && binaryKeyring(bytes);
  if (keyring) return keyring;
  throw new PatchwardenError(
    'bad-document',
    `${path} is no OpenPGP key file${bytes ? '' : ' that can be read'}: put the public key of the repository there, armoured or binary`,
  );
}
