import type { Relation } from '../domain/rpm-relations.ts';
import type { RpmStatusPackage } from '../domain/rpm-status.ts';

/** Types of header data. @see https://rpm-software-management.github.io/rpm/manual/format_header.html */
const INT32 = 4;
const STRING = 6;
const STRINGS = 8;
const I18N = 9;

const SENSE: Readonly<Record<string, number>> = { '<': 2, '>': 4, '=': 8, '<=': 10, '>=': 12 };

type Value =
  | { readonly type: typeof STRING | typeof I18N; readonly text: string }
  | { readonly type: typeof STRINGS; readonly texts: readonly string[] }
  | { readonly type: typeof INT32; readonly numbers: readonly number[] };

/**
 * The header of an installed package that has only what a solver reads. `rpmdb --importdb` makes a database of such headers,
 * one after the other.
 */
export function rpmHeader(p: RpmStatusPackage): Buffer {
  const text = (value: string): Value => ({ type: STRING, text: value });
  const relations = (name: number, flags: number, version: number, list: readonly Relation[]) =>
    list.length === 0
      ? []
      : ([
          [name, { type: STRINGS, texts: list.map((r) => r.name) }],
          [flags, { type: INT32, numbers: list.map((r) => SENSE[r.operator ?? ''] ?? 0) }],
          [version, { type: STRINGS, texts: list.map((r) => r.evr ?? '') }],
        ] as const satisfies readonly (readonly [number, Value])[]);
  const tags: (readonly [number, Value])[] = [
    [1000, text(p.name)],
    [1001, text(p.version)],
    [1002, text(p.release)],
    [1003, { type: INT32, numbers: [p.epoch] }],
    [1004, { type: I18N, text: p.name }],
    [1021, text('linux')],
    [1022, text(p.arch)],
    // Without the name of a source package rpm takes it for one.
    [1044, text(`${p.name}-${p.version}-${p.release}.src.rpm`)],
    ...relations(1047, 1112, 1113, p.provides),
    ...relations(1049, 1048, 1050, p.requires),
  ];
  return assemble(tags.sort(([a], [b]) => a - b));
}

function assemble(tags: readonly (readonly [number, Value])[]): Buffer {
  const index = Buffer.alloc(16 * tags.length);
  const parts: Buffer[] = [];
  let offset = 0;
  for (const [i, [tag, value]] of tags.entries()) {
    const data = dataOf(value);
    const padding = value.type === INT32 ? (4 - (offset % 4)) % 4 : 0;
    parts.push(Buffer.alloc(padding), data.bytes);
    offset += padding;
    for (const [j, n] of [tag, value.type, offset, data.count].entries())
      index.writeUInt32BE(n, 16 * i + 4 * j);
    offset += data.bytes.length;
  }
  const head = Buffer.from([0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(tags.length, 8);
  head.writeUInt32BE(offset, 12);
  return Buffer.concat([head, index, ...parts]);
}

function dataOf(value: Value): { readonly bytes: Buffer; readonly count: number } {
  switch (value.type) {
    case STRING:
    case I18N:
      return { bytes: Buffer.from(`${value.text}\0`), count: 1 };
    case STRINGS:
      return { bytes: Buffer.from(value.texts.map((t) => `${t}\0`).join('')), count: value.texts.length };
    case INT32: {
      const bytes = Buffer.alloc(4 * value.numbers.length);
      for (const [i, n] of value.numbers.entries()) bytes.writeUInt32BE(n, 4 * i);
      return { bytes, count: value.numbers.length };
    }
    default:
      return value satisfies never;
  }
}
