import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, 'node_modules', '.cache', 'patchwarden-sim');
const ENTRIES = ['test/sim', 'test/sim/reconcile'].flatMap((dir) => [`${dir}/main.ts`, `${dir}/worker.ts`]);

/** Leaves of the product that are replaced while simulating, because real ones would cost most of the time, or never show what they do. */
const SWAPPED = new Map([
  ['src/util/digest.ts', 'test/sim/fast-digest.ts'],
  ['src/domain/calendar/zone-clock.ts', 'test/sim/fast-zone-clock.ts'],
  ['src/contracts/intent-room.ts', 'test/sim/fast-intent-room.ts'],
  ['src/domain/calendar/recurrence.ts', 'test/sim/fast-recurrence.ts'],
]);

const OPTIONS = {
  module: ts.ModuleKind.ESNext,
  target: ts.ScriptTarget.ES2023,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
};

/** JavaScript of one TypeScript text; types are not checked, that is the type checker's work. Kept by content. */
function compileText(text, name) {
  const key = createHash('sha256').update(`${ts.version}\n${text}`).digest('hex');
  const kept = join(CACHE, `${key}.js`);
  if (existsSync(kept)) return readFileSync(kept, 'utf8');
  const { outputText } = ts.transpileModule(text, { compilerOptions: OPTIONS, fileName: name });
  mkdirSync(CACHE, { recursive: true });
  const draft = `${kept}.${process.pid}`;
  writeFileSync(draft, outputText);
  renameSync(draft, kept);
  return outputText;
}

/** The files that the simulator is made of: it, and what of the product it imports. */
function sourceFiles() {
  const files = new Set();
  const todo = [...ENTRIES, ...SWAPPED.values()].map((e) => join(ROOT, e)).filter((e) => existsSync(e));
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, type, path] of text.matchAll(/^(?:import|export)( type)?[^'";]*?from '(\.[^']+\.ts)';/gm))
      if (type === undefined) todo.push(join(dirname(file), path));
  }
  return [...files].sort();
}

/** A text that is compiled to another place finds its imports from there. */
const relocated = (text, from, to) =>
  from === to
    ? text
    : text.replaceAll(/from '(\.[^']+)'/g, (_, path) => {
        const target = relative(dirname(to), join(dirname(from), path));
        return `from '${target.startsWith('.') ? target : `./${target}`}'`;
      });

/** Every file as it is now: trees that are compared must come from the same texts. */
export const readTexts = () =>
  new Map(sourceFiles().map((file) => [relative(ROOT, file), readFileSync(file, 'utf8')]));

/** Compiles product and simulator into a directory of their own, from which they run without anything else. */
export function compileTree(out, change = (_name, text) => text, texts = readTexts()) {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'package.json'), readFileSync(join(ROOT, 'package.json')));
  rmSync(join(out, 'node_modules'), { force: true });
  symlinkSync(join(ROOT, 'node_modules'), join(out, 'node_modules'));
  // The stand-in of a forge reads there what it understands.
  mkdirSync(join(out, 'test'), { recursive: true });
  rmSync(join(out, 'test', 'fixtures'), { force: true });
  symlinkSync(join(ROOT, 'test', 'fixtures'), join(out, 'test', 'fixtures'));
  for (const name of texts.keys()) {
    const source = SWAPPED.get(name) ?? name;
    const target = join(out, name).replace(/\.ts$/, '.js');
    mkdirSync(dirname(target), { recursive: true });
    const text = relocated(texts.get(source) ?? '', source, name);
    writeFileSync(target, compileText(change(name, text), name));
  }
}
