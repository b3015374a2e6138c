/** One paragraph of a control file: field names in lower case, values with folded lines joined by a newline. */
export interface Stanza {
  readonly fields: ReadonlyMap<string, string>;
  /** Line of its first field, from 1. */
  readonly line: number;
}

/** What was wrong at a line; the rest of the file was still read. */
interface StanzaProblem {
  readonly line: number;
  readonly message: string;
}

export interface Deb822Options {
  /** Only these fields (lower case) are kept; all where absent. */
  readonly only?: ReadonlySet<string>;
  /** Longest line that is read, in characters (default 1 MiB): a longer one is a problem, not a value. */
  readonly maxLine?: number;
  /** After so many problems the rest is left unread (default 100). */
  readonly maxProblems?: number;
}

export interface Deb822 {
  readonly stanzas: readonly Stanza[];
  readonly problems: readonly StanzaProblem[];
}

const FIELD = /^([!-9;-~]+):[ \t]*/;

/**
 * Reads control paragraphs: folded lines, comments (`#` at the start of a line), LF or CRLF ends.
 * A line that is neither a field nor a continuation, and a field given twice, are problems; the first value stays.
 * @see deb822(5)
 */
export function parseDeb822(text: string, options: Deb822Options = {}): Deb822 {
  const { only, maxLine = 1 << 20, maxProblems = 100 } = options;
  const stanzas: Stanza[] = [];
  const problems: StanzaProblem[] = [];
  let fields = new Map<string, string>();
  let start = 0;
  let current: string | null = null;
  let at = 0;
  let line = 0;
  const close = (): void => {
    if (fields.size > 0) stanzas.push({ fields, line: start });
    fields = new Map();
    start = 0;
    current = null;
  };
  while (at < text.length) {
    const end = text.indexOf('\n', at);
    let stop = end < 0 ? text.length : end;
    const next = stop + 1;
    if (text.charCodeAt(stop - 1) === 13 && stop > at) stop -= 1;
    line += 1;
    const first = text.charCodeAt(at);
    if (stop - at > maxLine) {
      problems.push({ line, message: `the line is longer than ${maxLine} characters` });
      current = null;
    } else if (stop === at || text.slice(at, stop).trim() === '') {
      close();
    } else if (first === 35) {
      // A comment belongs to no field and ends none.
    } else if (first === 32 || first === 9) {
      if (current !== null && fields.has(current))
        fields.set(current, `${fields.get(current) ?? ''}\n${text.slice(at + 1, stop).trimEnd()}`);
      else if (start === 0) problems.push({ line, message: 'a continuation line without a field before it' });
    } else {
      current = readField(text.slice(at, stop));
    }
    at = next;
    if (problems.length >= maxProblems) break;
  }
  close();
  return { stanzas, problems };

  function readField(content: string): string | null {
    const m = FIELD.exec(content);
    if (!m?.[1]) {
      problems.push({ line, message: `"${content.slice(0, 60)}" is no field` });
      return null;
    }
    if (start === 0) start = line;
    const name = m[1].toLowerCase();
    if (only && !only.has(name)) return name;
    if (fields.has(name)) {
      problems.push({ line, message: `the field ${m[1].slice(0, 60)} is given twice` });
      return null;
    }
    fields.set(name, content.slice(m[0].length).trimEnd());
    return name;
  }
}
