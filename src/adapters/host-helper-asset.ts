import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PatchwardenError } from '../domain/errors.ts';
import { sha256 } from '../util/digest.ts';

/** The helper as it is shipped. */
export interface HelperAsset {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** `sha256:<hex>` */
  readonly digest: string;
}

let loaded: HelperAsset | undefined;

/** The same file for the sources and for the built program. @throws PatchwardenError `bug` when it was not shipped */
export function helperAsset(): HelperAsset {
  if (loaded) return loaded;
  const path = fileURLToPath(new URL('../../src/helper/patchwarden_host.py', import.meta.url));
  try {
    const bytes = readFileSync(path);
    loaded = { path, bytes, digest: sha256(bytes) };
    return loaded;
  } catch (error) {
    throw new PatchwardenError('bug', `the host helper is missing from this installation: ${path}`, {
      cause: error,
    });
  }
}
