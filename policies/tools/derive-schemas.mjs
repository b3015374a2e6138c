import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * OPA's type checker reads one file, no references across files, no oneOf, no list of types and no conditions.
 * Writes `<name>.json` for every `<kind>-input` schema with all of that made plain; `approve-input` becomes
 * `schema.approve_input`.
 */
export function deriveSchemas(from, to) {
  const load = (name) => JSON.parse(readFileSync(join(from, name), 'utf8'));
  for (const name of readdirSync(from).filter((file) => file.endsWith('-input.schema.json'))) {
    const schema = plain(load(name), name, load);
    const target = `${name.replace('.schema.json', '').replaceAll('-', '_')}.json`;
    writeFileSync(join(to, target), JSON.stringify(schema));
  }
}

const CONDITIONS = [
  '$id',
  '$schema',
  'if',
  'then',
  'else',
  'allOf',
  'definitions',
  'enum',
  'pattern',
  'format',
];

function plain(node, file, load) {
  if (Array.isArray(node)) return node.map((item) => plain(item, file, load));
  if (typeof node !== 'object' || node === null) return node;
  if (typeof node.$ref === 'string') {
    const [other, pointer] = node.$ref.split('#');
    const target = other || file;
    const found = pointer
      .split('/')
      .slice(1)
      .reduce((at, key) => at?.[key], load(target));
    if (found === undefined) throw new Error(`${file} refers to ${node.$ref}, which does not exist`);
    return plain(found, target, load);
  }
  const { oneOf, type, properties, ...rest } = node;
  const out = {};
  for (const [key, value] of Object.entries(rest))
    if (!CONDITIONS.includes(key)) out[key] = plain(value, file, load);
  if (properties)
    out.properties = Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, plain(value, file, load)]),
    );
  if (oneOf) out.anyOf = plain(oneOf, file, load);
  else if (Array.isArray(type)) out.anyOf = type.map((one) => ({ type: one }));
  else if (type) out.type = type;
  return out;
}
