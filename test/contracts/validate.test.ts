import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { bundledSchema } from '../../src/contracts/bundle.ts';
import { SCHEMAS } from '../../src/contracts/generated/schemas.ts';
import { DOCUMENT_KINDS, SCHEMA_KINDS } from '../../src/contracts/kinds.ts';
import { parseJsonDocument } from '../../src/contracts/load-json.ts';
import { kindByName, resolve, schemaOf } from '../../src/contracts/schemas.ts';
import { validateDocument, validateKind } from '../../src/contracts/validate.ts';
import { example, exampleBytes, exampleNames } from './documents.ts';

describe('validateKind', () => {
  it.each(SCHEMA_KINDS)('compiles the schema of %s in strict mode and refuses a number', (kind) => {
    expect(validateKind(kind, 1).length).toBeGreaterThan(0);
  });

  it('knows every schema there is', () => {
    expect([...SCHEMA_KINDS, 'common'].sort()).toEqual(Object.keys(SCHEMAS).sort());
  });
});

describe('validateDocument', () => {
  const check = (value: unknown, expected?: 'Hold') => {
    const parsed = parseJsonDocument(JSON.stringify(value), { file: 'f.json' });
    if (!parsed.ok) throw new Error('must parse');
    const r = validateDocument(parsed.value, expected);
    return r.ok ? r.value.kind : r.error.map((p) => p.message);
  };

  it('chooses the schema by kind', () => {
    for (const name of exampleNames('valid'))
      expect(check(JSON.parse(exampleBytes('valid', name).toString()))).toMatch(/^[A-Z]/);
  });

  it('uses the kind of the folder when the document names none, so that all problems show at once', () => {
    const { kind, owner, ...hold } = example('hold');
    expect([kind, owner]).toEqual(['Hold', 'team:platform']);
    expect(check(hold, 'Hold')).toEqual([
      expect.stringMatching(/^a Hold needs the key "kind"/),
      expect.stringMatching(/^a Hold needs the key "owner"/),
    ]);
    expect(check({ ...hold, kind: 'constructor' })).toEqual([
      expect.stringMatching(/"constructor", which does not exist/),
    ]);
  });

  it.each([[null], [[]], ['x'], [1]])('%j is no document', (value) => {
    expect(check(value)).toEqual(['a document must be a JSON object with "apiVersion" and "kind"']);
  });
});

describe('bundledSchema', () => {
  it.each(SCHEMA_KINDS)('%s stands alone', (kind) => {
    const schema = bundledSchema(kind);
    expect(JSON.stringify(schema)).not.toContain('.schema.json#');
    const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true });
    addFormats.default(ajv);
    expect(ajv.compile(schema)(1)).toBe(false);
  });

  it('accepts and refuses what the schema it comes from does', () => {
    const compiled = new Map(
      Object.values(DOCUMENT_KINDS).map((kind) => {
        const ajv = new Ajv({ strict: false });
        addFormats.default(ajv);
        return [kind, ajv.compile(bundledSchema(kind))] as const;
      }),
    );
    for (const folder of ['valid', 'invalid'] as const) {
      for (const name of exampleNames(folder)) {
        const parsed = parseJsonDocument(exampleBytes(folder, name), { file: name });
        const kind = Object.values(DOCUMENT_KINDS).find((k) => name.startsWith(k));
        if (!parsed.ok || !kind) continue;
        const verdict = compiled.get(kind)?.(parsed.value.value);
        expect([name, verdict]).toEqual([name, validateKind(kind, parsed.value.value).length === 0]);
      }
    }
  });
});

describe('schemas', () => {
  it('are found by both of their names', () => {
    expect(kindByName('patch-lock')).toBe('patch-lock');
    expect(kindByName('PatchLock')).toBe('patch-lock');
    expect(kindByName('toString')).toBeUndefined();
  });

  it('a reference to nowhere is our bug', () => {
    expect(() => resolve({ schema: { $ref: '#/definitions/nothing' }, root: schemaOf('hold') })).toThrow(
      /nowhere/,
    );
  });
});
