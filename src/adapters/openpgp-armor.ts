/**
 * The binary form of an OpenPGP key file: armoured blocks are unwrapped, binary files are taken as they are.
 * @returns undefined when it is neither
 * @see RFC 9580, section 6 (the checksum is optional and not looked at: gpgv reads the packets)
 */
export function binaryKeyring(bytes: Uint8Array): Uint8Array | undefined {
  // Every OpenPGP packet begins with the high bit set; a keybox file has its magic at offset 8.
  if ((bytes[0] ?? 0) >= 0x80) return bytes;
  if (Buffer.from(bytes.subarray(8, 12)).toString('latin1') === 'KBXf') return bytes;
  const text = Buffer.from(bytes).toString('latin1');
  const blocks: Buffer[] = [];
  for (const [, body = ''] of text.matchAll(
    /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n([\s\S]*?)-----END PGP PUBLIC KEY BLOCK-----/g,
  )) {
    const lines = body.split(/\r?\n/);
    // Headers such as "Comment: …" end at the first empty line.
    const from = lines.findIndex((l) => l.trim() === '') + 1;
    const base64 = lines.slice(from).filter((l) => l !== '' && !l.startsWith('='));
    if (!base64.every((l) => /^[A-Za-z0-9+/]+={0,2}\s*$/.test(l))) return undefined;
    blocks.push(Buffer.from(base64.join(''), 'base64'));
  }
  return blocks.length === 0 ? undefined : Buffer.concat(blocks);
}
