import { PatchwardenError } from '../domain/errors.ts';

export interface TarEntry {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface TarLimits {
  /** Largest file, in bytes. */
  readonly maxEntry: number;
  /** All files together, in bytes: a small archive can unpack to anything. */
  readonly maxTotal: number;
}

const BLOCK = 512;
/** Archives are padded to a multiple of 10 KiB. */
const MAX_TAIL = 1 << 20;

/**
 * Regular files of a tar stream, one after the other; nothing is written, so no path can escape. Long names of the pax
 * and GNU forms are understood.
 * @throws PatchwardenError `source-failed` for a damaged, cut off or too large archive
 * @see POSIX.1-2017 pax, "ustar Interchange Format"
 */
export async function* readTar(
  chunks: AsyncIterable<Uint8Array>,
  label: string,
  limits: TarLimits,
): AsyncIterable<TarEntry> {
  const source = new ByteQueue(chunks);
  try {
    yield* entriesOf(source, label, limits);
  } finally {
    // What follows the last file is not read: unpackers that wait for their end hold what they use until they are told.
    await source.close();
  }
}

async function* entriesOf(source: ByteQueue, label: string, limits: TarLimits): AsyncIterable<TarEntry> {
  let longName: string | undefined;
  let total = 0;
  for (;;) {
    const header = await source.take(BLOCK);
    if (header.length === 0 || header.every((b) => b === 0)) return;
    if (header.length < BLOCK || !checksumHolds(header)) throw damaged(label);
    const size = Number.parseInt(field(header, 124, 12).trim() || '0', 8);
    total += size;
    if (!Number.isSafeInteger(size) || size < 0) throw damaged(label);
    if (size > limits.maxEntry || total > limits.maxTotal)
      throw new PatchwardenError('source-failed', `${label} unpacks to more than is read`);
    const bytes = await source.take(size);
    const padding = await source.take((BLOCK - (size % BLOCK)) % BLOCK);
    if (bytes.length < size || (size + padding.length) % BLOCK !== 0) throw damaged(label);
    const type = String.fromCharCode(header[156] ?? 0);
    const text = new TextDecoder();
    if (type === 'L') longName = text.decode(bytes).replace(/\0.*$/s, '');
    else if (type === 'x') longName = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text.decode(bytes))?.[1] ?? longName;
    else if (type !== 'g') {
      const prefix = field(header, 257, 5) === 'ustar' ? field(header, 345, 155) : '';
      const path = longName ?? `${prefix === '' ? '' : `${prefix}/`}${field(header, 0, 100)}`;
      longName = undefined;
      if (type === '0' || type === '\0') yield { path, bytes };
    }
  }
}

const field = (header: Uint8Array, at: number, length: number): string =>
  new TextDecoder('latin1').decode(header.subarray(at, at + length)).replace(/\0.*$/s, '');

/** The sum of all header bytes, the checksum itself counted as blanks. */
function checksumHolds(header: Uint8Array): boolean {
  let sum = 0;
  for (let i = 0; i < BLOCK; i += 1) sum += i >= 148 && i < 156 ? 32 : (header[i] ?? 0);
  return Number.parseInt(field(header, 148, 8).trim(), 8) === sum;
}

const damaged = (label: string): PatchwardenError =>
  new PatchwardenError('source-failed', `${label} is a damaged or cut off tar archive`);

/** Bytes of a stream in pieces of a wanted length; the last piece may be shorter. */
class ByteQueue {
  #chunk: Uint8Array = new Uint8Array();
  #at = 0;
  readonly #source: AsyncIterator<Uint8Array>;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#source = chunks[Symbol.asyncIterator]();
  }

  /** Reads on to the end where it is near, since a stream that ends by itself leaves nothing behind; else gives it up. */
  async close(): Promise<void> {
    try {
      for (let size = 0; size < MAX_TAIL; ) {
        const next = await this.#source.next();
        if (next.done === true) return;
        size += next.value.length;
      }
      await this.#source.return?.();
    } catch {
      // Whatever is wrong behind the last file, or was told before, is no news.
    }
  }

  async take(length: number): Promise<Uint8Array> {
    if (length <= this.#chunk.length - this.#at) {
      this.#at += length;
      return this.#chunk.subarray(this.#at - length, this.#at);
    }
    const parts = [this.#chunk.subarray(this.#at)];
    let have = parts[0]?.length ?? 0;
    while (have < length) {
      const next = await this.#source.next();
      if (next.done === true) break;
      parts.push(next.value);
      have += next.value.length;
    }
    const all = Buffer.concat(parts);
    this.#chunk = all;
    this.#at = Math.min(length, all.length);
    return all.subarray(0, this.#at);
  }
}
