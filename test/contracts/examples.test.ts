import { describe, expect, it } from 'vitest';
import { canonicalDocument } from '../../src/contracts/canonical.ts';
import { DOCUMENT_KINDS } from '../../src/contracts/kinds.ts';
import { documentOf, exampleBytes, exampleNames, problemsOf } from './documents.ts';

const expected = JSON.parse(exampleBytes('invalid', 'expected.json').toString('utf8')) as Record<
  string,
  string[]
>;

describe('schemas/examples/valid', () => {
  it.each(exampleNames('valid'))('%s is accepted and canonical', (name) => {
    const bytes = exampleBytes('valid', name);
    expect(problemsOf(bytes)).toEqual([]);
    const document = documentOf(bytes);
    expect(canonicalDocument(document.kind, document)).toBe(bytes.toString('utf8'));
  });

  it('has one of every kind of document', () => {
    const kinds = new Set(exampleNames('valid').map((n) => documentOf(exampleBytes('valid', n)).kind));
    expect([...kinds].sort()).toEqual(Object.keys(DOCUMENT_KINDS).sort());
  });
});

describe('schemas/examples/invalid', () => {
  it('lists what is wrong with each file', () => {
    expect(Object.keys(expected).sort()).toEqual([...exampleNames('invalid')].sort());
  });

  it.each(Object.entries(expected))('%s is refused at the right place', (name, problems) => {
    expect(problems.length).toBeGreaterThan(0);
    expect(problemsOf(exampleBytes('invalid', name))).toEqual(problems);
  });
});
