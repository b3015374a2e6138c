import { describe, expect, it } from 'vitest';
import { bytesKeeper, earlierFiles, keptEntries } from '../../src/app/keep-bytes.ts';
import { PatchwardenError } from '../../src/domain/errors.ts';
import { lockOf } from '../rollout/world.ts';
import { packageRow } from '../support/builders/packages.ts';
import { entry } from '../support/builders/rings.ts';

const store = (held: readonly string[], put: () => Promise<void> = async () => undefined) => ({
  has: async (sha256: string) => held.includes(sha256),
  put,
});
const row = packageRow({ fetch: 'controller' });
const bytes = new Uint8Array([1]);
const broken = (code: 'digest-mismatch' | 'store-failed' | 'source-failed') => async () => {
  throw new PatchwardenError(code, `says ${code}`);
};

describe('bytesKeeper', () => {
  it.each([
    ['the store holds them', row, store([row.sha256]), undefined, null],
    ['the source never changes', { ...row, immutable: true }, store([]), undefined, null],
    ['the host downloads them', { ...row, fetch: 'host' as const }, store([]), undefined, null],
    ['they were fetched now', row, store([]), bytes, null],
    ['the source lost them', row, store([]), undefined, /does not hold pool\/openssl/],
    ['the source has other bytes', row, store([], broken('digest-mismatch')), bytes, /offers other bytes/],
    ['the source failed', row, store([], broken('source-failed')), bytes, /says source-failed/],
  ])('when %s', async (_when, wanted, artifacts, fetched, expected) => {
    const answer = await bytesKeeper(artifacts, async () => fetched)(wanted);
    if (expected instanceof RegExp) expect(answer).toMatch(expected);
    else expect(answer).toBe(expected);
  });
  it('does not go on when the store itself fails', async () => {
    const keep = bytesKeeper(store([], broken('store-failed')), async () => bytes);
    await expect(keep(row)).rejects.toMatchObject({ code: 'store-failed' });
  });
});

describe('keptEntries', () => {
  const sources = [{ id: 'debian' }, { id: 'snapshots', immutable: true }];
  it.each<[string, string[], string | undefined, boolean, boolean]>([
    ['held in the store', ['x'], undefined, false, true],
    ['not held, and of no source', [], undefined, true, false],
    ['still on offer for hosts that fetch themselves', [], 'debian', true, true],
    ['no more on offer', [], 'debian', false, false],
    ['of a source that never changes', [], 'snapshots', false, true],
    ['of a source that is not configured any more', [], 'other', false, false],
  ])('%s', async (_, held, source, offered, kept) => {
    const sha256 = 'a'.repeat(64);
    const config = { packages: { sources } } as never;
    const isKept = keptEntries(
      store(held.map(() => sha256)),
      config,
      async (...file) => offered && file.join() === `debian,${sha256}`,
    );
    expect(await isKept(entry('1', { sha256, ...(source ? { source } : {}) }))).toBe(kept);
  });
});

describe('earlierFiles', () => {
  const lock = lockOf({
    a: {
      version: '2',
      sha256: 'b'.repeat(64),
      size: 2,
      origin: 'o:s/c',
      role: 'upgrade',
      advisories: [],
      firstSeen: '2024-01-01',
      approvedBy: 'x',
      filename: 'pool/a',
      predecessors: [{ version: '1', sha256: 'a'.repeat(64), size: 1 }],
    },
  });
  const find = earlierFiles(store(['a'.repeat(64), 'b'.repeat(64)]), [lock]);
  it('are the versions that locks name or replace, as long as their bytes are held', async () => {
    expect(await find('a', '1')).toEqual({ version: '1', sha256: 'a'.repeat(64), size: 1 });
    expect(await find('a', '2')).toEqual({
      version: '2',
      sha256: 'b'.repeat(64),
      size: 2,
      origin: 'o:s/c',
      filename: 'pool/a',
    });
    expect(await find('a', '0')).toBeNull();
    expect(await find('b', '1')).toBeNull();
    expect(await earlierFiles(store([]), [lock])('a', '1')).toBeNull();
  });
});
