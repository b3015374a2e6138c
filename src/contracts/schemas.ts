import { PatchwardenError } from '../domain/errors.ts';
import { type JsonSchema, SCHEMAS } from './generated/schemas.ts';
import { DOCUMENT_KINDS, SCHEMA_KINDS, type SchemaKind } from './kinds.ts';

export type { JsonSchema };

export const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function schemaOf(kind: SchemaKind | 'common'): JsonSchema {
  const schema = SCHEMAS[kind];
  if (!schema) throw new PatchwardenError('bug', `no schema of kind ${kind} was generated`);
  return schema;
}

/** A schema by the name a person gives: `patch-lock` or `PatchLock`. */
export function kindByName(name: string): SchemaKind | undefined {
  return (
    SCHEMA_KINDS.find((k) => k === name) ?? Object.entries(DOCUMENT_KINDS).find(([k]) => k === name)?.[1]
  );
}

/** A schema and the root that its local references start from. */
export interface Scoped {
  readonly schema: JsonSchema;
  readonly root: JsonSchema;
}

/**
 * Follows `$ref` until there is none; beside it draft-07 ignores everything. A local reference that the root does not
 * know comes from the shared definitions (an ajv error does not tell which file its schema stands in).
 */
export function resolve({ schema, root }: Scoped): Scoped {
  const ref = schema.$ref;
  if (typeof ref !== 'string') return { schema, root };
  const [file = '', pointer = ''] = ref.split('#');
  const bases = file === '' ? [root, SCHEMAS.common] : [SCHEMAS[file.replace(/\.schema\.json$/, '')]];
  for (const base of bases) {
    const target = base && pointer.split('/').slice(1).reduce<unknown>(child, base);
    if (base && isSchema(target)) return resolve({ schema: target, root: base });
  }
  throw new PatchwardenError('bug', `a schema refers to ${ref}, which is nowhere`);
}

const child = (node: unknown, key: string): unknown => (isSchema(node) ? node[key] : undefined);

/** The schemas that a keyword such as `properties` or `oneOf` holds, by name or index. */
export function subschemas(scoped: Scoped, keyword: string): readonly (readonly [string, Scoped])[] {
  const held = scoped.schema[keyword];
  if (typeof held !== 'object' || held === null) return [];
  return Object.entries(held).flatMap(([name, schema]) =>
    isSchema(schema) ? [[name, { schema, root: scoped.root }] as const] : [],
  );
}
