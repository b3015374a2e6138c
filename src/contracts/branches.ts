import type { ErrorObject } from 'ajv';
import type { SchemaKind } from './kinds.ts';
import { isSchema, type JsonSchema, resolve, type Scoped, schemaOf, subschemas } from './schemas.ts';
import { typeNameOf, typesOf } from './type-words.ts';

/**
 * Where a value fits no branch of a `oneOf`, ajv reports the errors of every branch. Only one branch was meant:
 * the one whose type (or constant, such as `type: "merge"`) the value has. Its errors are kept, those of the others go;
 * when no branch was meant, only the error of the `oneOf` itself stays.
 */
export function withoutOtherBranches(
  kind: SchemaKind,
  errors: readonly ErrorObject[],
): readonly ErrorObject[] {
  const dropped = new Set<ErrorObject>();
  for (const error of errors) {
    if (!isBranching(error)) continue;
    const scoped: Scoped = { schema: error.parentSchema ?? {}, root: schemaOf(kind) };
    const branches = subschemas(scoped, error.keyword).map(([, branch]) => resolve(branch));
    const meant = branches.filter((b) => fits(b, error.data));
    const chosen = meant.length === 1 ? meant[0] : undefined;
    const keep = chosen ? schemasBelow(chosen) : new Set<unknown>();
    const known = new Set(branches.flatMap((b) => [...schemasBelow(b)]));
    let kept = 0;
    for (const e of errors) {
      if (e === error || !isBelow(e.instancePath, error.instancePath) || !known.has(e.parentSchema)) continue;
      if (keep.has(e.parentSchema)) kept += 1;
      else dropped.add(e);
    }
    if (kept > 0) dropped.add(error);
  }
  const kept = errors.filter((e) => !dropped.has(e));
  return kept.filter((e) => !isBranching(e) || !kept.some((o) => saysMore(o, e)));
}

const isBranching = (e: ErrorObject): boolean => e.keyword === 'oneOf' || e.keyword === 'anyOf';

/** A `then` that narrows the type of the same value is the clearer sentence. */
const saysMore = (other: ErrorObject, e: ErrorObject): boolean =>
  other.keyword === 'type' && other.instancePath === e.instancePath;

const isBelow = (path: string, parent: string): boolean => path === parent || path.startsWith(`${parent}/`);

/** True when the value has the branch’s type and, in an object, none of its constants differs. */
function fits(branch: Scoped, data: unknown): boolean {
  const types = typesOf(branch.schema);
  if (types.length > 0 && !types.includes(typeNameOf(data)) && !isInteger(types, data)) return false;
  return subschemas(branch, 'properties').every(([name, property]) => {
    const { schema } = resolve(property);
    if (!('const' in schema) || !isSchema(data)) return true;
    return schema.const === data[name];
  });
}

const isInteger = (types: readonly string[], data: unknown): boolean =>
  types.includes('integer') && Number.isInteger(data);

function schemasBelow(start: Scoped): Set<unknown> {
  const seen = new Set<unknown>();
  const visit = (scoped: Scoped): void => {
    const target = resolve(scoped);
    if (seen.has(target.schema)) return;
    seen.add(target.schema);
    for (const keyword of ['properties', 'oneOf', 'anyOf', 'allOf'])
      for (const [, sub] of subschemas(target, keyword)) visit(sub);
    for (const keyword of ['items', 'additionalProperties', 'propertyNames', 'if', 'then', 'else']) {
      const sub: unknown = target.schema[keyword];
      if (isSchema(sub)) visit({ schema: sub satisfies JsonSchema, root: target.root });
    }
  };
  visit(start);
  return seen;
}
