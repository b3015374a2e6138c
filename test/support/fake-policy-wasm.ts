/** Bytes of unsigned LEB128. @see WebAssembly Core Specification, 5.2.2 */
function leb(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  do {
    out.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return out;
}
/** The same, signed: a constant below 2^20 never sets the sign bit of four groups. */
const constant = (n: number) => [0x41, (n & 0x7f) | 0x80, ((n >> 7) & 0x7f) | 0x80, (n >> 14) & 0x3f];
const list = (items: readonly (readonly number[])[]) => [...leb(items.length), ...items.flat()];
const text = (value: string) => [...leb(Buffer.byteLength(value)), ...Buffer.from(value)];
const section = (id: number, body: readonly number[]) => [id, ...leb(body.length), ...body];
const func = (code: readonly number[]) => [...leb(code.length + 2), 0, ...code, 0x0b];
const global = (value: number) => [0x7f, 0, ...constant(value), 0x0b];

const I32 = 0x7f;
const AT = { builtins: 1024, entrypoints: 2048, result: 8192, heap: 65_536 };

/** Instructions of `opa_eval` before its answer; `done` may still follow. Function 0 is `opa_builtin0` of the host. */
export const HOSTILE = {
  loop: [0x03, 0x40, 0x0c, 0, 0x0b],
  // memory.grow by a page, fill the last one, again and for ever.
  memory: [
    ...[0x03, 0x40, ...constant(1), 0x40, 0, 0x1a],
    ...[0x3f, 0, ...constant(1), 0x6b, ...constant(16), 0x74, ...constant(1), ...constant(65_536)],
    ...[0xfc, 11, 0],
    ...[0x0c, 0, 0x0b],
  ],
  // Everything that there is, filled with letters: a text without an end.
  answer: [
    ...[...constant(1900), 0x40, 0, 0x1a],
    ...[...constant(AT.heap), ...constant(0x61)],
    ...[0x3f, 0, ...constant(16), 0x74, ...constant(AT.heap), 0x6b, 0xfc, 11, 0],
    ...[...constant(AT.heap), 0x0f],
  ],
  host: [...constant(7), ...constant(0), 0x10, 0, 0x0f],
} as const satisfies Record<string, readonly number[]>;

/**
 * A module with the interface of compiled policies that answers every question with `result`, or traps without one.
 * The result set is text: `[]` is the undefined result. With `hostile`, the entrypoint main/change does that instead.
 * @see https://www.openpolicyagent.org/docs/latest/wasm/ (ABI 1.2)
 */
export function fakePolicyWasm(
  result: string | undefined,
  entrypoints: readonly string[] = ['main/approve', 'main/change', 'main/decide'],
  hostile: readonly number[] = [],
): Uint8Array {
  const names = JSON.stringify(Object.fromEntries(entrypoints.map((name, i) => [name, i])));
  const functions: readonly (readonly [string, number, readonly number[]])[] = [
    ['builtins', 0, constant(AT.builtins)],
    ['entrypoints', 0, constant(AT.entrypoints)],
    ['opa_heap_ptr_get', 0, constant(AT.heap)],
    ['opa_malloc', 1, constant(AT.heap)],
    ['opa_json_dump', 1, [0x20, 0]],
    ['opa_json_parse', 2, [0x20, 0]],
    [
      'opa_eval',
      3,
      [
        ...[0x20, 1, ...constant(1), 0x46, 0x04, 0x40, ...hostile, 0x0b],
        ...(result === undefined ? [0x00] : constant(AT.result)),
      ],
    ],
  ];
  const parameters = [0, 1, 2, 7];
  const data: readonly (readonly [number, string])[] = [
    [AT.builtins, '{}'],
    [AT.entrypoints, names],
    [AT.result, result ?? ''],
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      list(parameters.map((n) => [0x60, ...list(Array<number[]>(n).fill([I32])), ...list([[I32]])])),
    ),
    ...section(
      2,
      list([
        [...text('env'), ...text('opa_builtin0'), 0, 2],
        [...text('env'), ...text('memory'), 2, 0, 2],
      ]),
    ),
    ...section(3, list(functions.map(([, type]) => [type]))),
    ...section(6, list([global(1), global(2)])),
    ...section(
      7,
      list([
        [...text('opa_wasm_abi_version'), 3, 0],
        [...text('opa_wasm_abi_minor_version'), 3, 1],
        ...functions.map(([name], i) => [...text(name), 0, i + 1]),
      ]),
    ),
    ...section(10, list(functions.map(([, , code]) => func(code)))),
    ...section(11, list(data.map(([at, value]) => [0, ...constant(at), 0x0b, ...text(`${value}\0`)]))),
  ]);
}
