/** Entries carry a 16-bit length. @see C2SP tlog-tiles, "Log Entries" */
export const MAX_ENTRY_BYTES = 65_535;

/** Entries one after the other, each behind its length as two bytes, big-endian. Throws RangeError on an entry too large. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_BYTES)
      throw new RangeError(`an entry of ${entry.length} bytes is larger than ${MAX_ENTRY_BYTES}`);
    parts.push(Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry);
  }
  return Buffer.concat(parts);
}

/** What a bundle holds: the entries that could be framed, and where framing stopped when it did. */
export interface DecodedBundle {
  readonly entries: readonly Uint8Array[];
  /** True when the last bytes are not a whole entry. */
  readonly torn: boolean;
}

export function decodeBundle(bytes: Uint8Array): DecodedBundle {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + 2 + (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
    if (at + 2 > bytes.length || end > bytes.length) return { entries, torn: true };
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return { entries, torn: false };
}
