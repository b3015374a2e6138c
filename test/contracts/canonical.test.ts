import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalDocument } from '../../src/contracts/canonical.ts';
import { DOCUMENT_KINDS, type DocumentKind } from '../../src/contracts/kinds.ts';
import { parseJsonDocument } from '../../src/contracts/load-json.ts';
import { validateKind } from '../../src/contracts/validate.ts';
import { documentArbitrary } from '../support/schema-arbitrary.ts';
import { example } from './documents.ts';

const kinds = Object.keys(DOCUMENT_KINDS) as DocumentKind[];

/** The same data with every object's keys in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([k, v]) => [k, reversed(v)]),
  );
}

describe.each(kinds)('canonical %s', (kind) => {
  const arbitrary = documentArbitrary(DOCUMENT_KINDS[kind]).filter(
    (value) => validateKind(DOCUMENT_KINDS[kind], value).length === 0,
  );

  it('keeps the value, is stable, and does not depend on the order of keys', () => {
    fc.assert(
      fc.property(arbitrary, (value) => {
        const text = canonicalDocument(kind, value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalDocument(kind, JSON.parse(text))).toBe(text);
        expect(canonicalDocument(kind, reversed(value))).toBe(text);
        expect(parseJsonDocument(text, { file: 'f' }).ok).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe('canonicalDocument', () => {
  it('writes keys in schema order, keys of maps by code point, two spaces and one newline', () => {
    const lock = example<{ entries: Record<string, object> }>('patch-lock');
    const [key = '', entry = {}] = Object.entries(lock.entries)[0] ?? [];
    const other = key.replace('libssl3', 'zlib1g');
    const text = canonicalDocument('PatchLock', {
      ...lock,
      entries: { [other]: entry, 10: entry, [key]: reversed(entry) },
    });
    const lines = text.split('\n');
    expect(
      lines
        .filter((l) => /^ {4}"/.test(l))
        .slice(0, 3)
        .map((l) => l.trim().split('": ')[0]),
    ).toEqual(['"10', `"${key}`, `"${other}`]);
    expect(lines.filter((l) => l.startsWith('      "version"'))).toHaveLength(3);
    expect(text.endsWith('}\n')).toBe(true);
    expect(lines.slice(1, 4)).toEqual([
      '  "apiVersion": "patchwarden/v1",',
      '  "kind": "PatchLock",',
      '  "id": "prod",',
    ]);
  });

  it('orders the keys inside a branch of oneOf', () => {
    const baseline = example<{ deadlines: object[] }>('baseline');
    const text = canonicalDocument('Baseline', { ...baseline, deadlines: reversed(baseline.deadlines) });
    expect(text.indexOf('"critical": 7')).toBeLessThan(text.indexOf('"high": 30'));
    expect(text.indexOf('"high": 30')).toBeLessThan(text.indexOf('"unknown": 90'));
  });

  it('writes empty lists and objects on one line', () => {
    expect(canonicalDocument('Baseline', { approve: [], select: {} })).toBe(
      '{\n  "select": {},\n  "approve": []\n}\n',
    );
  });
});
