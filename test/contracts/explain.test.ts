import { describe, expect, it } from 'vitest';
import { explainErrors } from '../../src/contracts/explain.ts';
import { SCHEMAS } from '../../src/contracts/generated/schemas.ts';
import type { SchemaKind } from '../../src/contracts/kinds.ts';
import { parseJsonDocument } from '../../src/contracts/load-json.ts';
import { PATTERN_WORDS } from '../../src/contracts/pattern-words.ts';
import { validateKind } from '../../src/contracts/validate.ts';
import { example, problemsOf } from './documents.ts';

function explain(kind: SchemaKind, value: unknown): readonly string[] {
  const parsed = parseJsonDocument(JSON.stringify(value), { file: 'f.json' });
  if (!parsed.ok) throw new Error('must parse');
  return explainErrors(parsed.value, kind, validateKind(kind, value)).map((p) => p.message);
}

const baseline = (change: Record<string, unknown>) =>
  explain('baseline', { ...example('baseline'), ...change });

describe('explainErrors', () => {
  it.each<readonly [string, Record<string, unknown>, readonly string[]]>([
    ['a type', { priority: null }, ['"priority" must be a whole number, but is null']],
    ['a list instead of an object', { select: [] }, ['"select" must be an object {…}, but is a list […]']],
    ['a wrong list item', { rings: [7] }, ['"rings[0]" must be an object {…}, but is 7']],
    ['a maximum', { priority: 1e7 }, ['"priority" must be at most 1000000, but is 10000000']],
    [
      'a text too long',
      { description: 'x'.repeat(2001) },
      ['"description" must have at most 2000 characters, but has 2001'],
    ],
    [
      'an unknown key without a near one',
      { zzzzzzzz: 1 },
      [
        expect.stringContaining(
          '"zzzzzzzz" is no key of a Baseline; it can have $schema, apiVersion',
        ) as unknown as string,
      ],
    ],
    ['a const', { kind: 'Baselin' }, ['"kind" must be "Baseline", but is "Baselin"']],
    [
      'neither branch of a oneOf',
      { deadlines: [{ id: 'x', kind: 'kev', clock: 'kevAdded', days: true }] },
      ['"deadlines[0].days" must be a whole number, but is true'],
    ],
    [
      'the branch that was meant',
      { deadlines: [{ id: 'x', kind: 'kev', clock: 'kevAdded', days: 9999 }] },
      ['"deadlines[0].days" must be at most 3650, but is 9999'],
    ],
    [
      'a text with hidden characters',
      { mode: 'a\u202eb\u001b[31m' },
      ['"mode" must be one of observe, propose, apply, but is "a\\u{202e}b\\u{1b}[31m"'],
    ],
    [
      'a long text',
      { mode: 'm'.repeat(500) },
      [`"mode" must be one of observe, propose, apply, but is "${'m'.repeat(60)}…"`],
    ],
  ])('%s', (_name, change, messages) => {
    expect(baseline(change)).toEqual(messages);
  });

  it('names the entry whose type was meant, in a union of entries', () => {
    const approval = {
      apiVersion: 'patchwarden/v1',
      type: 'approval',
      time: '2024-10-24T00:00:00Z',
      pull: 0,
    };
    const messages = explain('evidence-entry', approval);
    expect(messages).toContain('"pull" must be at least 1, but is 0');
    expect(messages.filter((m) => m.includes('needs the key'))).toHaveLength(4);
    expect(messages.some((m) => m.includes('"merge"') || m.includes('oneOf'))).toBe(false);
    expect(explain('evidence-entry', { ...approval, type: 'aproval' })).toEqual([
      expect.stringContaining('must be an object with "type": "proposal" or "type": "approval" or'),
    ]);
  });

  it('shows at most a hundred, and says that there are more', () => {
    const problems = problemsOf(JSON.stringify({ ...example('baseline'), approve: Array(1000).fill(1) }));
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toMatch(/there are about 900 more problems in this file/);
  });

  it('stops at the first problem of a very large file, quickly', () => {
    const text = JSON.stringify({ ...example('baseline'), approve: Array(200_000).fill(1) });
    const started = performance.now();
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/"approve\[0\]" must be an object .* so more may follow$/),
    ]);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('has words for every pattern of the schemas', () => {
    const found = new Set<string>();
    const walk = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key === 'pattern' && typeof value === 'string') found.add(value);
        else walk(value);
      }
    };
    walk(SCHEMAS);
    expect([...found].filter((pattern) => !Object.hasOwn(PATTERN_WORDS, pattern))).toEqual([]);
  });
});
