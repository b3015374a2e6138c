import { PatchwardenError } from '../domain/errors.ts';

export interface HttpGetOptions {
  /** Most bytes of the body, declared or sent. */
  readonly maxBytes: number;
  /** Asks whether it has changed since. */
  readonly validators?: Validators;
  readonly limits?: Partial<HttpLimits>;
}

export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export interface HttpLimits {
  /** Milliseconds without a byte. */
  readonly idleMs: number;
  /** Milliseconds for everything, redirects and repetitions included. */
  readonly totalMs: number;
  readonly redirects: number;
  /** Further tries after a failure that may pass. */
  readonly retries: number;
  /** Milliseconds before the first further try; twice as long before each next. */
  readonly retryDelayMs: number;
}

export type HttpAnswer =
  | ({ readonly kind: 'ok'; readonly bytes: Uint8Array } & Validators)
  | { readonly kind: 'not-modified' }
  | { readonly kind: 'absent' };

const LIMITS: HttpLimits = {
  idleMs: 30_000,
  totalMs: 30 * 60_000,
  redirects: 5,
  retries: 2,
  retryDelayMs: 1_000,
};

/** A failure that another try may cure. */
type Attempt = HttpAnswer | { readonly kind: 'failed'; readonly why: string; readonly again: boolean };

/**
 * Gets a file over HTTP(S): bounded in bytes, time, silence, redirects (never to another scheme) and repetitions; no
 * credentials, no proxies, no content coding (what is compressed is a file, and its digest is known).
 * @throws PatchwardenError `source-failed` with the reason
 */
export async function httpGet(url: string, options: HttpGetOptions): Promise<HttpAnswer> {
  const limits = { ...LIMITS, ...options.limits };
  const deadline = performance.now() + limits.totalMs;
  for (let attempt = 0; ; attempt += 1) {
    const answer = await tryOnce(url, options, limits, deadline);
    if (answer.kind !== 'failed') return answer;
    if (!answer.again || attempt >= limits.retries) throw failed(url, answer.why);
    await new Promise((done) => setTimeout(done, limits.retryDelayMs * 2 ** attempt));
  }
}

const failed = (url: string, why: string): PatchwardenError =>
  new PatchwardenError('source-failed', `cannot get ${url}: ${why}`);

async function tryOnce(
  url: string,
  options: HttpGetOptions,
  limits: HttpLimits,
  deadline: number,
): Promise<Attempt> {
  const abort = new AbortController();
  let why: string | undefined;
  const stop = (reason: string) => {
    why ??= reason;
    abort.abort();
  };
  const total = setTimeout(
    () => stop(`it took longer than ${limits.totalMs / 1000} s`),
    Math.max(0, deadline - performance.now()),
  );
  let idle: NodeJS.Timeout | undefined;
  const alive = () => {
    clearTimeout(idle);
    idle = setTimeout(() => stop(`nothing came for ${limits.idleMs / 1000} s`), limits.idleMs);
  };
  try {
    alive();
    const response = await follow(url, options.validators, limits.redirects, abort.signal);
    if (typeof response === 'string') return { kind: 'failed', why: response, again: false };
    const judged = judge(response, options.maxBytes);
    if (judged !== undefined) {
      await response.body?.cancel().catch(() => undefined);
      return judged;
    }
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of response.body ?? []) {
      alive();
      size += part.length;
      if (size > options.maxBytes) {
        stop(tooLarge(options.maxBytes));
        break;
      }
      parts.push(part);
    }
    if (why !== undefined) return { kind: 'failed', why, again: false };
    return {
      kind: 'ok',
      bytes: Buffer.concat(parts),
      etag: response.headers.get('etag'),
      lastModified: response.headers.get('last-modified'),
    };
  } catch (error) {
    // Silence is not cured by waiting for it once more.
    return { kind: 'failed', why: why ?? reasonOf(error), again: why === undefined };
  } finally {
    clearTimeout(total);
    clearTimeout(idle);
  }
}

/** The response behind the redirects, or why there is none. */
async function follow(
  start: string,
  validators: Validators | undefined,
  redirects: number,
  signal: AbortSignal,
): Promise<Response | string> {
  let url = new URL(start);
  const scheme = url.protocol;
  if (scheme !== 'http:' && scheme !== 'https:') return `"${scheme}" is not http or https`;
  const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'patchwarden' };
  if (validators?.etag) headers['if-none-match'] = validators.etag;
  else if (validators?.lastModified) headers['if-modified-since'] = validators.lastModified;
  for (let hop = 0; hop <= redirects; hop += 1) {
    const response = await fetch(url.href, { redirect: 'manual', signal, headers });
    if (![301, 302, 303, 307, 308].includes(response.status)) return response;
    const to = response.headers.get('location') ?? '';
    await response.body?.cancel().catch(() => undefined);
    if (!URL.canParse(to, url.href)) return 'it redirects to nowhere';
    url = new URL(to, url.href);
    if (url.protocol !== scheme) return `it redirects to another scheme, ${url.protocol}`;
    if (url.username !== '' || url.password !== '') return 'it redirects to an address with credentials';
  }
  return `it redirects more than ${redirects} times`;
}

/** What the head of a response already decides; undefined when its body is to be read. */
function judge(response: Response, maxBytes: number): Attempt | undefined {
  const { status, headers } = response;
  if (status === 304) return { kind: 'not-modified' };
  if (status === 404 || status === 410) return { kind: 'absent' };
  if (status !== 200)
    return {
      kind: 'failed',
      why: `the server answers ${status}`,
      again: status >= 500 || status === 429 || status === 408,
    };
  const coding = headers.get('content-encoding') ?? 'identity';
  if (coding !== 'identity')
    return { kind: 'failed', why: `it comes with the content coding "${coding.slice(0, 40)}"`, again: false };
  return Number(headers.get('content-length') ?? 0) > maxBytes
    ? { kind: 'failed', why: tooLarge(maxBytes), again: false }
    : undefined;
}

const tooLarge = (maxBytes: number): string => `it is larger than the ${maxBytes} bytes that are read`;

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
