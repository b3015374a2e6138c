import { resolve } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import { repositoryUrl } from '../domain/repository-url.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Expected } from '../ports/package-source.ts';
import type { StateStore } from '../ports/state-store.ts';
import { sha256Hex } from '../util/digest.ts';
import { toldOf, unpackedWithin } from './decompress.ts';
import { type CachedGet, cachedGet } from './http-cache.ts';
import { type HttpLimits, httpGet } from './http-get.ts';

/** What both kinds of repository on a web server need. */
export interface UrlSourceDeps {
  /** The policy repository, where key files lie. */
  readonly repo: string;
  /** Remembers what was accepted last, and keeps what was fetched. */
  readonly state: Pick<StateStore, 'read' | 'write' | 'path'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Logger, 'info'>;
  /** False in a dry run: nothing is remembered or kept. */
  readonly remember: boolean;
  readonly limits?: Partial<HttpLimits>;
}

const MAX_PACKAGE = 2 * (1 << 30) - 1;

/** Kept downloads of one source, below the state location. */
export const cacheOf = (deps: UrlSourceDeps, id: string): CachedGet =>
  cachedGet({
    dir: deps.state.path(`sources/${id}`),
    write: deps.remember,
    ...(deps.limits ? { limits: deps.limits } : {}),
  });

/** The key file of a source; one without must say that nothing is checked. */
export function keyringOf(
  deps: Pick<UrlSourceDeps, 'repo'>,
  source: { readonly id: string; readonly keyring?: string },
): string {
  if (source.keyring !== undefined) return resolve(deps.repo, source.keyring);
  throw new PatchwardenError(
    'bad-document',
    `the package source ${source.id} names no keyring: add the file with the keys that sign it, or say "signature": "none"`,
  );
}

/** URL of a file that an index names. */
export function urlOf(base: string, path: string): string {
  const url = repositoryUrl(base, path);
  if (url !== undefined) return url;
  throw new PatchwardenError(
    'source-failed',
    `the index of ${base} names ${JSON.stringify(path.slice(0, 120))}, which is outside`,
  );
}

/** A package file, whole in memory; undefined when the server does not have it. */
export async function fetchPackage(
  base: string,
  path: string,
  expected: Expected | undefined,
  limits: Partial<HttpLimits> = {},
): Promise<Uint8Array | undefined> {
  const maxBytes = expected ? expected.size : MAX_PACKAGE;
  const answer = await httpGet(urlOf(base, path), { maxBytes, limits });
  return answer.kind === 'ok' ? answer.bytes : undefined;
}

/** Throws `digest-mismatch` when bytes are not those that a signed file promised. */
export function requireDigest(
  what: string,
  bytes: Uint8Array,
  listed: { readonly sha256: string; readonly size: number },
): void {
  if (bytes.length === listed.size && sha256Hex(bytes) === listed.sha256) return;
  throw new PatchwardenError(
    'digest-mismatch',
    `${what} has other bytes (${bytes.length}) than the signed index promises (${listed.size}, SHA-256 ${listed.sha256}): the mirror is being updated or alters files; run again, or use another mirror`,
  );
}

/** Unpacks piece by piece; throws `source-failed` for what swells too much or is damaged. */
export async function* unpackedOf(
  what: string,
  bytes: Uint8Array,
  name: string,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  yield* toldOf(what, unpackedWithin(bytes, name, maxBytes));
}

/** What was accepted of a source before: a moment in milliseconds since 1970, never to go back from. */
export async function readAccepted(deps: UrlSourceDeps, id: string, where: string): Promise<number | null> {
  const text = await deps.state.read(acceptedName(id));
  if (text === undefined) return null;
  try {
    const value = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    // A source that moved to another address starts anew.
    if (value && value.where !== where) return null;
    if (value && typeof value.date === 'number' && Number.isSafeInteger(value.date)) return value.date;
  } catch {
    // Told below, like any other damage.
  }
  throw new PatchwardenError(
    'store-failed',
    `${deps.state.path(acceptedName(id))} is damaged: delete it to accept the current state of the package source ${id}`,
  );
}

export async function writeAccepted(
  deps: UrlSourceDeps,
  id: string,
  fact: { readonly where: string; readonly date: number; readonly signedBy: readonly string[] },
): Promise<void> {
  if (deps.remember) await deps.state.write(acceptedName(id), `${JSON.stringify(fact, null, 2)}\n`);
}

const acceptedName = (id: string): string => `sources/${id}/accepted.json`;
