import type { Clock } from '../ports/clock.ts';
import type { Told } from '../ports/forge-inspector.ts';
import { HostedFailure } from './hosted-api.ts';

interface Response {
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

/** An answer with its headers, or the status and sentence of the refusal; status 0: no answer of use. */
export type Asked =
  | { readonly kind: 'answer'; readonly data: unknown; readonly headers: Response['headers'] }
  | { readonly kind: 'refusal'; readonly status: number; readonly why: string };

/** @param read turns every failure into a {@link HostedFailure} */
export async function ask(
  read: <T>(request: () => Promise<T>) => Promise<T>,
  request: () => Promise<Response>,
): Promise<Asked> {
  try {
    const { data, headers } = await read(request);
    return { kind: 'answer', data, headers };
  } catch (error) {
    if (!(error instanceof HostedFailure)) throw error;
    const { status = 0 } = (error.cause ?? {}) as { readonly status?: number };
    const useless = error.kind === 'limited' || error.kind === 'unknown';
    return { kind: 'refusal', status: useless ? 0 : status, why: error.message };
  }
}

export const notAnswered = (why: string) => ({ why, because: 'not-answered' }) as const;
export const notTold = (why: string) => ({ why, because: 'not-told' }) as const;

/** What an answer says; a refusal is no answer. */
export const toldBy = <T>(asked: Asked, pick: (data: unknown) => T): Told<T> =>
  asked.kind === 'answer' ? { value: pick(asked.data) } : notAnswered(asked.why);

/** Our clocks tell whole seconds, and so does the header. */
const GRAIN_S = 1;

/** Times one request. @returns the answer and by how many seconds the clock of the other side is ahead */
export async function timed(
  clock: Pick<Clock, 'now'>,
  request: () => Promise<Asked>,
): Promise<{ readonly asked: Asked; readonly skewSeconds: number | null }> {
  const from = Date.parse(clock.now()) / 1000 - GRAIN_S;
  const asked = await request();
  const to = Date.parse(clock.now()) / 1000 + GRAIN_S;
  const theirs = asked.kind === 'answer' ? Date.parse(String(asked.headers.date)) / 1000 : Number.NaN;
  if (!Number.isFinite(theirs)) return { asked, skewSeconds: null };
  return { asked, skewSeconds: theirs < from ? theirs - from : theirs > to ? theirs - to : 0 };
}
