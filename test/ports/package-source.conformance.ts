import { describe, expect, it } from 'vitest';
import type { PackageIndex, PackageSource, RpmIndex } from '../../src/ports/package-source.ts';

/** The package that every world offers, and the bytes of its file. */
export const OFFERED = { name: 'app', version: '1.1', filename: 'pool/app_1.1_amd64.deb', bytes: 'bytes' };

export interface SourceWorld {
  readonly source: PackageSource<PackageIndex | RpmIndex>;
  readonly kind: 'apt' | 'rpm-md';
  /** False where the files are elsewhere, as with the lists of a host. */
  readonly hasFiles: boolean;
  /** Path below the source of its one package. */
  readonly filename?: string;
}

/** What every package source promises. `make` gives a fresh one with one package; `broken` one that cannot be read. */
export function packageSourceConformance(
  name: string,
  make: () => Promise<SourceWorld>,
  broken: () => Promise<PackageSource<PackageIndex | RpmIndex>>,
): void {
  describe(`${name} as a package source`, () => {
    it('names itself in every index, and has the package in one', async () => {
      const { source, kind } = await make();
      const indexes = await source.indexes();
      expect(indexes.length).toBeGreaterThan(0);
      for (const index of indexes) {
        expect(index.source).toBe(source.id);
        expect(index.kind ?? 'apt').toBe(kind);
      }
      const text = indexes.map((i) => (i.kind === 'rpm-md' ? i.packages.join() : i.text)).join();
      expect(text).toContain(OFFERED.name);
    });
    it('gives the same twice', async () => {
      const { source } = await make();
      expect(await source.indexes()).toEqual(await source.indexes());
    });
    it('hands over the bytes it has, and nothing for what it has not', async () => {
      const { source, hasFiles, filename = OFFERED.filename } = await make();
      const bytes = await source.fetch(filename, { size: OFFERED.bytes.length });
      expect(bytes && Buffer.from(bytes).toString()).toBe(hasFiles ? OFFERED.bytes : undefined);
      expect(await source.fetch('pool/none.deb')).toBeUndefined();
    });
    it('never reaches outside', async () => {
      const { source, hasFiles } = await make();
      for (const path of ['../secret', '/etc/passwd', 'pool/../../secret']) {
        const answer = source.fetch(path);
        if (hasFiles) await expect(answer).rejects.toMatchObject({ code: 'source-failed' });
        else expect(await answer).toBeUndefined();
      }
    });
    it('that cannot be read is a failure with a sentence, never an empty list', async () => {
      const source = await broken();
      await expect(source.indexes()).rejects.toMatchObject({
        name: 'PatchwardenError',
        code: expect.stringMatching(/^(source-failed|signature-invalid|digest-mismatch)$/),
        message: expect.stringMatching(/\w+ \w+/),
      });
    });
  });
}
