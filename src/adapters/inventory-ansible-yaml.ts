import { type Document, isAlias, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { quote } from '../util/printable.ts';
import {
  type AnsibleModel,
  emptyModel,
  expandRanges,
  groupOf,
  hostOf,
  resolveAnsible,
  type Vars,
} from './inventory-ansible.ts';
import type { InventoryReader } from './inventory-host.ts';

const MAX_DEPTH = 32;

interface Walk {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly model: AnsibleModel;
  readonly reader: InventoryReader;
  /** Pairs that may still be read. Without aliases there are fewer than characters; with them they could be endless. */
  left: number;
}

interface Entry {
  readonly key: string;
  readonly value: Node | null;
  readonly line: number;
}

/** Ansible's YAML inventory: groups with `hosts`, `vars` and `children`. The text is walked, never made into objects. */
export function parseAnsibleYaml(text: string, reader: InventoryReader): void {
  const lines = new LineCounter();
  const document = parsed(text, lines);
  if (document === undefined) return reader.fault(1, 'the inventory is nested too deeply to be read');
  for (const error of document.errors) reader.fault(lines.linePos(error.pos[0]).line, error.message);
  if (document.errors.length > 0) return;
  const walk: Walk = { document, lines, model: emptyModel(), reader, left: text.length };
  for (const { key, value, line } of entries(walk, document.contents, 1, 'the inventory'))
    readGroup(walk, key, value, line, 0);
  resolveAnsible(walk.model, reader);
}

/** Undefined where the nesting exhausts the parser's stack. */
function parsed(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'silent' });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readGroup(walk: Walk, name: string, node: Node | null, line: number, depth: number): void {
  const { reader, model } = walk;
  const group = groupOf(model, name, line);
  if (depth > MAX_DEPTH) return reader.fault(line, `the groups are nested deeper than ${MAX_DEPTH} levels`);
  for (const part of entries(walk, node, line, `the group ${quote(name)}`)) {
    const below = entries(walk, part.value, part.line, `${part.key} of the group ${quote(name)}`);
    if (part.key === 'children')
      for (const child of below) {
        group.children.add(child.key);
        readGroup(walk, child.key, child.value, child.line, depth + 1);
      }
    else if (part.key === 'hosts')
      for (const host of below) {
        const names = expandRanges(host.key);
        if (typeof names === 'string') reader.fault(host.line, names);
        else {
          const vars = varsOf(entries(walk, host.value, host.line, `the host ${quote(host.key)}`));
          for (const n of names) {
            const known = hostOf(model, n, host.line);
            known.groups.add(name);
            for (const [k, v] of vars) known.vars.set(k, v);
          }
        }
      }
    else if (part.key === 'vars') for (const [k, v] of varsOf(below)) group.vars.set(k, v);
    else
      reader.fault(
        part.line,
        `${quote(part.key)} of the group ${quote(name)} is none of hosts, vars and children`,
      );
  }
}

/** Plain values as text; lists, maps and values with a tag of Ansible (`!vault`) are nothing that is used here. */
function varsOf(list: readonly Entry[]): Vars {
  const vars: Vars = new Map();
  for (const { key, value } of list)
    if (isScalar(value) && value.value !== null && (value.tag ?? 'tag:').startsWith('tag:'))
      vars.set(key, typeof value.value === 'string' ? value.value : (value.source ?? String(value.value)));
  return vars;
}

/** The pairs of a map, aliases followed; nothing for an empty value, a fault for anything else. */
function entries(walk: Walk, node: Node | null, line: number, what: string): readonly Entry[] {
  const map = followed(walk, node);
  if (map === null || (isScalar(map) && map.value === null)) return [];
  if (!isMap(map)) {
    walk.reader.fault(line, `${what} is no map, written as "name:" lines`);
    return [];
  }
  if (walk.left < 0) return [];
  walk.left -= map.items.length;
  if (walk.left < 0) {
    walk.reader.fault(line, 'aliases make the inventory larger than what is read');
    return [];
  }
  return map.items.flatMap(({ key, value }): readonly Entry[] => {
    const at = lineOf(walk, key) ?? line;
    if (!isScalar(key)) {
      walk.reader.fault(at, `a name in ${what} is no plain text`);
      return [];
    }
    const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
    return [{ key: name, value: followed(walk, value as Node | null), line: at }];
  });
}

const followed = (walk: Walk, node: Node | null): Node | null =>
  isAlias(node) ? (node.resolve(walk.document) ?? null) : node;

const lineOf = (walk: Walk, node: unknown): number | undefined => {
  const range = isScalar(node) ? node.range : undefined;
  return range ? walk.lines.linePos(range[0]).line : undefined;
};
