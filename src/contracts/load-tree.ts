import { quote } from '../util/printable.ts';
import { compareCodePoints } from '../util/sort.ts';
import { parseJsonDocument } from './load-json.ts';
import { at, type Loaded, type LoadedTree } from './loaded.ts';
import { type Problem, problem } from './problem.ts';
import { HOME_OF, type Slot, slotOf } from './repository-layout.ts';
import { validateDocument } from './validate.ts';

/** Path (relative, with `/`) → content. */
export type TreeFiles = ReadonlyMap<string, string | Uint8Array>;

const START = { line: 1, column: 1 };
const MAX_SIGNERS_BYTES = 1024 * 1024;

/** Reads every document of a tree by itself; what concerns several is checked afterwards. */
export function loadTree(
  files: TreeFiles,
  unreadable: ReadonlySet<string> = new Set(),
): { readonly tree: LoadedTree; readonly problems: Problem[] } {
  const documents: Loaded[] = [];
  const problems: Problem[] = [];
  let signers: LoadedTree['signers'];
  for (const path of [...files.keys()].sort(compareCodePoints)) {
    const content = files.get(path) ?? '';
    const slot = slotOf(path);
    switch (slot.kind) {
      case 'other':
        break;
      case 'stray':
        problems.push(
          problem(
            path,
            START,
            'wrong-place',
            `nothing reads this file: here belong ${slot.hint}; move, rename or remove it`,
          ),
        );
        break;
      case 'signers': {
        const text = signersText(content);
        if (text.ok) signers = { path, text: text.text };
        else problems.push(problem(path, START, 'unreadable', text.message));
        break;
      }
      case 'document': {
        const loaded = loadDocument(path, content, slot);
        problems.push(...loaded.problems);
        if (loaded.document) documents.push(loaded.document);
        break;
      }
      default:
        slot satisfies never;
    }
  }
  return { tree: { paths: new Set([...files.keys(), ...unreadable]), documents, signers }, problems };
}

function loadDocument(
  path: string,
  content: string | Uint8Array,
  slot: Extract<Slot, { readonly kind: 'document' }>,
): { readonly document?: Loaded; readonly problems: readonly Problem[] } {
  const parsed = parseJsonDocument(content, { file: path });
  if (!parsed.ok) return { problems: parsed.error };
  const valid = validateDocument(parsed.value, slot.document);
  if (!valid.ok) return { problems: valid.error };
  const document: Loaded = { path, value: valid.value, parsed: parsed.value };
  if (valid.value.kind !== slot.document)
    return {
      problems: [
        at(
          document,
          '/kind',
          'wrong-place',
          `this is a ${valid.value.kind}, and here a ${slot.document} is expected; move it to ${HOME_OF[valid.value.kind]}`,
        ),
      ],
    };
  if (valid.value.id !== slot.id)
    return {
      document,
      problems: [
        at(
          document,
          '/id',
          'wrong-place',
          `the id is ${quote(valid.value.id)} and the file is named ${quote(slot.id)}; they must be the same`,
        ),
      ],
    };
  return { document, problems: [] };
}

function signersText(
  content: string | Uint8Array,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string } {
  if ((typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength) > MAX_SIGNERS_BYTES)
    return {
      ok: false,
      message: `the file has more than ${MAX_SIGNERS_BYTES} bytes; remove what is not needed`,
    };
  if (typeof content === 'string') return { ok: true, text: content };
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content) };
  } catch {
    return { ok: false, message: 'the file is not valid UTF-8; save it as UTF-8' };
  }
}
