import { roomBeyondLimits } from './policy-wasm-shape.ts';

/** What a compiled policy exports. @see https://www.openpolicyagent.org/docs/latest/wasm/ (ABI 1.2) */
interface Exports {
  opa_malloc(size: number): number;
  opa_json_parse(address: number, size: number): number;
  opa_json_dump(value: number): number;
  opa_heap_ptr_get(): number;
  entrypoints(): number;
  opa_eval(
    reserved: 0,
    entrypoint: number,
    data: number,
    input: number,
    inputSize: number,
    heap: number,
    format: 0,
  ): number;
}

/** A compiled policy that is not trusted. */
export interface PolicyProgram {
  /**
   * Text of the result set, not parsed. Throws an Error when the policy fails, has no such entrypoint, or answers with
   * more than `maxBytes`.
   */
  evaluate(entrypoint: string, input: string, maxBytes: number): string;
}

const PAGE = 65_536;
/** Pages to start with; the data of a module lie in them. */
const INITIAL = 64;
const MAX_ENTRYPOINTS = 65_536;

/**
 * Makes a compiled policy ready inside so many pages of 64 KiB. It reaches nothing of the host: a function that it would
 * have to ask the host for (patterns, formats, the clock) fails. Throws an Error when the bytes are no such policy.
 */
export function openPolicyProgram(wasm: Uint8Array, pages: number): PolicyProgram {
  const odd = roomBeyondLimits(wasm);
  if (odd !== undefined) throw new Error(odd);
  const memory = new WebAssembly.Memory({ initial: INITIAL, maximum: pages });
  const text = (address: number, maxBytes: number): string => {
    const bytes = new Uint8Array(memory.buffer, address).subarray(0, maxBytes + 1);
    const end = bytes.indexOf(0);
    if (end < 0) throw new Error(`it answers with more than ${maxBytes} bytes`);
    return new TextDecoder().decode(bytes.subarray(0, end));
  };
  const refuse = () => {
    throw new Error('it asks for a function of the host, and own rules have none');
  };
  const abort = (address: number) => {
    throw new Error(text(address, 1000));
  };
  const builtins = Object.fromEntries([0, 1, 2, 3, 4].map((n) => [`opa_builtin${n}`, refuse]));
  const env = { memory, opa_abort: abort, opa_println: () => undefined, ...builtins };
  const policy = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env }).exports as Exports;

  const place = (bytes: Uint8Array, at: number): void => {
    const more = at + bytes.length - memory.buffer.byteLength;
    if (more > 0) memory.grow(Math.ceil(more / PAGE));
    new Uint8Array(memory.buffer).set(bytes, at);
  };
  const empty = new TextEncoder().encode('{}');
  const source = policy.opa_malloc(empty.length);
  place(empty, source);
  const data = policy.opa_json_parse(source, empty.length);
  const names = JSON.parse(text(policy.opa_json_dump(policy.entrypoints()), MAX_ENTRYPOINTS)) as Record<
    string,
    number
  >;
  const heap = policy.opa_heap_ptr_get();
  return {
    evaluate: (entrypoint, input, maxBytes) => {
      const id = Object.hasOwn(names, entrypoint) ? names[entrypoint] : undefined;
      if (id === undefined) throw new Error(`it has no entrypoint ${entrypoint}`);
      const bytes = new TextEncoder().encode(input);
      place(bytes, heap);
      return text(policy.opa_eval(0, id, data, heap, bytes.length, heap + bytes.length, 0), maxBytes);
    },
  };
}
