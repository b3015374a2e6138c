import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelUses, otherValue } from '../../../src/assess/fleet/labels.ts';

describe('labels that documents look at', () => {
  it('are named with all that selectors tell apart, and whole where a rule reads them', () => {
    const uses = labelUses(
      [
        { all: [{ label: 'env', in: ['prod', 'test'] }], none: [{ label: 'env', notIn: ['prod'] }] },
        {
          any: [
            { label: 'name', prefix: 'web-' },
            { label: 'role', exists: true },
          ],
        },
      ],
      ['exposure', 'role', 'Role', "o'hare"],
    );
    expect(uses).toEqual([
      { label: 'env', whole: false, values: ['prod', 'test'], prefixes: [] },
      { label: 'exposure', whole: true, values: [], prefixes: [] },
      { label: 'name', whole: false, values: [], prefixes: ['web-'] },
      { label: 'role', whole: true, values: [], prefixes: [] },
    ]);
  });

  it('have a value that stands for all others: in no list, with no beginning', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('\u{e000}', '\u{e001}', '\u{e001}x', ''));
    fc.assert(
      fc.property(fc.array(text), fc.array(text), (values, prefixes) => {
        const other = otherValue({ values, prefixes });
        expect(values).not.toContain(other);
        expect(prefixes.filter((p) => p !== '' && other.startsWith(p))).toEqual([]);
      }),
    );
  });
});
