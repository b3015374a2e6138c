/** The value, or why the bytes are no acceptable JSON data: a sentence that begins with the label. */
export type ParsedData =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

export interface JsonDataLimits {
  /** Largest input in bytes (default 16 MiB). */
  readonly maxBytes?: number;
  /** Deepest nesting of objects and arrays (default 64). */
  readonly maxDepth?: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** A key that an escape could hide is looked for in the parsed value, any other by its text: nearly no record has either. */
const SUSPICIOUS = /__proto__|"constructor"|"prototype"|\\u00/;

/**
 * Parses bulk data such as feed records, hostile until checked: size and depth are capped before parsing,
 * and keys that could reach a prototype are refused. Never throws.
 */
export function parseJsonData(bytes: Uint8Array, label: string, limits: JsonDataLimits = {}): ParsedData {
  const { maxBytes = 16 << 20, maxDepth = 64 } = limits;
  const refuse = (why: string): ParsedData => ({ ok: false, message: `${label} ${why}` });
  if (bytes.length > maxBytes) return refuse(`is larger than ${maxBytes} bytes`);
  if (depthOf(bytes, maxDepth) > maxDepth) return refuse(`is nested deeper than ${maxDepth} levels`);
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    return refuse(`is no JSON: ${cause instanceof SyntaxError ? cause.message : 'it is not UTF-8 text'}`);
  }
  const key = SUSPICIOUS.test(text) ? forbiddenKey(value) : undefined;
  return key === undefined ? { ok: true, value } : refuse(`has the key "${key}", which is not allowed`);
}

/** Nesting depth by the brackets outside strings; stops counting above `limit`. */
function depthOf(bytes: Uint8Array, limit: number): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i += 1) {
    const c = bytes[i];
    if (inString) {
      if (c === 92) i += 1;
      else if (c === 34) inString = false;
    } else if (c === 34) inString = true;
    else if (c === 123 || c === 91) {
      depth += 1;
      if (depth > deepest) deepest = depth;
      if (deepest > limit) return deepest;
    } else if (c === 125 || c === 93) depth -= 1;
  }
  return deepest;
}

function forbiddenKey(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = forbiddenKey(item);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  for (const [key, item] of Object.entries(value)) {
    if (FORBIDDEN.has(key)) return key;
    const found = forbiddenKey(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The value as an object with string keys, or undefined. */
export const asObject = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;

/** The value as an array; empty when it is none. */
export const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The value as a string, or undefined. */
export const asString = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** The strings of an array, in its order. */
export const asStrings = (value: unknown): readonly string[] =>
  asArray(value).filter((v): v is string => typeof v === 'string');
