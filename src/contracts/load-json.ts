import { type DocumentNode, parse } from '@humanwhocodes/momoa';
import { fail, ok, type Result } from '../domain/result.ts';
import { type ScanFault, scanJson } from '../util/json-scan.ts';
import { find, type Place, plainValue, type TreeFault, valueOf } from './json-tree.ts';
import { type Problem, problem, sortedProblems } from './problem.ts';

export interface LoadOptions {
  /** Name for messages. */
  readonly file: string;
  /** UTF-8 bytes; 1 MiB unless told. */
  readonly maxBytes?: number;
  /** Arrays and objects inside each other; 64 unless told. */
  readonly maxDepth?: number;
}

/** JSON that is safe to use as plain data, and where each part of it stands in the file. */
export interface ParsedDocument {
  readonly file: string;
  readonly value: unknown;
  /** The text that was parsed. */
  readonly text: string;
  /** Place of the value that a JSON pointer (RFC 6901) names, or of its nearest parent. */
  locate(pointer: string): Place;
  /** Place of the key in front of that value; of the value itself in an array. */
  locateKey(pointer: string): Place;
}

export const MAX_DOCUMENT_BYTES = 1024 * 1024;
const MAX_DEPTH = 64;
const START: Place = { line: 1, column: 1 };

/**
 * Hostile bytes → data, or every reason why not. Size and depth are bounded before a parser runs; keys given twice,
 * `__proto__`, `constructor` and `prototype` are refused at any depth. Never throws.
 * @see RFC 8259; RFC 7493 (I-JSON) for unique keys, exact numbers and whole characters
 */
export function parseJsonDocument(
  input: string | Uint8Array,
  options: LoadOptions,
): Result<ParsedDocument, Problem[]> {
  const { file, maxBytes = MAX_DOCUMENT_BYTES, maxDepth = MAX_DEPTH } = options;
  const refuse = (at: Place, code: Problem['code'], message: string) =>
    fail([problem(file, at, code, message)]);

  const bytes = typeof input === 'string' ? Buffer.byteLength(input) : input.byteLength;
  if (bytes > maxBytes)
    return refuse(
      START,
      'unreadable',
      `the file has ${bytes} bytes and at most ${maxBytes} are read; split it or remove what is not needed`,
    );
  const text = typeof input === 'string' ? input : decode(input);
  if (text === undefined) return refuse(START, 'unreadable', 'the file is not valid UTF-8; save it as UTF-8');
  if (text.startsWith('\ufeff'))
    return refuse(
      START,
      'unreadable',
      'the file starts with a byte order mark; save it as UTF-8 without one',
    );
  if (text.trim() === '') return refuse(START, 'not-json', 'the file is empty; write a JSON object');

  const scan = scanJson(text, maxDepth);
  if (scan) return fail([scanProblem(file, text, scan, maxDepth)]);
  const plain = plainValue(text);
  return plain ? ok(placedLater(text, file, plain.value)) : parseTree(text, file);
}

/** Most documents are valid, and nobody asks where their parts stand. */
function placedLater(text: string, file: string, value: unknown): ParsedDocument {
  let parsed: DocumentNode | undefined;
  const tree = (): DocumentNode => {
    parsed ??= parse(text);
    return parsed;
  };
  return { file, value, text, ...places(tree) };
}

const places = (tree: () => DocumentNode): Pick<ParsedDocument, 'locate' | 'locateKey'> => ({
  locate: (pointer) => find(tree().body, pointer).value,
  locateKey: (pointer) => find(tree().body, pointer).key,
});

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parseTree(text: string, file: string): Result<ParsedDocument, Problem[]> {
  let tree: DocumentNode;
  try {
    tree = parse(text);
    JSON.parse(text); // The parser with positions is more lenient than JSON; both have to agree.
  } catch (error) {
    return fail([problem(file, placeOf(error), 'not-json', syntaxMessage(text, error))]);
  }
  const faults: TreeFault[] = [];
  const value = valueOf(tree.body, faults);
  if (faults.length > 0)
    return fail(sortedProblems(faults.map((f) => problem(file, f.at, f.code, f.message))));
  return ok({ file, value, text, ...places(() => tree) });
}

function placeOf(error: unknown): Place {
  const { line, column } = error as Partial<Place>;
  return typeof line === 'number' && typeof column === 'number' ? { line, column } : START;
}

function syntaxMessage(text: string, error: unknown): string {
  const offset = (error as { readonly offset?: unknown }).offset;
  if (typeof offset !== 'number') return 'this is not JSON; check quotes, commas and brackets';
  const c = text.charAt(offset);
  if (c === '') return 'the file ends too early; something is missing at the end';
  if ((c === '}' || c === ']') && /,\s*$/.test(text.slice(0, offset)))
    return `there is a comma before "${c}" with nothing after it; remove the comma`;
  if (c === "'") return 'JSON texts stand in double quotes; replace the single quotes';
  if (c === '/' || c === '#') return 'JSON has no comments; remove it (documents have a "description")';
  if (/["{[\w-]/.test(c) && /["}\]\w]\s*$/.test(text.slice(0, offset)))
    return 'a comma or a colon is missing before this';
  return 'this is not JSON here; check quotes, commas and brackets';
}

function scanProblem(file: string, text: string, fault: ScanFault, maxDepth: number): Problem {
  const at = placeAt(text, fault.offset);
  switch (fault.kind) {
    case 'too-deep':
      return problem(
        file,
        at,
        'unreadable',
        `arrays and objects are nested more than ${maxDepth} levels deep; make it flatter`,
      );
    case 'control-character':
      return problem(
        file,
        at,
        'not-json',
        'a text contains a control character; write it as an escape such as \\t',
      );
    case 'open-string':
      return problem(
        file,
        at,
        'not-json',
        'the text that starts here is not closed on its line; add the closing double quote',
      );
    case 'open-bracket':
      return problem(
        file,
        at,
        'not-json',
        `the "${fault.bracket}" that opens here is never closed; the file may be cut off`,
      );
    case 'stray-bracket':
      return problem(
        file,
        at,
        'not-json',
        `the "${fault.bracket}" closes nothing that is open; remove it or add its partner`,
      );
    default:
      return fault satisfies never;
  }
}

function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
