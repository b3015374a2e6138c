import { describe, expect, it } from 'vitest';
import { otherThanSeen, type SeenPull } from '../../src/domain/seen-pulls.ts';

const pulls = (...all: readonly string[]): readonly SeenPull[] =>
  all.map((one) => {
    const [number = '', state = ''] = one.split(' ');
    return { number: Number(number), state };
  });

describe('otherThanSeen', () => {
  it.each<[string, readonly SeenPull[] | undefined, readonly SeenPull[], number | undefined]>([
    ['nothing then, nothing now', [], [], undefined],
    ['the same in another order', pulls('1 closed', '2 merged'), pulls('2 merged', '1 closed'), undefined],
    ['one is open again', pulls('1 closed'), pulls('1 open'), 1],
    ['one was opened and closed meanwhile', pulls('1 closed'), pulls('1 closed', '3 closed'), 3],
    ['one was merged meanwhile', pulls('1 closed'), pulls('1 merged'), 1],
    ['one is gone from an older answer', pulls('1 closed', '2 closed'), pulls('1 closed'), 2],
    ['nobody says what was seen', undefined, pulls('1 closed'), undefined],
    ['nobody says what was seen, and one is open', undefined, pulls('1 closed', '4 open'), 4],
  ])('%s', (_, seen, now, number) => expect(otherThanSeen(seen, now)).toBe(number));
});
