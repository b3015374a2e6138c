import { quote } from '../util/printable.ts';
import {
  type AnsibleModel,
  emptyModel,
  expandRanges,
  groupOf,
  hostOf,
  resolveAnsible,
} from './inventory-ansible.ts';
import type { InventoryReader } from './inventory-host.ts';

type Section = { readonly group: string; readonly kind: 'hosts' | 'vars' | 'children' };

/** Ansible's INI inventory: groups, `:vars`, `:children`, ranges. @see Ansible, "How to build your inventory" */
export function parseAnsibleIni(text: string, reader: InventoryReader): void {
  const model = emptyModel();
  let section: Section = { group: 'ungrouped', kind: 'hosts' };
  text.split('\n').forEach((raw, i) => {
    const number = i + 1;
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return;
    if (/^\[[^\]:]+(?::(?:vars|children))?\]\s*(?:[#;].*)?$/.test(line)) {
      const [, group = '', kind = 'hosts'] = /^\[([^\]:]+)(?::([a-z]+))?\]/.exec(line) ?? [];
      section = { group, kind: kind as Section['kind'] };
      groupOf(model, group, number);
      return;
    }
    if (section.kind === 'vars') readVar(model, section.group, line, number, reader);
    else if (section.kind === 'children') {
      const child = line.replace(/\s+#.*$/, '');
      groupOf(model, section.group, number).children.add(child);
      groupOf(model, child, number);
    } else readHost(model, section.group, line, number, reader);
  });
  resolveAnsible(model, reader);
}

function readVar(
  model: AnsibleModel,
  group: string,
  line: string,
  at: number,
  reader: InventoryReader,
): void {
  const [, key, value = ''] = /^([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line) ?? [];
  if (key === undefined) reader.fault(at, `${quote(line)} is no variable, written name=value`);
  else groupOf(model, group, at).vars.set(key, unquote(value.replace(/\s+#.*$/, '').trim()));
}

function readHost(
  model: AnsibleModel,
  group: string,
  line: string,
  at: number,
  reader: InventoryReader,
): void {
  const words = splitWords(line);
  const [first = '', ...rest] = words ?? [];
  if (words === undefined || first.startsWith('['))
    return reader.fault(at, `${quote(line)} is neither a host nor a [group]`);
  const [, pattern = first, port] = /^(.*[^:]):(\d+)$/.exec(first.includes('::') ? '' : first) ?? [];
  const names = expandRanges(pattern);
  if (typeof names === 'string') return reader.fault(at, names);
  const vars = new Map<string, string>(port === undefined ? [] : [['ansible_port', port]]);
  for (const word of rest) {
    const [, key, value = ''] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
    if (key === undefined) return reader.fault(at, `${quote(word)} is no variable, written name=value`);
    vars.set(key, value);
  }
  for (const name of names) {
    const host = hostOf(model, name, at);
    host.groups.add(group);
    for (const [k, v] of vars) host.vars.set(k, v);
  }
}

/** Words parted by blanks; quotes keep blanks, ` #` begins a comment. Undefined when a quote has no end. */
function splitWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let open = '';
  for (let i = 0; i < line.length; i += 1) {
    const c = line[i] ?? '';
    if (open !== '') {
      if (c === open) open = '';
      else if (c === '\\' && open === '"' && /["\\]/.test(line[i + 1] ?? '')) {
        i += 1;
        word = `${word ?? ''}${line[i] ?? ''}`;
      } else word = `${word ?? ''}${c}`;
    } else if (c === '"' || c === "'") {
      open = c;
      word ??= '';
    } else if (/\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (c === '#' && word === undefined) break;
    else word = `${word ?? ''}${c}`;
  }
  if (word !== undefined) words.push(word);
  return open === '' ? words : undefined;
}

const unquote = (value: string): string =>
  /^(["']).*\1$/.test(value) && value.length >= 2 ? value.slice(1, -1) : value;
