import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Selector } from '../../src/contracts/generated/baseline.ts';
import { parseSelector, selectorText } from '../../src/contracts/selector-text.ts';
import { selector } from '../support/arbitrary-selector.ts';

describe('a selector as a person types it', () => {
  it.each([
    [['env=prod'], { all: [{ label: 'env', in: ['prod'] }] }],
    [
      ['env=prod,test', 'exposure!=internet'],
      {
        all: [
          { label: 'env', in: ['prod', 'test'] },
          { label: 'exposure', notIn: ['internet'] },
        ],
      },
    ],
    [['role^=web-'], { all: [{ label: 'role', prefix: 'web-' }] }],
    [
      ['unit', '!zone'],
      {
        all: [
          { label: 'unit', exists: true },
          { label: 'zone', exists: false },
        ],
      },
    ],
    [['env=a=b'], { all: [{ label: 'env', in: ['a=b'] }] }],
    [[' {"any": [{"label": "env", "in": ["prod"]}]}'], { any: [{ label: 'env', in: ['prod'] }] }],
  ])('%j is read', (texts, expected) => {
    expect(parseSelector(texts)).toEqual(expected);
  });

  it.each([
    [['env='], /--select "env=" is no selector: write label=value/],
    [['Env=prod'], /is no selector/],
    [['env=prod', '{"all": []}'], /is no selector/],
    [['{"al": []}'], /must NOT have additional properties/],
    [['{"all": [], "all": []}'], /is no selector/],
    [['{"all": [{"label": "env", "in": ["a"], "prefix": "b"}]}'], /is no selector: \/all\/0/],
    [['{'], /is no selector/],
    [[''], /is no selector/],
  ])('%j is refused', (texts, words) => {
    expect(() => parseSelector(texts)).toThrow(words);
  });

  it('in JSON is any selector of a document', () => {
    const same = (s: Selector): void => {
      expect(parseSelector([JSON.stringify(s)])).toEqual(s);
    };
    fc.assert(fc.property(selector, same));
  });

  it('is shown in the same words', () => {
    expect(selectorText({})).toBe('everything');
    expect(
      selectorText({
        all: [
          { label: 'env', in: ['prod', 'test'] },
          { label: 'unit', exists: true },
        ],
        any: [
          { label: 'role', prefix: 'web' },
          { label: 'zone', notIn: ['a'] },
        ],
        none: [{ label: 'old', exists: false }],
      }),
    ).toBe('env=prod,test and unit and one of (role^=web, zone!=a) and none of (!old)');
  });
});
