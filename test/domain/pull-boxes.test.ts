import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { box, checkedBoxes, keepChecked, openRequest } from '../../src/domain/pull-boxes.ts';

const OPEN = openRequest('remediate', 'web/canary');
const check = (text: string, mark = 'x') => text.replaceAll('- [ ]', `- [${mark}]`);

describe('boxes', () => {
  it.each([OPEN, openRequest('housekeeping', 'team:web'), openRequest('pins', 'all'), 'rebase'] as const)(
    'reads %s back, only once it is checked, whatever ends the lines',
    (request) => {
      const line = `Before\n${box(request, 'do it')}\nAfter`;
      expect(checkedBoxes(line)).toEqual(new Set());
      for (const text of [check(line), check(line, 'X'), check(line).replaceAll('\n', '\r\n')])
        expect(checkedBoxes(text)).toEqual(new Set([request]));
    },
  );

  it.each([
    ['in a sentence', `see - [x] <!-- patchwarden:box ${OPEN} -->`],
    ['indented', `  - [x] <!-- patchwarden:box ${OPEN} -->`],
    ['without our mark', '- [x] open remediate web/canary now'],
    ['with words of its own', '- [x] <!-- patchwarden:box merge 7 -->'],
    ['with more than a scope', `- [x] <!-- patchwarden:box ${OPEN} and more -->`],
    ['that starts with a slash', '- [x] <!-- patchwarden:box open remediate /etc -->'],
    ['in code', `- \`- [x] <!-- patchwarden:box ${OPEN} -->\``],
  ])('one %s is none', (_case, text) => {
    expect(checkedBoxes(text)).toEqual(new Set());
  });

  it('a new text keeps what was checked meanwhile, and nothing else of the old one', () => {
    const scope = fc.constantFrom('a', 'b', 'c/d');
    fc.assert(
      fc.property(
        fc.uniqueArray(scope),
        fc.uniqueArray(scope),
        fc.uniqueArray(scope),
        (old, ticked, next) => {
          const line = (s: string) => box(openRequest('remediate', s), 'open now');
          const before = old.map((s) => (ticked.includes(s) ? check(line(s)) : line(s))).join('\n');
          const text = keepChecked(next.map(line).join('\n'), before);
          const kept = next.filter((s) => old.includes(s) && ticked.includes(s));
          expect(checkedBoxes(text)).toEqual(new Set(kept.map((s) => openRequest('remediate', s))));
          expect(text.replaceAll('- [x]', '- [ ]')).toBe(next.map(line).join('\n'));
        },
      ),
    );
  });
});
