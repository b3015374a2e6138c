import { sortedBy } from '../util/sort.ts';
import { SCHEMAS } from './generated/schemas.ts';
import type { SchemaKind } from './kinds.ts';
import { isSchema, type JsonSchema, schemaOf } from './schemas.ts';

/** A definition of a schema file. */
interface Definition {
  readonly file: string;
  readonly name: string;
}

const REF = /^(?:([a-z-]+)\.schema\.json)?#\/definitions\/(\w+)$/;

/** The schema of a kind with every definition of other files copied into it: it stands alone, for editors and other tools. */
export function bundledSchema(kind: SchemaKind): JsonSchema {
  const schema = schemaOf(kind);
  const needed = new Map<string, Definition>();
  collect(schema, kind, needed);
  const foreign = sortedBy(
    [...needed.values()].filter((d) => d.file !== kind),
    (d) => d.name,
    (d) => d.file,
  );
  const taken = new Set(Object.keys(definitionsOf(kind)));
  const names = new Map<string, string>();
  for (const d of foreign) {
    const name = taken.has(d.name) ? `${d.file}-${d.name}` : d.name;
    taken.add(name);
    names.set(keyOf(d), name);
  }
  const nameOf = (d: Definition) => names.get(keyOf(d)) ?? d.name;

  const { definitions, ...rest } = rename(schema, kind, nameOf);
  const all = {
    ...(isSchema(definitions) ? definitions : {}),
    ...Object.fromEntries(
      foreign.map((d) => [nameOf(d), rename(definitionsOf(d.file)[d.name], d.file, nameOf)]),
    ),
  };
  return Object.keys(all).length > 0 ? { ...rest, definitions: all } : rest;
}

const keyOf = (d: Definition): string => `${d.file} ${d.name}`;

function definitionsOf(file: string): JsonSchema {
  const definitions = SCHEMAS[file]?.definitions;
  return isSchema(definitions) ? definitions : {};
}

function parseRef(ref: unknown, file: string): Definition | undefined {
  const m = typeof ref === 'string' ? REF.exec(ref) : null;
  return m?.[2] ? { file: m[1] ?? file, name: m[2] } : undefined;
}

/** Every definition that a schema needs, directly or through others. */
function collect(node: unknown, file: string, needed: Map<string, Definition>): void {
  if (Array.isArray(node)) for (const item of node) collect(item, file, needed);
  if (!isSchema(node)) return;
  const target = parseRef(node.$ref, file);
  if (target && !needed.has(keyOf(target))) {
    needed.set(keyOf(target), target);
    collect(definitionsOf(target.file)[target.name], target.file, needed);
  }
  for (const value of Object.values(node)) collect(value, file, needed);
}

/** A copy whose references all start at the root of one file. */
function rename<T>(node: T, file: string, nameOf: (d: Definition) => string): T {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isSchema(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, v]) => {
        const target = key === '$ref' ? parseRef(v, file) : undefined;
        return [key, target ? `#/definitions/${nameOf(target)}` : walk(v)];
      }),
    );
  };
  return walk(node) as T;
}
