/** One line of an allowed-signers file. @see ssh-keygen(1), "ALLOWED SIGNERS" */
export interface SignerLine {
  readonly line: number;
  readonly principals: readonly string[];
  readonly keyType: string;
  /** Base64 of the public key, as written. */
  readonly key: string;
  /** When the key begins and ends to count, as written: `YYYYMMDD[HHMM[SS]][Z]`. */
  readonly validAfter?: string;
  readonly validBefore?: string;
}

export interface SignerFault {
  readonly line: number;
  readonly message: string;
}

const KEY_TYPES = [
  'ssh-ed25519',
  'sk-ssh-ed25519@openssh.com',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ecdsa-sha2-nistp256@openssh.com',
  'ssh-rsa',
];
const PRINCIPALS = /^[^\s"*?!,]+(,[^\s"*?!,]+)*$/;
/** `name` or `name="value"`, separated by commas; a quote inside a value is escaped. */
const OPTION = /([a-z-]+)(?:="((?:[^"\\]|\\.)*)")?/y;

/** Reads an allowed-signers file. Narrower than OpenSSH: no wildcards and no certificate authorities, because a key must stand for known people. */
export function parseAllowedSigners(text: string): {
  readonly lines: readonly SignerLine[];
  readonly faults: readonly SignerFault[];
} {
  const lines: SignerLine[] = [];
  const faults: SignerFault[] = [];
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    const parsed = parseLine(content, i + 1);
    if (typeof parsed === 'string') faults.push({ line: i + 1, message: parsed });
    else lines.push(parsed);
  }
  return { lines, faults };
}

function parseLine(content: string, line: number): SignerLine | string {
  const [names = '', rest = ''] = splitFirst(content);
  if (/[*?!]/.test(names))
    return 'principals with *, ? or ! would let one key speak for many; name each principal in full';
  if (!PRINCIPALS.test(names))
    return 'the line must start with principals, such as an e-mail address, separated by commas';
  const [first, afterFirst] = splitFirst(rest);
  const hasOptions = !KEY_TYPES.includes(first) && !/^(ssh-|sk-|ecdsa-)/.test(first);
  const options = hasOptions ? readOptions(rest) : { rest: `${first} ${afterFirst}`, validity: {} };
  if (typeof options === 'string') return options;
  const [keyType, tail] = splitFirst(options.rest);
  const [key] = splitFirst(tail);
  if (!KEY_TYPES.includes(keyType))
    return keyType === ''
      ? 'the key is missing; after the principals write the public key: its type and its base64'
      : `the key type is not one that is accepted (${KEY_TYPES.join(', ')})`;
  if (keyTypeInside(key) !== keyType)
    return `the key is not a ${keyType} public key in base64; copy the whole line of the .pub file`;
  return { line, principals: names.split(','), keyType, key, ...options.validity };
}

function splitFirst(text: string): readonly [string, string] {
  const m = /^(\S*)\s*(.*)$/s.exec(text);
  return [m?.[1] ?? '', m?.[2] ?? ''];
}

type Validity = Pick<SignerLine, 'validAfter' | 'validBefore'>;

function readOptions(text: string): { readonly rest: string; readonly validity: Validity } | string {
  OPTION.lastIndex = 0;
  let validity: Validity = {};
  for (;;) {
    const start = OPTION.lastIndex;
    const m = OPTION.exec(text.toLowerCase());
    if (!m) return unreadable(start);
    const next = text.charAt(OPTION.lastIndex);
    if (next !== '' && next !== ',' && !/\s/.test(next)) return unreadable(OPTION.lastIndex);
    const fault = optionFault(m[1] ?? '', m[2]);
    if (fault) return fault;
    if (m[1] === 'valid-after') validity = { ...validity, validAfter: m[2] ?? '' };
    if (m[1] === 'valid-before') validity = { ...validity, validBefore: m[2] ?? '' };
    if (next !== ',') return { rest: text.slice(OPTION.lastIndex).trim(), validity };
    OPTION.lastIndex += 1;
  }
}

const unreadable = (offset: number): string =>
  `the options are not readable from character ${offset + 1} on; write name="value", separated by commas`;

function optionFault(name: string, value: string | undefined): string | undefined {
  switch (name) {
    case 'cert-authority':
      return 'certificate authorities are not accepted; list the key of each person';
    case 'namespaces':
      return value?.split(',').includes('git')
        ? undefined
        : 'the option namespaces leaves out "git", so this key can sign no commit; add git or remove the option';
    case 'valid-after':
    case 'valid-before':
      return /^\d{8}(\d{4}(\d{2})?)?z?$/.test(value ?? '')
        ? undefined
        : `the option ${name} must be a time written YYYYMMDD or YYYYMMDDHHMM[SS][Z]`;
    default:
      return 'the option in front of the key is unknown; known are namespaces, valid-after and valid-before';
  }
}

/** The key type that the bytes of a key name themselves. @see RFC 4253 section 6.6 */
function keyTypeInside(base64: string): string | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length > 4096) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length < 8) return undefined;
  const length = bytes.readUInt32BE(0);
  return length > 64 || bytes.length <= 4 + length ? undefined : bytes.toString('latin1', 4, 4 + length);
}
