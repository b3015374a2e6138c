import { describe, expect, it } from 'vitest';
import { HostedFailure } from '../../src/adapters/hosted-api.ts';
import { failureOf } from '../../src/adapters/hosted-failure.ts';

const NOW = '2026-03-01T12:00:00Z';
const answered = (status: number, message: string, headers: Record<string, string> = {}) =>
  Object.assign(new Error(message), { status, response: { headers } });

describe('failureOf', () => {
  it.each<[string, unknown, string, string | undefined]>([
    ['no such thing', answered(404, 'Not Found'), 'missing', undefined],
    ['gone', answered(410, 'Gone'), 'missing', undefined],
    [
      'GitHub has it already',
      answered(422, 'Validation Failed: A pull request already exists for acme:x.'),
      'exists',
      undefined,
    ],
    [
      'Gitea has it already',
      answered(409, 'pull request already exists for these targets'),
      'exists',
      undefined,
    ],
    ['an invalid head', answered(422, 'Validation Failed: head invalid'), 'refused', undefined],
    ['no permission', answered(403, 'Resource not accessible by integration'), 'refused', undefined],
    ['a token that expired', answered(401, 'Bad credentials'), 'refused', undefined],
    ['502', answered(502, 'Bad Gateway'), 'unknown', undefined],
    ['a request that octokit could not send', answered(500, 'fetch failed'), 'unknown', undefined],
    ['no answer at all', new TypeError('terminated'), 'unknown', undefined],
    ['something thrown that is no error', 'x', 'unknown', undefined],
    [
      'the primary limit, and a second for what clocks drop',
      answered(403, 'API rate limit exceeded', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Date.parse('2026-03-01T12:30:00Z') / 1000),
      }),
      'limited',
      '2026-03-01T12:30:01Z',
    ],
    [
      'the primary limit by the clock of the forge, where ours is off',
      answered(403, 'API rate limit exceeded', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Date.parse('2026-03-01T11:30:00Z') / 1000),
        date: 'Sun, 01 Mar 2026 11:00:00 GMT',
      }),
      'limited',
      '2026-03-01T12:30:01Z',
    ],
    [
      'a primary limit whose reset has passed',
      answered(429, 'x', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Date.parse('2026-03-01T11:00:00Z') / 1000),
      }),
      'limited',
      '2026-03-01T12:00:02Z',
    ],
    [
      'a secondary limit with its time, while the primary has plenty',
      answered(403, 'You have exceeded a secondary rate limit', {
        'retry-after': '90',
        'x-ratelimit-remaining': '4114',
      }),
      'limited',
      '2026-03-01T12:01:31Z',
    ],
    [
      'a secondary limit without one: a minute',
      answered(403, 'You have exceeded a secondary rate limit', { 'x-ratelimit-remaining': '4114' }),
      'limited',
      '2026-03-01T12:01:01Z',
    ],
    ['429 without anything: a minute', answered(429, 'Too Many Requests'), 'limited', '2026-03-01T12:01:01Z'],
    [
      'a time to wait that is no number',
      answered(429, 'x', { 'retry-after': 'soon' }),
      'limited',
      '2026-03-01T12:01:01Z',
    ],
  ])('%s', (_case, error, kind, retryAt) => {
    expect(failureOf(error, NOW)).toMatchObject({ kind, retryAt });
  });

  it('keeps its own', () => {
    const own = new HostedFailure('exists', 'x');
    expect(failureOf(own, NOW)).toBe(own);
  });

  it('a long answer is cut, and stays on one line', () => {
    const { message } = failureOf(answered(403, `no\n${'x'.repeat(5000)}`), NOW);
    expect(message.length).toBeLessThan(400);
    expect(message).not.toContain('\n');
  });
});
