import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { directoryArtifactStore } from '../../src/adapters/artifact-store-directory.ts';
import { sha256Hex } from '../../src/util/digest.ts';
import { artifactStoreConformance } from '../ports/artifact-store.conformance.ts';
import { tempDir } from '../support/temp-dir.ts';

const bytes = Buffer.from('bytes');
const name = sha256Hex(bytes);
const place = (dir: string) => join(dir, 'sha256', name.slice(0, 2), name.slice(2));

describe('directoryArtifactStore', () => {
  artifactStoreConformance(() => {
    const dir = tempDir();
    const alter = (sha256: string, b: Uint8Array) =>
      writeFileSync(join(dir, 'sha256', sha256.slice(0, 2), sha256.slice(2)), b);
    return { store: directoryArtifactStore(dir), alter };
  });

  it('lays files out by the first two digits and leaves nothing else', async () => {
    const dir = tempDir();
    await directoryArtifactStore(dir).put(name, bytes);
    expect(readFileSync(place(dir))).toEqual(bytes);
    expect(readdirSync(join(dir, 'sha256', name.slice(0, 2)))).toEqual([name.slice(2)]);
  });

  it('takes what a killed process left for nothing', async () => {
    const dir = tempDir();
    mkdirSync(join(dir, 'sha256', name.slice(0, 2)), { recursive: true });
    writeFileSync(join(dir, 'sha256', name.slice(0, 2), `.${name.slice(2)}.1234.tmp`), 'by');
    const store = directoryArtifactStore(dir);
    expect(await store.has(name)).toBe(false);
    await store.put(name, bytes);
    expect(Buffer.from(await store.get(name))).toEqual(bytes);
  });

  it('does not follow a link to bytes elsewhere', async () => {
    const dir = tempDir();
    mkdirSync(join(dir, 'sha256', name.slice(0, 2)), { recursive: true });
    writeFileSync(join(dir, 'elsewhere'), bytes);
    symlinkSync(join(dir, 'elsewhere'), place(dir));
    const store = directoryArtifactStore(dir);
    expect(await store.has(name)).toBe(false);
    await expect(store.get(name)).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('symbolic link') as string,
    });
  });

  it('refuses a directory in place of a file', async () => {
    const dir = tempDir();
    mkdirSync(place(dir), { recursive: true });
    await expect(directoryArtifactStore(dir).get(name)).rejects.toMatchObject({ code: 'store-failed' });
  });
});
