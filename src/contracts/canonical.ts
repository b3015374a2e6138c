import { compareCodePoints } from '../util/sort.ts';
import { DOCUMENT_KINDS, type DocumentKind } from './kinds.ts';
import { isSchema, resolve, type Scoped, schemaOf, subschemas } from './schemas.ts';

/**
 * The one way to write a document: two spaces, keys in the order of its schema (keys of maps, which the schema does not
 * name, by code point after them), one newline at the end. The value stays the same; lists keep their order, which means something.
 */
export function canonicalDocument(kind: DocumentKind, value: unknown): string {
  const schema = schemaOf(DOCUMENT_KINDS[kind]);
  return `${write(value, [{ schema, root: schema }], '')}\n`;
}

/** @param scopes every schema that speaks about this value: its own and the branches inside it */
function write(value: unknown, scopes: readonly Scoped[], indent: string): string {
  if (Array.isArray(value)) {
    const inner = scopes.flatMap(itemsOf);
    return block(
      '[',
      ']',
      value.map((item) => write(item, inner, `${indent}  `)),
      indent,
    );
  }
  if (!isSchema(value)) return JSON.stringify(value);
  const all = scopes.flatMap(spread);
  const named = [...new Set(all.flatMap((s) => subschemas(s, 'properties').map(([name]) => name)))];
  const keys = [
    ...named.filter((name) => Object.hasOwn(value, name)),
    ...Object.keys(value)
      .filter((key) => !named.includes(key))
      .sort(compareCodePoints),
  ];
  // Not JSON.stringify of a reordered object: JavaScript always lists keys such as "10" first.
  const members = keys
    .filter((key) => value[key] !== undefined)
    .map((key) => `${JSON.stringify(key)}: ${write(value[key], scopesOf(all, key), `${indent}  `)}`);
  return block('{', '}', members, indent);
}

function block(open: string, close: string, parts: readonly string[], indent: string): string {
  if (parts.length === 0) return `${open}${close}`;
  return `${open}\n${parts.map((p) => `${indent}  ${p}`).join(',\n')}\n${indent}${close}`;
}

/** A schema, and the schemas of its branches, references followed. */
function spread(scoped: Scoped): readonly Scoped[] {
  const target = resolve(scoped);
  const branches = ['allOf', 'anyOf', 'oneOf'].flatMap((k) => subschemas(target, k).map(([, s]) => s));
  return [target, ...branches.flatMap(spread)];
}

const itemsOf = (scoped: Scoped): readonly Scoped[] =>
  spread(scoped).flatMap(({ schema, root }) =>
    isSchema(schema.items) ? [{ schema: schema.items, root }] : [],
  );

function scopesOf(all: readonly Scoped[], key: string): readonly Scoped[] {
  return all.flatMap((scoped) => {
    const named = subschemas(scoped, 'properties').find(([name]) => name === key)?.[1];
    if (named) return [named];
    const rest = scoped.schema.additionalProperties;
    return isSchema(rest) ? [{ schema: rest, root: scoped.root }] : [];
  });
}
