const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const TABLES = 4;
const MEMORIES = 5;
/** Entries of a table; what OPA compiles has one for each function. */
const MAX_TABLE = 65_536;

/**
 * Why a module could take more memory than it is given, or undefined: one with a memory of its own, or a table without a
 * small end, would not ask the memory that the host limits.
 * @see WebAssembly Core Specification, 5.5.2 Sections
 */
export function roomBeyondLimits(wasm: Uint8Array): string | undefined {
  if (MAGIC.some((byte, i) => wasm[i] !== byte)) return 'it is no WebAssembly module';
  for (let at = MAGIC.length; at < wasm.length; ) {
    const id = wasm[at];
    const size = unsigned(wasm, at + 1);
    if (size === undefined || size.next + size.value > wasm.length) return 'it is cut off';
    if (id === MEMORIES) return 'it brings a memory of its own';
    if (id === TABLES && !isSmallTable(wasm, size.next)) return 'its tables have no small end';
    at = size.next + size.value;
  }
  return undefined;
}

/** One table with limits `01 min max`. */
function isSmallTable(wasm: Uint8Array, at: number): boolean {
  const count = unsigned(wasm, at);
  if (count?.value !== 1) return false;
  const bounded = wasm[count.next + 1] === 0x01;
  const min = unsigned(wasm, count.next + 2);
  const max = min && unsigned(wasm, min.next);
  return bounded && max !== undefined && max.value <= MAX_TABLE;
}

/** An unsigned LEB128 of at most 32 bits and where the next byte stands. @see section 5.2.2 */
function unsigned(
  bytes: Uint8Array,
  at: number,
): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let i = 0; i < 5; i += 1) {
    const byte = bytes[at + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  return undefined;
}
