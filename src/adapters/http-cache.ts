import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import { sha256Hex } from '../util/digest.ts';
import { errnoOf, storeFailure, writeDurably } from './durable-file.ts';
import { type HttpLimits, httpGet, type Validators } from './http-get.ts';

export interface HttpCacheOptions {
  /** Directory of the state location that keeps what was fetched. */
  readonly dir: string;
  /** False: reads what is kept, and keeps nothing new. */
  readonly write: boolean;
  readonly limits?: Partial<HttpLimits>;
}

interface Wanted {
  readonly url: string;
  /** Name under which it is kept, where the URL changes with the content; default the URL. */
  readonly key?: string;
  readonly maxBytes: number;
  /** Digest that the content must have: what is kept and has it is not asked for again. */
  readonly sha256?: string;
}

interface Kept extends Validators {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

export type CachedGet = (wanted: Wanted) => Promise<Uint8Array | undefined>;

/**
 * Gets files and keeps them for conditional requests. What is kept is compared with the digest that was written with it;
 * a damaged file counts as none. The caller checks signatures and digests every time, so that nothing is believed for
 * having been kept.
 * @returns a function that gives undefined for what the server does not have, and throws `source-failed`, `store-failed`
 */
export function cachedGet({ dir, write, limits = {} }: HttpCacheOptions): CachedGet {
  return async ({ url, key = url, maxBytes, sha256 }) => {
    const name = join(dir, sha256Hex(key));
    const kept = await readKept(name);
    if (kept && kept.sha256 === sha256) return kept.bytes;
    // With a known digest that differs, an answer "not modified" could only be wrong.
    const validators = kept && sha256 === undefined ? kept : undefined;
    const answer = await httpGet(url, { maxBytes, limits, ...(validators ? { validators } : {}) });
    switch (answer.kind) {
      case 'absent':
        return undefined;
      case 'not-modified':
        if (validators && kept) return kept.bytes;
        throw new PatchwardenError('source-failed', `cannot get ${url}: the server answers 304 unasked`);
      case 'ok': {
        const { bytes, etag, lastModified } = answer;
        const meta = { url: key, etag, lastModified, sha256: sha256Hex(bytes) };
        if (write) {
          await writeDurably(`${name}.body`, bytes);
          await writeDurably(`${name}.json`, `${JSON.stringify(meta, null, 2)}\n`);
        }
        return bytes;
      }
      default:
        return answer satisfies never;
    }
  };
}

async function readKept(name: string): Promise<Kept | undefined> {
  try {
    const meta: unknown = JSON.parse(await readFile(`${name}.json`, 'utf8'));
    const { etag, lastModified, sha256 } = (meta ?? {}) as Readonly<Record<string, unknown>>;
    const bytes = await readFile(`${name}.body`);
    if (typeof sha256 !== 'string' || sha256Hex(bytes) !== sha256) return undefined;
    return { etag: headerOf(etag), lastModified: headerOf(lastModified), sha256, bytes };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw storeFailure('read', name, error);
  }
}

const headerOf = (value: unknown): string | null =>
  typeof value === 'string' && /^[\x20-\x7e]{1,500}$/.test(value) ? value : null;
