import { describe, expect, it } from 'vitest';
import type { Pins } from '../../src/contracts/generated/pins.ts';
import { type BehindPin, wantedPins } from '../../src/reconcile/pins.ts';
import { digest } from '../support/builders/evidence.ts';

const NOW = '2024-10-24T12:00:00Z';
const EMPTY: Pins = { apiVersion: 'patchwarden/v1', kind: 'Pins', id: 'pins' };
const OLD = { intel: digest('1'), firstSeen: digest('2'), labels: digest('3') };
const NEW = { intel: digest('a'), firstSeen: digest('b'), labels: digest('c') };
const behind = (pin: BehindPin['pin'], differs: boolean, since = '2024-10-23T12:00:00Z'): BehindPin => ({
  ...{ pin, since, differs },
});

const want = (over: Partial<Parameters<typeof wantedPins>[0]>) => {
  const document = { ...EMPTY, ...OLD };
  const wanted = wantedPins({ document, current: NEW, behind: [], kept: 0, now: NOW, ...over });
  return wanted && [wanted.intel, wanted.firstSeen, wanted.labels];
};

describe('wantedPins', () => {
  it('pins what is not pinned yet', () => {
    expect(want({ document: EMPTY })).toEqual(Object.values(NEW));
    expect(want({ document: { ...EMPTY, ...OLD, labels: undefined } as never })).toEqual([
      OLD.intel,
      OLD.firstSeen,
      NEW.labels,
    ]);
  });

  it('cannot pin what no scan has written', () => {
    expect(
      want({
        document: { ...EMPTY, intel: OLD.intel, firstSeen: OLD.firstSeen },
        current: { ...NEW, labels: null },
      }),
    ).toBeNull();
  });

  it.each<[string, readonly BehindPin[], number, readonly string[] | null]>([
    ['nothing behind', [], 0, null],
    ['newer intelligence that keeps nothing strict', [behind('intel', true)], 0, null],
    ['newer intelligence that does', [behind('intel', true)], 1, [NEW.intel, OLD.firstSeen, OLD.labels]],
    [
      'a first sight that contradicts nothing beside it',
      [behind('intel', true), behind('firstSeen', false)],
      1,
      [NEW.intel, OLD.firstSeen, OLD.labels],
    ],
    [
      'labels and intelligence',
      [behind('intel', true), behind('labels', true)],
      2,
      [NEW.intel, OLD.firstSeen, NEW.labels],
    ],
    ['two weeks less a second', [behind('labels', false, '2024-10-10T12:00:01Z')], 0, null],
    [
      'two weeks',
      [behind('labels', false, '2024-10-10T12:00:00Z')],
      0,
      [OLD.intel, OLD.firstSeen, NEW.labels],
    ],
  ])('%s', (_, late, kept, wanted) => {
    expect(want({ behind: late, kept })).toEqual(wanted);
  });

  it('keeps what else the document has', () => {
    const document = { $schema: 'https://example.org/pins', ...EMPTY };
    expect(wantedPins({ document, current: NEW, behind: [], kept: 0, now: NOW })).toEqual({
      ...document,
      ...NEW,
    });
  });
});
