/** Why a text cannot be JSON, or must not be parsed, found without recursion; offsets are UTF-16 units. */
export type ScanFault =
  | { readonly kind: 'too-deep'; readonly offset: number }
  | { readonly kind: 'control-character'; readonly offset: number }
  | { readonly kind: 'open-string'; readonly offset: number }
  | { readonly kind: 'open-bracket'; readonly offset: number; readonly bracket: string }
  | { readonly kind: 'stray-bracket'; readonly offset: number; readonly bracket: string };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * One pass over a text before any parser sees it: nesting is bounded here, because parsers recurse,
 * and what parsers report poorly (unclosed brackets, raw control characters in strings) gets its place.
 */
export function scanJson(text: string, maxDepth: number): ScanFault | undefined {
  const open: number[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      const end = endOfString(text, i);
      if (typeof end !== 'number') return end;
      i = end;
    } else if (c === 0x5b || c === 0x7b) {
      if (open.length === maxDepth) return { kind: 'too-deep', offset: i };
      open.push(i);
    } else if (c === 0x5d || c === 0x7d) {
      const start = open.pop();
      // In ASCII the closing bracket is the opening one plus two, for both pairs.
      if (start === undefined || text.charCodeAt(start) !== c - 2)
        return { kind: 'stray-bracket', offset: i, bracket: text.charAt(i) };
    }
  }
  const last = open.at(-1);
  return last === undefined ? undefined : { kind: 'open-bracket', offset: last, bracket: text.charAt(last) };
}

function endOfString(text: string, start: number): number | ScanFault {
  for (let i = start + 1; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) return i;
    if (c === BACKSLASH) i += 1;
    else if (c < 0x20)
      return c === 0x0a || c === 0x0d
        ? { kind: 'open-string', offset: start }
        : { kind: 'control-character', offset: i };
  }
  return { kind: 'open-string', offset: start };
}

/** Members of all objects in a JSON text: the colons outside of its strings. */
export function countMembers(text: string): number {
  let members = 0;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      const end = endOfString(text, i);
      if (typeof end !== 'number') return members;
      i = end;
    } else if (c === 0x3a) members += 1;
  }
  return members;
}
