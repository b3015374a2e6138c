/**
 * Stands in for src/util/digest.ts while simulating: the same shape of answer for a tenth of the time. It is no
 * cryptography, and it minds the order of keys, which the code that builds a value keeps.
 */
export const sha256 = (data: string | Uint8Array): string => `sha256:${sha256Hex(data)}`;

export function sha256Hex(data: string | Uint8Array): string {
  const text = typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
  let [a, b, c, d] = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f];
  for (let i = 0; i < text.length; i += 1) {
    const x = text.charCodeAt(i);
    a = Math.imul(a ^ x, 0x9e3779b1);
    b = Math.imul(b ^ x, 0x5f356495) + i;
    c = Math.imul(c ^ x ^ (a >>> 15), 0x1b873593);
    d = Math.imul(d ^ x ^ (b >>> 13), 0x2545f491);
  }
  const words = [a ^ (c >>> 7), b ^ (d >>> 11), c ^ (a >>> 5), d ^ (b >>> 3)];
  const hex = words.map((w) => ((w ^ (w >>> 16)) >>> 0).toString(16).padStart(8, '0')).join('');
  return hex + [...hex].reverse().join('');
}

/** Not sorted: see above. */
export const canonicalJson = (value: unknown): string => JSON.stringify(value);

export const digestOf = (value: unknown): string => sha256(JSON.stringify(value));
