import fc from 'fast-check';
import type { SchemaKind } from '../../src/contracts/kinds.ts';
import { isSchema, resolve, type Scoped, schemaOf, subschemas } from '../../src/contracts/schemas.ts';

/** Values that a schema describes. Conditions between keys (`if`) are left to a filter. */
export const documentArbitrary = (kind: SchemaKind): fc.Arbitrary<unknown> =>
  of({ schema: schemaOf(kind), root: schemaOf(kind) });

function of(scoped: Scoped): fc.Arbitrary<unknown> {
  const target = resolve(scoped);
  const s = target.schema;
  const number = (keyword: string, otherwise: number) => Number(s[keyword] ?? otherwise);
  if ('const' in s) return fc.constant(s.const);
  if (Array.isArray(s.enum)) return fc.constantFrom(...(s.enum as unknown[]));
  if (s.oneOf) return fc.oneof(...subschemas(target, 'oneOf').map(([, b]) => of(b)));
  switch (s.type) {
    case 'string':
      return stringOf(s);
    case 'integer':
      return fc.integer({ min: number('minimum', 0), max: number('maximum', 1000) });
    case 'number':
      return fc.double({ min: number('minimum', 0), max: number('maximum', 1), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const items = isSchema(s.items) ? { schema: s.items, root: target.root } : target;
      return fc.array(of(items), { minLength: number('minItems', 0), maxLength: number('minItems', 0) + 2 });
    }
    case 'object':
      return objectOf(target);
    default:
      throw new Error(`no values for ${JSON.stringify(s).slice(0, 80)}`);
  }
}

function stringOf(s: Scoped['schema']): fc.Arbitrary<string> {
  if (s.format === 'date')
    return fc
      .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((d) => d.toISOString().slice(0, 10));
  if (typeof s.pattern === 'string') return fc.stringMatching(new RegExp(s.pattern));
  return fc.string({ unit: 'grapheme', minLength: Number(s.minLength ?? 0), maxLength: 20 });
}

function objectOf(target: Scoped): fc.Arbitrary<unknown> {
  const s = target.schema;
  const properties = subschemas(target, 'properties');
  const required = (s.required ?? []) as readonly string[];
  const model = Object.fromEntries(properties.map(([name, p]) => [name, of(p)]));
  const rest = s.additionalProperties;
  if (isSchema(rest)) {
    const names = isSchema(s.propertyNames)
      ? of({ schema: { type: 'string', ...s.propertyNames }, root: target.root })
      : fc.oneof(
          fc.string({ unit: 'grapheme', minLength: 1 }),
          fc.nat(20).map(String),
          fc.constantFrom('é', '\u{10000}', '\uffff'),
        );
    return fc
      .dictionary(
        names.map(String).filter((n) => !['__proto__', 'constructor', 'prototype'].includes(n)),
        of({ schema: rest, root: target.root }),
        { maxKeys: 4 },
      )
      .map((d) => ({ ...d }));
  }
  const min = Number(s.minProperties ?? 0);
  const max = Number(s.maxProperties ?? Number.POSITIVE_INFINITY);
  return fc
    .record(model, { requiredKeys: required.filter((r) => r in model) })
    .filter((o) => Object.keys(o).length >= min && Object.keys(o).length <= max);
}
