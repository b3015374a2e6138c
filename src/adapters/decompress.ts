import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress as ZstdDecompress } from 'fzstd';
import xz from 'xz-decompress';
import { PatchwardenError } from '../domain/errors.ts';

type ByteStream = AsyncIterable<Uint8Array>;

/** A package index shrinks to a fifth or a tenth; what swells more than this is made to fill memory. */
const MAX_RATIO = 100;
/** Below this size the ratio is no danger. */
const SMALL = 1 << 20;

/** Content of a file, unpacked by the end of its name: `.gz`, `.xz`, `.zst`, else as it is. Errors come out of the stream. */
export function openUnpacked(path: string): ByteStream {
  return unpacked(createReadStream(path, { highWaterMark: 1 << 18 }), path);
}

/** Whether {@link unpacked} knows what the end of a name says. */
export const canUnpack = (name: string): boolean => !/\.(bz2|lz4|lzma|zck)$/.test(name);

function unpacked(raw: Readable, name: string): ByteStream {
  if (name.endsWith('.gz')) return raw.pipe(destroyWith(raw, createGunzip({ chunkSize: 1 << 18 })));
  if (name.endsWith('.xz')) return new xz.XzReadableStream(webStream(raw) as never);
  if (name.endsWith('.zst')) return unzstd(raw);
  return raw;
}

/** Node's own adapter throws where nobody can catch it when a stream is given up while a piece is on its way. */
function webStream(raw: Readable): ReadableStream<Uint8Array> {
  const source = (raw as ByteStream)[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const next = await source.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await source.return?.();
    },
  });
}

/** pipe() does not hand errors on. */
function destroyWith<T extends Readable | NodeJS.ReadWriteStream>(raw: Readable, next: T): T {
  raw.on('error', (error) => (next as unknown as Readable).destroy(error));
  return next;
}

/** The library hands out whatever a piece of input gives at once, so input goes in small pieces. */
async function* unzstd(raw: Readable): ByteStream {
  let parts: Uint8Array[] = [];
  const zstd = new ZstdDecompress((part) => {
    if (part.length > 0) parts.push(part);
  });
  for await (const chunk of raw as AsyncIterable<Uint8Array>)
    for (let at = 0; at < chunk.length; at += 1024) {
      zstd.push(chunk.subarray(at, at + 1024));
      yield* parts;
      parts = [];
    }
  zstd.push(new Uint8Array(0), true);
  yield* parts;
}

/** All bytes of a stream; undefined when there are more than `maxBytes`. */
export async function readAllCapped(stream: ByteStream, maxBytes: number): Promise<Buffer | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of stream) {
    size += part.length;
    if (size > maxBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Thrown by {@link unpackedWithin} through the stream. */
export class TooMuch extends Error {}

/**
 * Unpacks bytes in memory, by the end of a name, piece by piece: at most `maxBytes`, and at most a hundred times the size
 * of what is packed. Throws {@link TooMuch}, or the error of the format.
 */
export async function* unpackedWithin(bytes: Uint8Array, name: string, maxBytes: number): ByteStream {
  const most = Math.min(maxBytes, Math.max(SMALL, bytes.length * MAX_RATIO));
  const pieces = function* (): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 1 << 16) yield bytes.subarray(at, at + (1 << 16));
  };
  let size = 0;
  for await (const part of unpacked(Readable.from(pieces(), { objectMode: false }), name)) {
    size += part.length;
    if (size > most)
      throw new TooMuch(
        most === maxBytes
          ? `it unpacks to more than the ${maxBytes} bytes that are read`
          : `it unpacks to more than ${MAX_RATIO} times its size`,
      );
    yield part;
  }
}

/** The same bytes; what goes wrong while they are unpacked is a sentence about `what`, code `source-failed`. */
export async function* toldOf(what: string, stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PatchwardenError(
      'source-failed',
      `cannot unpack ${what}: ${error instanceof TooMuch ? why : `it is damaged (${why})`}`,
      { cause: error },
    );
  }
}
