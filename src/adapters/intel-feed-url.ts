import type { IntelFeed as FeedConfig } from '../contracts/generated/config.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { IntelFeed, IntelFile } from '../ports/intel-feed.ts';
import type { StateStore } from '../ports/state-store.ts';
import { toldOf, unpackedWithin } from './decompress.ts';
import { cachedGet } from './http-cache.ts';
import type { HttpLimits } from './http-get.ts';
import { isRecordPath, MAX_ARCHIVE, MAX_RECORD } from './intel-feed-directory.ts';
import { readTar } from './tar-reader.ts';
import { readZip } from './zip-reader.ts';

/** A feed of the config that has a URL. */
export type UrlFeed = FeedConfig & { readonly url: string };

export interface UrlFeedDeps {
  /** Keeps what was fetched, for conditional requests. */
  readonly state: Pick<StateStore, 'path'>;
  /** False in a dry run: nothing is kept. */
  readonly remember: boolean;
  readonly limits?: Partial<HttpLimits>;
}

const MAX_BYTES = 512 << 20;
const MAGIC: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['.gz', [0x1f, 0x8b]],
  ['.xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['.zst', [0x28, 0xb5, 0x2f, 0xfd]],
];

/**
 * A feed on a web server: one record file, or a tar or zip archive of them, told by its first bytes and not by the URL.
 * It is asked for with the conditions of the last answer, and bounded in bytes, packed and unpacked.
 */
export function urlIntelFeed(feed: UrlFeed, deps: UrlFeedDeps): IntelFeed {
  const { url, kind, modelDate, maxBytes = MAX_BYTES } = feed;
  const get = cachedGet({
    dir: deps.state.path('intel-feeds'),
    write: deps.remember,
    ...(deps.limits ? { limits: deps.limits } : {}),
  });
  return {
    label: url,
    kind,
    ...(modelDate === undefined ? {} : { modelDate }),
    async *files() {
      const bytes = await get({ url, maxBytes });
      if (bytes === undefined)
        throw new PatchwardenError('source-failed', `cannot get ${url}: it is not there`);
      yield* filesOf(bytes, url);
    },
  };
}

async function* filesOf(bytes: Uint8Array, url: string): AsyncIterable<IntelFile> {
  const limits = { maxEntry: MAX_RECORD, maxTotal: MAX_ARCHIVE };
  if (begins(bytes, [0x50, 0x4b, 0x03, 0x04])) {
    for (const { path, bytes: content } of readZip(bytes, url, limits))
      if (isRecordPath(path)) yield { path, bytes: content };
    return;
  }
  const packing = MAGIC.find(([, magic]) => begins(bytes, magic))?.[0] ?? '';
  const { head, all } = await peek(unpackedWithin(bytes, packing, MAX_ARCHIVE), url);
  if (!isTar(head)) {
    yield { path: '', bytes: await whole(all, url) };
    return;
  }
  for await (const { path, bytes: content } of readTar(all, url, limits))
    if (isRecordPath(path)) yield { path: path.replace(/^\.\//, ''), bytes: content };
}

const begins = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((b, i) => bytes[i] === b);

/** @see POSIX.1-2017 pax: the magic of a header block */
const isTar = (head: Uint8Array): boolean =>
  Buffer.from(head.subarray(257, 262)).toString('latin1') === 'ustar';

/** The first bytes of a stream, and the stream from its beginning; damage of the packing becomes a clear failure. */
async function peek(
  stream: AsyncIterable<Uint8Array>,
  url: string,
): Promise<{ readonly head: Uint8Array; readonly all: AsyncIterable<Uint8Array> }> {
  const source = toldOf(url, stream)[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < 512) {
    const next = await source.next();
    if (next.done === true) break;
    first.push(next.value);
    size += next.value.length;
  }
  return {
    head: Buffer.concat(first),
    all: {
      async *[Symbol.asyncIterator]() {
        yield* first;
        yield* { [Symbol.asyncIterator]: () => source };
      },
    },
  };
}

async function whole(stream: AsyncIterable<Uint8Array>, url: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of stream) {
    size += part.length;
    if (size > MAX_RECORD)
      throw new PatchwardenError(
        'source-failed',
        `${url} unpacks to more than the ${MAX_RECORD} bytes that are read`,
      );
    parts.push(part);
  }
  return Buffer.concat(parts);
}
