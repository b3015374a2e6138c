import type { Readable } from 'node:stream';

/** Exactly so many bytes; undefined when the stream ends before. */
export async function readBytes(stream: Readable, size: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  for (let missing = size; missing > 0; ) {
    const chunk = await nextChunk(stream);
    if (!chunk) return undefined;
    parts.push(chunk.subarray(0, missing));
    if (chunk.length > missing) stream.unshift(chunk.subarray(missing));
    missing -= chunk.length;
  }
  return Buffer.concat(parts);
}

/** Text up to the next line feed, without it; undefined when the stream ends before. */
export async function readLine(stream: Readable): Promise<string | undefined> {
  const parts: Buffer[] = [];
  for (;;) {
    const chunk = await nextChunk(stream);
    if (!chunk) return undefined;
    const end = chunk.indexOf('\n');
    parts.push(end < 0 ? chunk : chunk.subarray(0, end));
    if (end < 0) continue;
    if (end + 1 < chunk.length) stream.unshift(chunk.subarray(end + 1));
    return Buffer.concat(parts).toString('utf8');
  }
}

/** Whatever is there, all of it: whoever waits while something is left is woken at once, for ever. */
async function nextChunk(stream: Readable): Promise<Buffer | undefined> {
  for (;;) {
    const chunk = stream.read() as Buffer | null;
    if (chunk) return chunk;
    if (stream.readableEnded || stream.destroyed) return undefined;
    await change(stream);
  }
}

/** Until there is more to read, or nothing any more. */
const change = (stream: Readable): Promise<void> =>
  new Promise((resolve) => {
    const events = ['readable', 'end', 'close'];
    const done = (): void => {
      for (const event of events) stream.off(event, done);
      resolve();
    };
    for (const event of events) stream.on(event, done);
  });
