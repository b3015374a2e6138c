import { quote } from '../util/printable.ts';
import { compareCodePoints } from '../util/sort.ts';
import type { InventoryReader } from './inventory-host.ts';

export type Vars = Map<string, string>;

/** What either spelling of an Ansible inventory says. */
export interface AnsibleModel {
  readonly groups: Map<
    string,
    { readonly line: number; readonly vars: Vars; readonly children: Set<string> }
  >;
  readonly hosts: Map<string, { readonly line: number; readonly vars: Vars; readonly groups: Set<string> }>;
}

export const emptyModel = (): AnsibleModel => ({ groups: new Map(), hosts: new Map() });

export function groupOf(model: AnsibleModel, name: string, line: number) {
  const group = model.groups.get(name) ?? { line, vars: new Map(), children: new Set<string>() };
  model.groups.set(name, group);
  return group;
}

export function hostOf(model: AnsibleModel, name: string, line: number) {
  const host = model.hosts.get(name) ?? { line, vars: new Map(), groups: new Set<string>() };
  model.hosts.set(name, host);
  return host;
}

const SSH = new Set(['ssh', 'smart', 'paramiko', 'paramiko_ssh']);
const MAX_RANGE = 100_000;

/**
 * Hosts with the variables in force: those of deeper groups win over those above them, groups of one depth in the order
 * of their names, and the host's own over all.
 * @see Ansible, "How variables are merged"
 */
export function resolveAnsible(model: AnsibleModel, reader: InventoryReader): void {
  const depths = depthsOf(model, reader);
  if (depths === undefined) return;
  const parents = parentsOf(model);
  for (const [name, host] of model.hosts) {
    const member = new Set<string>(['all']);
    const visit = (group: string): void => {
      if (member.has(group)) return;
      member.add(group);
      for (const parent of parents.get(group) ?? []) visit(parent);
    };
    for (const group of host.groups) visit(group);
    const order = [...member].sort(
      (a, b) => (depths.get(a) ?? 0) - (depths.get(b) ?? 0) || compareCodePoints(a, b),
    );
    const vars: Vars = new Map();
    for (const group of order) for (const [k, v] of model.groups.get(group)?.vars ?? []) vars.set(k, v);
    for (const [k, v] of host.vars) vars.set(k, v);
    addHost(name, host.line, vars, reader);
  }
}

function addHost(name: string, line: number, vars: Vars, reader: InventoryReader): void {
  const { labelsFrom = {} } = reader.options;
  const used = ['ansible_host', 'ansible_port', 'ansible_user', 'ansible_connection'];
  for (const variable of [...used, ...Object.values(labelsFrom)])
    if (vars.get(variable)?.includes('{{') === true)
      return reader.fault(
        line,
        `${variable} of ${quote(name)} is a template, which only Ansible can fill in; write the value`,
      );
  const first = (...names: readonly string[]) => names.map((n) => vars.get(n)).find((v) => v !== undefined);
  const host = first('ansible_host', 'ansible_ssh_host');
  const port = first('ansible_port', 'ansible_ssh_port');
  const user = first('ansible_user', 'ansible_ssh_user');
  const connection = first('ansible_connection') ?? 'ssh';
  reader.add({
    name,
    line,
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(SSH.has(connection) ? {} : { unsupported: `ansible_connection is ${quote(connection)}` }),
    labels: Object.fromEntries(
      Object.entries(labelsFrom).flatMap(([label, variable]) => {
        const value = vars.get(variable);
        return value === undefined ? [] : [[label, value]];
      }),
    ),
  });
}

function parentsOf(model: AnsibleModel): ReadonlyMap<string, readonly string[]> {
  const parents = new Map<string, string[]>();
  for (const [name, group] of model.groups)
    for (const child of group.children) parents.set(child, [...(parents.get(child) ?? []), name]);
  return parents;
}

/** Longest way from `all`; undefined, with a fault, where groups hold each other. */
function depthsOf(model: AnsibleModel, reader: InventoryReader): ReadonlyMap<string, number> | undefined {
  const parents = parentsOf(model);
  const depths = new Map<string, number>([['all', 0]]);
  const open = new Set<string>();
  const depth = (name: string): number | undefined => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    if (open.has(name) || open.size > 100) return undefined;
    open.add(name);
    let most = 0;
    for (const parent of parents.get(name) ?? []) {
      const d = depth(parent);
      if (d === undefined) return undefined;
      most = Math.max(most, d);
    }
    open.delete(name);
    depths.set(name, most + 1);
    return most + 1;
  };
  for (const [name, { line }] of model.groups)
    if (depth(name) === undefined) {
      reader.fault(line, `the group ${quote(name)} is, over others, a child of itself`);
      return undefined;
    }
  return depths;
}

/**
 * Names that a pattern stands for: `web[01:03]`, `db-[a:c]`, `x[0:10:5]`, several ranges in one name.
 * @returns a sentence when a range is none, or there are too many names
 */
export function expandRanges(pattern: string): readonly string[] | string {
  let names = [''];
  let rest = pattern;
  for (let m = RANGE.exec(rest); m !== null; m = RANGE.exec(rest)) {
    const [whole, from = '', to = '', step] = m;
    const items = rangeOf(from, to, Number(step ?? 1));
    if (items === undefined) return `${quote(whole)} is no range such as [01:20] or [a:f]`;
    if (names.length * items.length > MAX_RANGE)
      return `${quote(pattern)} stands for more than ${MAX_RANGE} hosts`;
    const before = rest.slice(0, m.index);
    names = names.flatMap((n) => items.map((i) => `${n}${before}${i}`));
    rest = rest.slice(m.index + whole.length);
  }
  return names.map((n) => `${n}${rest}`);
}

const RANGE = /\[([^\]:]*):([^\]:]*)(?::(\d{1,6}))?\]/;

function rangeOf(from: string, to: string, step: number): readonly string[] | undefined {
  if (step < 1) return undefined;
  const letters = /^[a-z]$/i.test(from) && /^[a-z]$/i.test(to);
  if (!letters && !(/^\d{1,9}$/.test(to) && /^\d{0,9}$/.test(from))) return undefined;
  const start = letters ? from.charCodeAt(0) : Number(from === '' ? 0 : from);
  const end = letters ? to.charCodeAt(0) : Number(to);
  if (end < start || (end - start) / step > MAX_RANGE) return undefined;
  const width = !letters && from.startsWith('0') ? from.length : 0;
  const items: string[] = [];
  for (let i = start; i <= end; i += step)
    items.push(letters ? String.fromCharCode(i) : String(i).padStart(width, '0'));
  return items;
}
