import { describe, expect, it } from 'vitest';
import { type PinsFacts, pinsBody, pinsTitle } from '../../src/review/pins-text.ts';
import { digest } from '../support/builders/evidence.ts';

const move = { from: 'missing', to: 'waiting', findings: 7, assets: 3, overdue: 2, overdueAfter: 1 };
const facts = (over: Partial<PinsFacts> = {}): PinsFacts => ({
  pins: [{ pin: 'intel', before: digest('1'), after: digest('2'), since: '2024-10-20T00:00:00Z' }],
  matrix: [move, { ...move, to: null }, { ...move, to: 'missing', findings: 1 }],
  worst: [],
  contentDigest: digest('c'),
  ...over,
});

describe('the text of a pins proposal', () => {
  it.each<[string, Partial<PinsFacts>, string]>([
    ['what moves', {}, 'Pin current intelligence: 15 findings judged less strictly'],
    [
      'one',
      { matrix: [{ ...move, findings: 1 }] },
      'Pin current intelligence: 1 finding judged less strictly',
    ],
    [
      'nothing',
      {
        matrix: [],
        pins: [...facts().pins, { pin: 'labels', before: null, after: digest('3'), since: null }],
      },
      'Pin current intelligence, labels: no decision moves',
    ],
  ])('titles %s', (_, over, title) => {
    expect(pinsTitle(facts(over))).toBe(title);
  });

  it('has the matrix: to another status, gone, and later', () => {
    const body = pinsBody(facts());
    expect(body).toContain('| missing | waiting | 7 | 3 | 2 | 1 |');
    expect(body).toContain('| missing | gone | 7 | 3 | 2 | 1 |');
    expect(body).toContain('| missing | missing, due later | 1 | 3 | 2 | 1 |');
    expect(body).toContain(
      `| intelligence | \`${digest('1')}\` | 2024-10-20T00:00:00Z | \`${digest('2')}\` |`,
    );
  });

  it.each<[string, Partial<PinsFacts>, string]>([
    [
      'the first one',
      { matrix: [], pins: [{ pin: 'intel', before: null, after: digest('2'), since: null }] },
      'Nothing is pinned yet',
    ],
    ['one of stricter facts', { matrix: [] }, 'makes nothing looser'],
    ['one of looser facts', {}, 'Newer facts make these decisions looser'],
  ])('introduces %s', (_, over, words) => {
    expect(pinsBody(facts(over))).toContain(words);
  });

  it('escapes what feeds wrote, and counts what it does not show', () => {
    const body = pinsBody(
      facts({
        worst: [
          {
            ...{ advisory: 'X|<b>', name: 'a`b', stream: 'debian:12:amd64', kev: true },
            severity: 'high',
            ...{ from: 'missing', due: '2024-10-01', to: null, nextDue: null, assets: 3 },
          },
        ],
      }),
    );
    expect(body).toContain('| `X¦<b>` **KEV** | ``a`b`` | `debian:12:amd64` |');
    expect(body).toContain('missing, 2024-10-01 | gone | 3 |');
    expect(body).toContain('… and 12 further findings: ');
  });
});
