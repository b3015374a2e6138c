import { readdir, readFile } from 'node:fs/promises';
import type { Compliance } from '../contracts/generated/compliance.ts';
import { validateKind } from '../contracts/validate.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { compareCodePoints } from '../util/sort.ts';

/** Beside both src/ and dist/, so that sources and the built program find the same files. */
const PACKAGED = new URL('../../policies/compliance/', import.meta.url);

/**
 * The compliance overlays of this package, or of another folder, by file name.
 * @throws PatchwardenError `bad-document` when one cannot be read or is not what the schema says
 */
export async function loadCompliance(folder: URL = PACKAGED): Promise<readonly Compliance[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new PatchwardenError(
      'bad-document',
      `${folder.pathname} with the compliance overlays cannot be read`,
      {
        cause,
      },
    );
  });
  return Promise.all(names.sort(compareCodePoints).map((name) => read(new URL(name, folder))));
}

async function read(file: URL): Promise<Compliance> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    const [error] = validateKind('compliance', value);
    if (!error) return value as Compliance;
    throw new Error(`${error.instancePath || '/'} ${error.message ?? error.keyword}`);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PatchwardenError('bad-document', `${file.pathname} is no compliance overlay: ${why}`, {
      cause,
    });
  }
}
