import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDeb822 } from '../../src/util/deb822.ts';

const read = (text: string) =>
  parseDeb822(text).stanzas.map((s) => ({ line: s.line, ...Object.fromEntries(s.fields) }));

describe('control paragraphs', () => {
  it('have fields, folded lines and comments', () => {
    const text = 'Package: a\n# not a field\nDescription: short\n long\n .\n more\n\n\n  \nPACKAGE:b\n';
    expect(read(text)).toEqual([
      { line: 1, package: 'a', description: 'short\nlong\n.\nmore' },
      { line: 10, package: 'b' },
    ]);
  });

  it('end lines with CRLF too, and the last one with nothing', () => {
    expect(read('A: 1\r\n x\r\n\r\nA: 2')).toEqual([
      { line: 1, a: '1\nx' },
      { line: 4, a: '2' },
    ]);
  });

  it('report damage with its line and keep the rest', () => {
    const { stanzas, problems } = parseDeb822(' stray\nA: 1\nno field here\n lost\nA: 2\nB: 3\n');
    expect(stanzas.map((s) => Object.fromEntries(s.fields))).toEqual([{ a: '1', b: '3' }]);
    expect(problems).toEqual([
      { line: 1, message: 'a continuation line without a field before it' },
      { line: 3, message: '"no field here" is no field' },
      { line: 5, message: 'the field A is given twice' },
    ]);
  });

  it('keep only the fields that are asked for, with their continuation', () => {
    const { stanzas } = parseDeb822('A: 1\nB: 2\n b\nC: 3\n c\n', { only: new Set(['c']) });
    expect(stanzas.map((s) => Object.fromEntries(s.fields))).toEqual([{ c: '3\nc' }]);
  });

  it('bound the length of a line and the number of problems', () => {
    expect(parseDeb822(`A: ${'x'.repeat(50)}\nB: 1\n`, { maxLine: 20 })).toMatchObject({
      problems: [{ line: 1 }],
      stanzas: [{ line: 2 }],
    });
    expect(parseDeb822('junk\n'.repeat(1000), { maxProblems: 3 }).problems).toHaveLength(3);
  });

  it('come back as they were written', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/);
    const value = fc.stringMatching(/^[!-~]([ -~]{0,12}[!-~])?$/);
    const stanza = fc
      .uniqueArray(fc.tuple(name, value), { selector: ([n]) => n.toLowerCase(), minLength: 1, maxLength: 5 })
      .map((fields) => fields.map(([n, v]) => [n.toLowerCase(), v] as const));
    fc.assert(
      fc.property(fc.array(stanza, { maxLength: 4 }), (stanzas) => {
        const text = stanzas.map((fields) => fields.map(([n, v]) => `${n}: ${v}\n`).join('')).join('\n');
        const { stanzas: back, problems } = parseDeb822(text);
        expect(problems).toEqual([]);
        expect(back.map((s) => [...s.fields])).toEqual(stanzas);
      }),
    );
  });

  it('never throw', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ':', ' ', '\t', '\n', '\r', '#', '\0', 'é') }),
        (text) => void parseDeb822(text),
      ),
    );
  });
});
