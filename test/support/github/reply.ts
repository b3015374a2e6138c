import { createHash } from 'node:crypto';
import type { Answer, Refusal } from './answers.ts';
import type { Actor } from './call.ts';
import type { RateLimiter } from './limits.ts';

interface Context {
  readonly now: number;
  readonly index: number;
  readonly limiter: RateLimiter;
  readonly actor: Actor | undefined;
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api */
export function refusalAnswer(error: Refusal, docs: string): Answer {
  const { status, message, errors, headers } = error;
  const body = { message, ...(errors ? { errors } : {}), documentation_url: docs, status: String(status) };
  return { status, body, headers };
}

function limitHeaders({ limiter, actor, now }: Context): Record<string, string> {
  if (!actor) return {};
  const { limit, remaining, reset, used } = limiter.show(actor.user.login, now);
  const scopes = actor.token?.scopes;
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-used': String(used),
    'x-ratelimit-reset': String(reset),
    'x-ratelimit-resource': 'core',
    // https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps#scopes-and-the-api
    ...(scopes ? { 'x-oauth-scopes': scopes.join(', ') } : {}),
  };
}

/**
 * A read carries a tag of its content, and asking again with it gets 304 while nothing has changed. The tag is another
 * one for another token (github/docs#34689), so an installation's new token finds nothing known.
 * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
 */
export function replyTo(request: Request, answer: Answer, context: Context): Response {
  const text = answer.body === undefined ? null : JSON.stringify(answer.body);
  const headers: Record<string, string> = {
    date: new Date(context.now).toUTCString(),
    'x-github-request-id': `5EED:${context.index.toString(16).toUpperCase().padStart(8, '0')}`,
    'x-github-media-type': 'github.v3; format=json',
    ...limitHeaders(context),
    ...answer.headers,
  };
  if (text !== null) headers['content-type'] = 'application/json; charset=utf-8';
  if (request.method === 'GET' && answer.status === 200 && text !== null) {
    const etag = `W/"${createHash('sha256')
      .update(`${request.headers.get('authorization')}\0${text}`)
      .digest('hex')}"`;
    headers.etag = etag;
    if (request.headers.get('if-none-match') === etag) {
      if (context.actor) context.limiter.giveBack(context.actor.user.login, context.now);
      const { 'content-type': _type, ...rest } = { ...headers, ...limitHeaders(context) };
      return new Response(null, { status: 304, headers: rest });
    }
  }
  return new Response(text, { status: answer.status, headers });
}
