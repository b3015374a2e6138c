import { readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { digestOf, sha256Hex } from '../util/digest.ts';
import { compareCodePoints } from '../util/sort.ts';

let known: Promise<string> | undefined;

/** Digest of all modules of the program and of the versions of the packages that it uses; of one process always the same. */
export const programDigest = (): Promise<string> => {
  known ??= digestModules(fileURLToPath(import.meta.url));
  return known;
};

/** Files that are read before others get their turn. */
const AT_ONCE = 32;

/**
 * The modules are all files below the directory that holds `adapters/`, with the ending that this module has: sources, or
 * what they were compiled to.
 * @param module a module in `adapters/`
 */
export async function digestModules(module: string): Promise<string> {
  const root = dirname(dirname(module));
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => extname(name) === extname(module) && !name.endsWith('.d.ts'))
    .sort(compareCodePoints);
  const modules: [string, string][] = [];
  for (const [i, name] of names.entries()) {
    // Synchronously: a whole tree read file by file through the thread pool costs several times as much.
    modules.push([name, sha256Hex(readFileSync(join(root, name)))]);
    if (i % AT_ONCE === AT_ONCE - 1) await setImmediate();
  }
  return digestOf({ modules, dependencies: dependenciesAbove(root) });
}

function dependenciesAbove(directory: string): unknown {
  const text = read(join(directory, 'package.json'));
  if (text !== undefined) return (JSON.parse(text) as { dependencies?: unknown }).dependencies ?? null;
  const above = dirname(directory);
  return above === directory ? null : dependenciesAbove(above);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
