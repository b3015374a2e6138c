import { Octokit } from 'octokit';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Pace } from './forge-pace.ts';
import { HostedFailure } from './hosted-api.ts';

export interface OctokitPlace {
  readonly owner: string;
  readonly repo: string;
  /** Of the API, such as `https://api.github.com` or `https://git.example.org/api/v1`; no slash at the end. */
  readonly baseUrl: string;
}

export interface OctokitDeps {
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  readonly pace: Pace;
  /** The token to send now; asked again after a 401, for tokens expire in the middle of runs. */
  readonly token: (last?: string) => Promise<string>;
  readonly fetch?: typeof fetch;
  /** Milliseconds that the first repetition of a read waits, then four and nine times as long. */
  readonly retryMs?: number;
  /** Whether the throttling plugin keeps writes a second apart; off where time is not real. */
  readonly spacing?: boolean;
}

/** Octokit with our settings, without an account. */
export const connect = ({ baseUrl }: OctokitPlace, deps: Omit<OctokitDeps, 'token'>): typeof Octokit => {
  const never = (): boolean => false;
  return Octokit.defaults({
    baseUrl,
    userAgent: 'patchwarden',
    log: { debug: () => undefined, info: () => undefined, warn: deps.log.warn, error: deps.log.warn },
    request: deps.fetch ? { fetch: deps.fetch } : {},
    retry: { retryAfterBaseValue: deps.retryMs ?? 1000, doNotRetry: FINAL },
    throttle: { enabled: deps.spacing ?? true, onRateLimit: never, onSecondaryRateLimit: never },
  });
};

const FINAL = [400, 401, 403, 404, 409, 410, 422, 429, 451];

/** Sends the token of the moment; once more with another one when it is refused. */
export function authenticate(octokit: Octokit, token: OctokitDeps['token']): Octokit {
  octokit.hook.wrap('request', async (request, options) => {
    // Hooks share one object of options; a copy of it would not reach the request.
    const send = (now: string) => {
      options.headers.authorization = `token ${now}`;
      return request(options);
    };
    const first = await token();
    try {
      return await send(first);
    } catch (error) {
      const { status } = error as { status?: number };
      // The plugin for pages takes it for an empty page, and what is listed would then not be all there is.
      if (status === 409 && options.method === 'GET')
        throw new HostedFailure('unknown', 'the forge answered 409 to a question', { cause: error });
      if (status !== 401) throw error;
      const next = await token(first);
      if (next === first) throw error;
      return await send(next);
    }
  });
  return octokit;
}
