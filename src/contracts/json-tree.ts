import type { MemberNode, ValueNode } from '@humanwhocodes/momoa';
import { countMembers } from '../util/json-scan.ts';
import { quote } from '../util/printable.ts';

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A fault in a tree that parsed: keys or values that must not become data. */
export interface TreeFault {
  readonly at: Place;
  readonly code: 'forbidden-key' | 'not-json';
  readonly message: string;
}

/** Assigning to these names changes an object’s behaviour instead of its data. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
const LONE_SURROGATE = /\p{Cs}/u;

const keyOf = (member: MemberNode): string =>
  member.name.type === 'String' ? member.name.value : member.name.name;

/** Plain data of a parsed tree; every fault goes to `faults`. The caller has bounded the depth. */
export function valueOf(node: ValueNode, faults: TreeFault[]): unknown {
  switch (node.type) {
    case 'Object':
      return objectOf(node.members, faults);
    case 'Array':
      return node.elements.map((e) => valueOf(e.value, faults));
    case 'String':
      if (LONE_SURROGATE.test(node.value))
        faults.push(
          fault(
            node.loc.start,
            'not-json',
            'the text contains half of a character (an unpaired \\u surrogate); write the whole character',
          ),
        );
      return node.value;
    case 'Number':
      return numberOf(node.value, node.loc.start, faults);
    case 'Boolean':
      return node.value;
    case 'Null':
      return null;
    default:
      faults.push(fault(node.loc.start, 'not-json', 'NaN and Infinity are not JSON; write a number'));
      return null;
  }
}

function objectOf(members: readonly MemberNode[], faults: TreeFault[]): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  const lines = new Map<string, number>();
  for (const member of members) {
    const key = keyOf(member);
    const at = member.name.loc.start;
    const before = lines.get(key);
    const data = valueOf(member.value, faults);
    if (FORBIDDEN.has(key)) {
      faults.push(fault(at, 'forbidden-key', `the key ${quote(key)} is not allowed anywhere; remove it`));
    } else if (LONE_SURROGATE.test(key)) {
      faults.push(
        fault(
          at,
          'not-json',
          'the key contains half of a character (an unpaired \\u surrogate); write the whole character',
        ),
      );
    } else if (before !== undefined) {
      faults.push(
        fault(
          at,
          'forbidden-key',
          `the key ${quote(key)} is given twice, in line ${before} and here in line ${at.line}; keep one of them`,
        ),
      );
    } else {
      lines.set(key, at.line);
      value[key] = data;
    }
  }
  return value;
}

/**
 * The same data as {@link valueOf} finds, without a tree: undefined where there is a fault, or a text that is not JSON.
 * A key that is given twice is missed by `JSON.parse`, which then returns fewer members than the text has.
 */
export function plainValue(text: string): { readonly value: unknown } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return membersOf(value) === countMembers(text) ? { value } : undefined;
}

/** NaN where something must not become data. */
function membersOf(value: unknown): number {
  if (typeof value === 'string') return LONE_SURROGATE.test(value) ? Number.NaN : 0;
  if (typeof value === 'number') return isExact(value) ? 0 : Number.NaN;
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) for (const element of value) members += membersOf(element);
  else
    for (const [key, member] of Object.entries(value))
      members += FORBIDDEN.has(key) || LONE_SURROGATE.test(key) ? Number.NaN : 1 + membersOf(member);
  return members;
}

/** A number that JavaScript would round or make infinite is refused: writing it back would change it. */
function numberOf(value: number, at: Place, faults: TreeFault[]): number {
  if (!isExact(value))
    faults.push(
      fault(at, 'not-json', 'the number is too large to be kept exactly; write it as a text or smaller'),
    );
  return value;
}

const isExact = (value: number): boolean =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));

const fault = (at: Place, code: TreeFault['code'], message: string): TreeFault => ({
  at: { line: at.line, column: at.column },
  code,
  message,
});

/** Where a JSON pointer leads: the place of its value and, in an object, of its key; the nearest parent when it leads nowhere. */
export function find(root: ValueNode, pointer: string): { readonly value: Place; readonly key: Place } {
  let node = root;
  let key: Place = root.loc.start;
  for (const raw of pointer.split('/').slice(1)) {
    const step = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    if (node.type === 'Object') {
      const member = node.members.find((m) => keyOf(m) === step);
      if (!member) break;
      key = member.name.loc.start;
      node = member.value;
    } else if (node.type === 'Array') {
      const element = node.elements[Number(step)];
      if (!element) break;
      node = element.value;
      key = node.loc.start;
    } else break;
  }
  return { value: place(node.loc.start), key: place(key) };
}

const place = (p: Place): Place => ({ line: p.line, column: p.column });
