import { instantOf } from '../domain/time.ts';
import { HostedFailure } from './hosted-api.ts';

/** How long to be silent after a limit that does not say. @see GitHub, "Best practices for using the REST API" */
const SILENCE_MS = 60_000;
/** Clocks here tell whole seconds: what they drop is waited too. */
const SECOND = 1000;

interface GraphqlAnswer extends Error {
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly errors?: readonly { readonly type?: string; readonly message: string }[];
}

interface Answered {
  readonly status: number;
  readonly message: string;
  readonly response?: {
    readonly headers: Readonly<Record<string, string | number | undefined>>;
    readonly data?: unknown;
  };
}

/** What a failed request means, whichever forge it was. @param now RFC 3339 UTC */
export function failureOf(error: unknown, now: string): HostedFailure {
  if (error instanceof HostedFailure) return error;
  if (isGraphql(error)) return graphqlFailure(error, now);
  if (!isAnswered(error)) {
    const why = error instanceof Error ? error.message : String(error);
    return new HostedFailure('unknown', `the forge did not answer: ${why}`, { cause: error });
  }
  const { status, message } = error;
  const said = `the forge answered ${status}: ${message.replace(/\s+/g, ' ').slice(0, 300)}`;
  const retryAt = limitOf(error, now);
  if (retryAt !== undefined)
    return new HostedFailure('limited', `${said}; not before ${retryAt}`, { retryAt, cause: error });
  if (status === 404 || status === 410) return new HostedFailure('missing', said, { cause: error });
  // GitHub answers 422, Gitea 409.
  if (status === 409 || (status === 422 && /already exists/i.test(message)))
    return new HostedFailure('exists', said, { cause: error });
  // Octokit gives 500 to a request that never got an answer.
  return new HostedFailure(status >= 500 ? 'unknown' : 'refused', said, { cause: error });
}

/** GraphQL answers 200 and says in the answer what is wrong. @see https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api */
function graphqlFailure(error: GraphqlAnswer, now: string): HostedFailure {
  const { errors = [], headers } = error;
  const message = errors.map((e) => e.message).join('; ');
  if (errors.some((e) => e.type === 'RATE_LIMITED'))
    return failureOf(Object.assign(new Error(message), { status: 429, response: { headers } }), now);
  const said = `the forge answered: ${message.replace(/\s+/g, ' ').slice(0, 300)}`;
  return new HostedFailure('refused', said, { cause: error });
}

/** Until when a limit asks for silence; undefined when the answer is no limit. */
function limitOf({ status, message, response }: Answered, now: string): string | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const headers = response?.headers ?? {};
  const after = Number(headers['retry-after'] ?? Number.NaN);
  const from = Date.parse(now);
  if (Number.isFinite(after) && after >= 0) return instantOf(from + Math.max(1, after) * 1000 + SECOND);
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  if (headers['x-ratelimit-remaining'] === '0' && Number.isFinite(reset)) {
    // By the clock of the forge: ours may be off.
    const told = Date.parse(String(headers['date'] ?? ''));
    const wait = reset * 1000 - (Number.isFinite(told) ? told : from);
    return instantOf(from + Math.max(1000, wait) + SECOND);
  }
  return status === 429 || /rate limit|abuse/i.test(message)
    ? instantOf(from + SILENCE_MS + SECOND)
    : undefined;
}

const isAnswered = (error: unknown): error is Answered =>
  error instanceof Error && typeof (error as Partial<Answered>).status === 'number';

const isGraphql = (error: unknown): error is GraphqlAnswer =>
  error instanceof Error && error.name === 'GraphqlResponseError';
