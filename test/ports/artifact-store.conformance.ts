import { expect, it } from 'vitest';
import type { ArtifactStore } from '../../src/ports/artifact-store.ts';
import { sha256Hex } from '../../src/util/digest.ts';

export interface ArtifactStoreUnderTest {
  readonly store: ArtifactStore;
  /** Changes the held bytes behind the store’s back. */
  readonly alter: (sha256: string, bytes: Uint8Array) => void;
}

const bytes = Buffer.from('!<arch>\ndebian-binary\n');
const name = sha256Hex(bytes);

export function artifactStoreConformance(make: () => ArtifactStoreUnderTest): void {
  it('gives back what was put, also after a second put', async () => {
    const { store } = make();
    expect(await store.has(name)).toBe(false);
    await store.put(name, bytes);
    await store.put(name, bytes);
    expect(await store.has(name)).toBe(true);
    expect(Buffer.from(await store.get(name))).toEqual(bytes);
  });

  it('keeps empty files, many at once', async () => {
    const { store } = make();
    const all = [Buffer.alloc(0), ...Array.from({ length: 20 }, (_, i) => Buffer.alloc(1000, i))];
    await Promise.all([...all, ...all].map((b) => store.put(sha256Hex(b), b)));
    for (const b of all) expect(Buffer.from(await store.get(sha256Hex(b)))).toEqual(b);
  });

  it('refuses bytes that are not those of the name, and keeps nothing', async () => {
    const { store } = make();
    await expect(store.put(name, Buffer.from('other'))).rejects.toMatchObject({ code: 'digest-mismatch' });
    expect(await store.has(name)).toBe(false);
  });

  it('says that bytes are missing', async () => {
    await expect(make().store.get(name)).rejects.toMatchObject({ code: 'bytes-missing' });
  });

  it('notices altered bytes, and mends them by the next put', async () => {
    const { store, alter } = make();
    await store.put(name, bytes);
    alter(name, Buffer.from('tampered'));
    await expect(store.get(name)).rejects.toMatchObject({ code: 'digest-mismatch' });
    await store.put(name, bytes);
    expect(Buffer.from(await store.get(name))).toEqual(bytes);
  });

  it.each(['', '../../etc/passwd', name.toUpperCase(), `${name}0`, `sha256:${name}`])(
    '%j is no name',
    async (bad) => {
      const { store } = make();
      for (const action of [() => store.has(bad), () => store.get(bad), () => store.put(bad, bytes)])
        await expect((async () => action())()).rejects.toMatchObject({ code: 'digest-mismatch' });
    },
  );
}
