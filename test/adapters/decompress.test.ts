import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { canUnpack, readAllCapped, TooMuch, unpackedWithin } from '../../src/adapters/decompress.ts';
import { onPath } from '../support/on-path.ts';

const unpack = async (bytes: Uint8Array, name: string, max = 1 << 30): Promise<string> =>
  (await readAllCapped(unpackedWithin(bytes, name, max), 1 << 30))?.toString() ?? '';
const packer: Readonly<Record<string, string>> = { xz: 'xz', zst: 'zstd' };
const text = Array.from({ length: 50_000 }, (_, i) => `line ${i * 7919}\n`).join('');
const zeros = Buffer.alloc(16 << 20);

describe('unpackedWithin', () => {
  it('takes plain and gzip bytes', async () => {
    expect(await unpack(Buffer.from(text), 'Packages')).toBe(text);
    expect(await unpack(gzipSync(text), 'Packages.gz')).toBe(text);
  });
  for (const [end, program] of Object.entries(packer)) {
    const there = onPath(program);
    it.skipIf(!there)(`takes .${end}${there ? '' : ` (skipped: ${program} is absent)`}`, async () => {
      const pack = (data: string | Uint8Array) =>
        execFileSync(program, ['-c'], { input: data, maxBuffer: 1 << 30 });
      expect(await unpack(pack(text), `Packages.${end}`)).toBe(text);
      await expect(unpack(pack(zeros), `Packages.${end}`)).rejects.toThrow(TooMuch);
      await expect(unpack(pack(text).subarray(0, 5000), `Packages.${end}`)).rejects.toThrow();
    });
  }
  it.skipIf(!onPath('xz'))(
    `gives up in the middle and takes the next${onPath('xz') ? '' : ' (skipped: xz is absent)'}`,
    async () => {
      const packed = execFileSync(packer.xz ?? '', ['-0', '-c'], {
        input: randomBytes(2 << 20),
        maxBuffer: 1 << 30,
      });
      for (let n = 0; n < 30; n += 1) {
        let size = 0;
        for await (const part of unpackedWithin(packed, 'x.xz', 1 << 30)) {
          size += part.length;
          if (size > n * (1 << 15)) break;
        }
        expect(size).toBeGreaterThan(0);
      }
      expect(await readAllCapped(unpackedWithin(packed, 'x.xz', 1 << 30), 1 << 30)).toHaveLength(2 << 20);
      // What is left over of the streams that were given up fails later, if it fails.
      await new Promise((done) => setTimeout(done, 50));
    },
  );
  it('stops at the limits', async () => {
    await expect(unpack(Buffer.from(text), 'Packages', 1000)).rejects.toThrow('more than the 1000 bytes');
    await expect(unpack(gzipSync(zeros), 'Packages.gz')).rejects.toThrow('more than 100 times its size');
    await expect(unpack(gzipSync(text).subarray(0, 5000), 'Packages.gz')).rejects.toThrow();
    await expect(unpack(Buffer.from('x'), 'Packages.gz')).rejects.toThrow();
  });
  it.each([
    ['a.bz2', false],
    ['a.zck', false],
    ['a.gz', true],
    ['a', true],
  ])('knows %s: %s', (name, known) => expect(canUnpack(name)).toBe(known));
});
