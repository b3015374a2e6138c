import { gunzipSync } from 'node:zlib';

const BLOCK = 512;

/** The files of a gzipped tar archive (ustar) by name, without a leading slash. */
export function readTarGz(bytes) {
  const tar = gunzipSync(bytes);
  const files = new Map();
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const field = (from, length) => tar.toString('utf8', at + from, at + from + length).split('\0')[0];
    const size = Number.parseInt(field(124, 12), 8);
    if (!Number.isInteger(size)) throw new Error(`the archive has no size for ${field(0, 100)}`);
    const start = at + BLOCK;
    if (['', '0'].includes(field(156, 1)))
      files.set(field(0, 100).replace(/^\/+/, ''), tar.subarray(start, start + size));
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
