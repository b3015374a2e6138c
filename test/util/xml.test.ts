import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeOf, childOf, childrenOf, escapeXml, parseXml, textOf } from '../../src/util/xml.ts';
import { withoutElements, XmlListError, xmlElements } from '../../src/util/xml-elements.ts';

describe('parseXml', () => {
  it('gives elements, attributes and text, never numbers', () => {
    const root = childOf(parseXml('<a v="1.10"><b>2.0</b><b/><c:d x="&lt;"/></a>'), 'a');
    expect(attributeOf(root, 'v')).toBe('1.10');
    expect(childrenOf(root, 'b').map(textOf)).toEqual(['2.0', '']);
    expect(attributeOf(childOf(root, 'c:d'), 'x')).toBe('<');
    expect([attributeOf(root, 'none'), textOf(childOf(root, 'none')), childrenOf(undefined, 'x')]).toEqual([
      '',
      '',
      [],
    ]);
  });
  it.each([
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    '<a><!ENTITY x "y"></a>',
    '<a><b></a>',
    '<a',
    '',
    '<__proto__>x</__proto__>',
    '<a><constructor/></a>',
  ])('refuses %s', (text) => expect(parseXml(text)).toBeUndefined());
  it('gives back every text that was escaped', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '<', '>', '&', '"', "'", 'é', ']', ';') }),
        (text) => {
          const root = childOf(parseXml(`<a v="${escapeXml(text)}">x${escapeXml(text)}x</a>`), 'a');
          expect(attributeOf(root, 'v')).toBe(text.trim());
          expect(textOf(root)).toBe(`x${text}x`);
        },
      ),
    );
  });
});

const split = async (
  text: string,
  sizes: readonly number[],
  maxElement = 1000,
): Promise<readonly string[]> => {
  const bytes = Buffer.from(text);
  async function* pieces() {
    let at = 0;
    for (let i = 0; at < bytes.length; i += 1) {
      const size = sizes[i % sizes.length] ?? 1;
      yield bytes.subarray(at, at + size);
      at += size;
    }
  }
  const found: string[] = [];
  for await (const e of xmlElements(pieces(), { element: 'package', maxElement })) found.push(e);
  return found;
};

describe('xmlElements', () => {
  it('finds the same elements however the bytes are cut', async () => {
    const body = fc.string({ unit: fc.constantFrom('a', ' ', 'é', '<x/>', '<packages>', '&lt;', '\n') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(body, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
        async (bodies, sizes) => {
          const elements = bodies.map((b, i) => `<package${i % 2 ? ' type="rpm"' : ''}>${b}</package>`);
          const text = `<?xml version="1.0"?><metadata packages="3">${elements.join('\n <packagegroup/> ')}</metadata>`;
          expect(await split(text, sizes)).toEqual(elements);
        },
      ),
      { numRuns: 200 },
    );
  });
  it.each([
    ['longer', `<package>${'x'.repeat(2000)}</package>`],
    ['longer', `<package>${'x'.repeat(2000)}`],
    ['not closed', '<package>x'],
    ['document type', '<!DOCTYPE x [<!ENTITY a "b">]><m><package>x</package></m>'],
    ['document type', '<m><!ENTITY a "b"></m>'],
  ])('refuses what is %s', async (why, text) => {
    await expect(split(text, [7])).rejects.toThrow(XmlListError);
    await expect(split(text, [4096])).rejects.toThrow(why);
  });
  it('refuses what is no UTF-8', async () => {
    const bytes = Buffer.from([0x3c, 0xff, 0xfe]);
    const all = async () => {
      for await (const e of xmlElements([bytes] as never, { element: 'p', maxElement: 9 }))
        expect(e).toBe('');
    };
    await expect(all()).rejects.toThrow('UTF-8');
  });
});

describe('withoutElements', () => {
  it('takes out the named ones and the space between', () =>
    expect(
      withoutElements('<a>\n <url/>\n <b>keep &lt;</b> <url x="1">u</url>\n <urls>k</urls></a>', [
        'url',
        'rpm:x',
      ]),
    ).toBe('<a><b>keep &lt;</b><urls>k</urls></a>'));
});
