import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import xz from 'xz-decompress';

type ByteStream = AsyncIterable<Uint8Array>;

/** Content of a file, unpacked by the end of its name: `.gz`, `.xz`, else as it is. Errors come out of the stream. */
export function openUnpacked(path: string): ByteStream {
  const raw = createReadStream(path, { highWaterMark: 1 << 18 });
  if (path.endsWith('.gz')) return raw.pipe(destroyWith(raw, createGunzip({ chunkSize: 1 << 18 })));
  if (path.endsWith('.xz')) return new xz.XzReadableStream(Readable.toWeb(raw) as never);
  return raw;
}

/** pipe() does not hand errors on. */
function destroyWith<T extends Readable | NodeJS.ReadWriteStream>(raw: Readable, next: T): T {
  raw.on('error', (error) => (next as unknown as Readable).destroy(error));
  return next;
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
