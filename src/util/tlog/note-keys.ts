import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type Checked, checked, problem } from './checked.ts';

/** Signature type Ed25519. @see C2SP signed-note */
const ED25519 = 1;
const KEY_BYTES = 32;

/** Who may have signed a note: a name and one Ed25519 public key. */
export interface NoteVerifier {
  readonly name: string;
  /** First four bytes, as hex, of SHA-256 over name, line feed, signature type and public key. */
  readonly id: string;
  readonly publicKey: KeyObject;
  /** The verifier in its text form, `<name>+<id>+<base64>`. */
  readonly text: string;
}

export interface NoteSigner {
  readonly verifier: NoteVerifier;
  readonly privateKey: KeyObject;
}

/** Names are not empty and hold neither spaces nor plus signs. @see C2SP signed-note */
const isKeyName = (name: string): boolean => /^[^\s+\p{C}]+$/u.test(name);

/** Base64 as it is written, never another spelling of the same bytes. */
export function strictBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

const base64Url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

const typed = (bytes: Uint8Array): Buffer => Buffer.concat([Uint8Array.of(ED25519), bytes]);

function verifierOf(name: string, publicBytes: Uint8Array): NoteVerifier {
  const id = createHash('sha256').update(`${name}\n`).update(typed(publicBytes)).digest('hex').slice(0, 8);
  return {
    name,
    id,
    text: `${name}+${id}+${typed(publicBytes).toString('base64')}`,
    publicKey: createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: base64Url(publicBytes) },
      format: 'jwk',
    }),
  };
}

/** A signer from a 32-byte seed, the private half of Ed25519. @see RFC 8032 section 5.1.5 */
export function signerOf(name: string, seed: Uint8Array): Checked<NoteSigner> {
  if (!isKeyName(name)) return problem(`"${name}" is no key name: it must hold no spaces and no plus signs`);
  if (seed.length !== KEY_BYTES) return problem(`an Ed25519 seed has ${KEY_BYTES} bytes, not ${seed.length}`);
  // PKCS #8 prefix of an Ed25519 private key. @see RFC 8410 section 7
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicBytes = Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url');
  return checked({ verifier: verifierOf(name, publicBytes), privateKey });
}

/** The text of a private key: `PRIVATE+KEY+<name>+<id>+<base64>`. */
export const formatSigner = (verifier: NoteVerifier, seed: Uint8Array): string =>
  `PRIVATE+KEY+${verifier.name}+${verifier.id}+${typed(seed).toString('base64')}`;

/** Parts of `<name>+<id>+<base64>`; the base64 may hold plus signs itself. */
function keyParts(text: string): { name: string; id: string; bytes: Uint8Array } | undefined {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  const bytes = encoded === undefined ? undefined : strictBase64(encoded);
  if (!name || !id || !bytes || !isKeyName(name)) return undefined;
  return bytes[0] === ED25519 && bytes.length === KEY_BYTES + 1
    ? { name, id, bytes: bytes.subarray(1) }
    : undefined;
}

export function parseVerifier(text: string): Checked<NoteVerifier> {
  const parts = keyParts(text);
  if (!parts) return problem('it is no Ed25519 verifier key of the form <name>+<8 hex digits>+<base64>');
  const verifier = verifierOf(parts.name, parts.bytes);
  return verifier.id === parts.id
    ? checked(verifier)
    : problem(`its key id ${parts.id} is not that of its name and key (${verifier.id})`);
}

/** Never says what the text is, since it is a secret. */
export function parseSigner(text: string): Checked<NoteSigner> {
  const prefix = 'PRIVATE+KEY+';
  const parts = text.startsWith(prefix) ? keyParts(text.slice(prefix.length)) : undefined;
  if (!parts) return problem('it is no Ed25519 signing key of the form PRIVATE+KEY+<name>+<id>+<base64>');
  const signer = signerOf(parts.name, parts.bytes);
  if ('problem' in signer) return signer;
  return signer.value.verifier.id === parts.id
    ? signer
    : problem('its key id is not that of its name and key');
}
