import { inflateRawSync } from 'node:zlib';
import { PatchwardenError } from '../domain/errors.ts';
import type { TarEntry, TarLimits } from './tar-reader.ts';

const END = 0x06054b50;
const END64 = 0x06064b50;
const END64_LOCATOR = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const MAX_COMMENT = 0xffff;

/**
 * Files of a zip archive in memory, one after the other; nothing is written, so no path can escape. Stored and deflated
 * entries, also of more than 65,535 files.
 * @throws PatchwardenError `source-failed` for a damaged, encrypted or too large archive
 * @see APPNOTE.TXT 6.3.10, "Overall .ZIP file format"
 */
export function* readZip(bytes: Uint8Array, label: string, limits: TarLimits): Generator<TarEntry> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let total = 0;
  for (const entry of centralEntries(buffer, label)) {
    total += entry.size;
    if (entry.size > limits.maxEntry || total > limits.maxTotal)
      throw new PatchwardenError('source-failed', `${label} unpacks to more than is read`);
    yield { path: entry.path, bytes: contentOf(buffer, entry, label) };
  }
}

interface ZipEntry {
  readonly path: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

function* centralEntries(buffer: Buffer, label: string): Generator<ZipEntry> {
  let { at, count } = directoryOf(buffer, label);
  for (; count > 0; count -= 1) {
    if (at + 46 > buffer.length || buffer.readUInt32LE(at) !== CENTRAL) throw damaged(label);
    const flags = buffer.readUInt16LE(at + 8);
    const [name, extra, comment] = [28, 30, 32].map((o) => buffer.readUInt16LE(at + o));
    const end = at + 46 + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
    if (end > buffer.length) throw damaged(label);
    const path = buffer.toString('utf8', at + 46, at + 46 + (name ?? 0));
    const [packed, size, offset] = [20, 24, 42].map((o) => buffer.readUInt32LE(at + o));
    // A file of 4 GiB and more is none that would be read.
    if ((flags & 1) === 1 || packed === 0xffffffff || size === 0xffffffff || offset === 0xffffffff)
      throw new PatchwardenError('source-failed', `${label} has an entry that is encrypted or too large`);
    if (!path.endsWith('/'))
      yield {
        path,
        method: buffer.readUInt16LE(at + 10),
        packed: packed ?? 0,
        size: size ?? 0,
        offset: offset ?? 0,
      };
    at = end;
  }
}

/** Where the list of files begins, and how many it has. */
function directoryOf(buffer: Buffer, label: string): { readonly at: number; readonly count: number } {
  const last = buffer.length - 22;
  for (let end = last; end >= 0 && end >= last - MAX_COMMENT; end -= 1) {
    if (buffer.readUInt32LE(end) !== END) continue;
    const count = buffer.readUInt16LE(end + 10);
    const at = buffer.readUInt32LE(end + 16);
    const locator = end - 20;
    if (locator < 0 || buffer.readUInt32LE(locator) !== END64_LOCATOR) return { at, count };
    const end64 = Number(buffer.readBigUInt64LE(locator + 8));
    if (end64 + 56 > buffer.length || buffer.readUInt32LE(end64) !== END64) throw damaged(label);
    return {
      at: Number(buffer.readBigUInt64LE(end64 + 48)),
      count: Number(buffer.readBigUInt64LE(end64 + 32)),
    };
  }
  throw damaged(label);
}

function contentOf(buffer: Buffer, { method, packed, size, offset }: ZipEntry, label: string): Uint8Array {
  if (offset + 30 > buffer.length || buffer.readUInt32LE(offset) !== LOCAL) throw damaged(label);
  const start = offset + 30 + buffer.readUInt16LE(offset + 26) + buffer.readUInt16LE(offset + 28);
  const raw = buffer.subarray(start, start + packed);
  if (raw.length !== packed) throw damaged(label);
  if (method === 0 && packed === size) return raw;
  if (method !== 8) throw damaged(label);
  try {
    const bytes = size === 0 ? Buffer.alloc(0) : inflateRawSync(raw, { maxOutputLength: size });
    if (bytes.length === size) return bytes;
  } catch (cause) {
    throw damaged(label, cause);
  }
  throw damaged(label);
}

const damaged = (label: string, cause?: unknown): PatchwardenError =>
  new PatchwardenError('source-failed', `${label} is a damaged or cut off zip archive`, { cause });
