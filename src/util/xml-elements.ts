/** Thrown for a document that is not what a list of elements looks like. */
export class XmlListError extends Error {}

export interface XmlListOptions {
  /** Name of the elements, which do not contain each other. */
  readonly element: string;
  /** Characters that one element may have. */
  readonly maxElement: number;
}

/**
 * The elements of one name in a large document, as text, one after the other: memory holds one element and one piece of
 * input. What stands between them is left out. Throws {@link XmlListError} for an element that is too long or not closed,
 * and for a document type.
 */
export async function* xmlElements(
  pieces: AsyncIterable<Uint8Array>,
  { element, maxElement }: XmlListOptions,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const open = `<${element}`;
  const close = `</${element}>`;
  let buffer = '';
  /** Where the current element starts; -1 between elements. */
  let start = -1;
  let from = 0;
  for await (const piece of pieces) {
    buffer += decode(decoder, piece);
    for (;;) {
      if (start < 0) {
        start = startOf(buffer, open, from);
        if (start < 0) {
          // The beginning of a tag may be at the very end.
          const keep = Math.max(0, buffer.length - open.length - 1);
          refuseDoctype(buffer.slice(0, keep + open.length));
          buffer = buffer.slice(keep);
          from = 0;
          break;
        }
        refuseDoctype(buffer.slice(from, start));
        from = start;
      }
      const end = buffer.indexOf(close, from);
      if (end < 0) {
        if (buffer.length - start > maxElement)
          throw new XmlListError(`a <${element}> is longer than ${maxElement} characters`);
        buffer = buffer.slice(start);
        start = 0;
        from = Math.max(0, buffer.length - close.length);
        break;
      }
      const stop = end + close.length;
      if (stop - start > maxElement)
        throw new XmlListError(`a <${element}> is longer than ${maxElement} characters`);
      yield buffer.slice(start, stop);
      start = -1;
      from = stop;
    }
  }
  if (start >= 0) throw new XmlListError(`a <${element}> is not closed`);
}

function startOf(buffer: string, open: string, from: number): number {
  for (let at = buffer.indexOf(open, from); at >= 0; at = buffer.indexOf(open, at + 1)) {
    const next = buffer[at + open.length];
    if (next === undefined) return -1;
    if (/[\s>]/.test(next)) return at;
  }
  return -1;
}

function refuseDoctype(between: string): void {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(between)) throw new XmlListError('it has a document type');
}

function decode(decoder: InstanceType<typeof TextDecoder>, piece: Uint8Array): string {
  try {
    return decoder.decode(piece, { stream: true });
  } catch {
    throw new XmlListError('it is no UTF-8 text');
  }
}

/** The text without elements of these names, which must not contain themselves. For long texts nobody reads. */
export function withoutElements(text: string, names: readonly string[]): string {
  const choice = names.join('|');
  return text
    .replace(new RegExp(`\\s*<(${choice})(?:\\s[^<>]*)?(?:/>|>[^<]*</\\1>)`, 'g'), '')
    .replace(/>\s+</g, '><');
}
