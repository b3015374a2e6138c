import { compareCodePoints } from '../util/sort.ts';
import type { SchemaKind } from './kinds.ts';
import { isSchema, type JsonSchema, schemaOf } from './schemas.ts';

const SHARED = 'common.schema.json#/definitions/';

/** The schema of a kind with every shared definition copied into it: it stands alone, for editors and other tools. */
export function bundledSchema(kind: SchemaKind): JsonSchema {
  const schema = schemaOf(kind);
  const shared = definitionsOf(schemaOf('common'));
  const own = definitionsOf(schema);
  const needed = new Set<string>();
  collect(schema, SHARED, shared, needed);
  // A name that both have is told apart; nothing of ours starts with "common-".
  const nameOf = (name: string) => (name in own ? `common-${name}` : name);

  const definitions: Record<string, unknown> = { ...rename(own, SHARED, nameOf) };
  for (const name of [...needed].sort(compareCodePoints))
    definitions[nameOf(name)] = rename(shared[name], '#/definitions/', nameOf);
  const rest = Object.fromEntries(Object.entries(schema).filter(([key]) => key !== 'definitions'));
  return { ...rename(rest, SHARED, nameOf), ...(Object.keys(definitions).length > 0 ? { definitions } : {}) };
}

const definitionsOf = (schema: JsonSchema): JsonSchema =>
  isSchema(schema.definitions) ? schema.definitions : {};

/** Names of shared definitions that a schema needs, directly or through others. */
function collect(node: unknown, prefix: string, shared: JsonSchema, needed: Set<string>): void {
  if (Array.isArray(node)) for (const item of node) collect(item, prefix, shared, needed);
  if (!isSchema(node)) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === '$ref' && typeof value === 'string' && value.startsWith(prefix)) {
      const name = value.slice(prefix.length);
      if (needed.has(name)) continue;
      needed.add(name);
      collect(shared[name], '#/definitions/', shared, needed);
    } else collect(value, prefix, shared, needed);
  }
}

function rename<T>(node: T, prefix: string, nameOf: (name: string) => string): T {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isSchema(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, v]) =>
        key === '$ref' && typeof v === 'string' && v.startsWith(prefix)
          ? [key, `#/definitions/${nameOf(v.slice(prefix.length))}`]
          : [key, walk(v)],
      ),
    );
  };
  return walk(node) as T;
}
