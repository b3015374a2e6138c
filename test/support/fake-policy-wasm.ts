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

/**
 * A module with the interface of compiled policies that answers every question with `result`, or traps without one.
 * The result set is text: `[]` is the undefined result.
 * @see https://www.openpolicyagent.org/docs/latest/wasm/ (ABI 1.2)
 */
export function fakePolicyWasm(
  result: string | undefined,
  entrypoints: readonly string[] = ['main/approve', 'main/change', 'main/decide'],
): Uint8Array {
  const names = JSON.stringify(Object.fromEntries(entrypoints.map((name, i) => [name, i])));
  const functions: readonly (readonly [string, number, readonly number[]])[] = [
    ['builtins', 0, constant(AT.builtins)],
    ['entrypoints', 0, constant(AT.entrypoints)],
    ['opa_heap_ptr_get', 0, constant(AT.heap)],
    ['opa_malloc', 1, constant(AT.heap)],
    ['opa_json_dump', 1, [0x20, 0]],
    ['opa_json_parse', 2, [0x20, 0]],
    ['opa_eval', 3, result === undefined ? [0x00] : constant(AT.result)],
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
    ...section(2, list([[...text('env'), ...text('memory'), 2, 0, 2]])),
    ...section(3, list(functions.map(([, type]) => [type]))),
    ...section(6, list([global(1), global(2)])),
    ...section(
      7,
      list([
        [...text('opa_wasm_abi_version'), 3, 0],
        [...text('opa_wasm_abi_minor_version'), 3, 1],
        ...functions.map(([name], i) => [...text(name), 0, i]),
      ]),
    ),
    ...section(10, list(functions.map(([, , code]) => func(code)))),
    ...section(11, list(data.map(([at, value]) => [0, ...constant(at), 0x0b, ...text(`${value}\0`)]))),
  ]);
}
