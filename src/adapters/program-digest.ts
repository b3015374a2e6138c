import { createHash, type Hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

let known: Promise<string> | undefined;

/** Digest of all modules of the program and of the versions of the packages that it uses; within one process always the same. */
export const programDigest = (): Promise<string> => {
  known ??= digestModules(fileURLToPath(import.meta.url));
  return known;
};

/**
 * The modules are all files below the directory that holds `adapters/`, with the ending that this module has: sources, or
 * what they were compiled to.
 * @param module a module in `adapters/`
 */
export async function digestModules(module: string): Promise<string> {
  const root = dirname(dirname(module));
  const hash = createHash('sha256');
  hash.update(`${JSON.stringify(dependenciesAbove(root))}\n`);
  await addModules(hash, root, '', extname(module));
  return `sha256:${hash.digest('hex')}`;
}

/** Files are read synchronously: one by one through the thread pool they take several times as long. Between directories others get their turn. */
async function addModules(hash: Hash, root: string, prefix: string, ending: string): Promise<void> {
  const directories: string[] = [];
  const names: string[] = [];
  for (const e of readdirSync(join(root, prefix), { withFileTypes: true }))
    if (e.isDirectory()) directories.push(`${prefix}${e.name}/`);
    else if (e.name.endsWith(ending) && !e.name.endsWith('.d.ts')) names.push(`${prefix}${e.name}`);
  for (const name of names.sort()) {
    const bytes = readFileSync(join(root, name));
    hash.update(`${JSON.stringify([name, bytes.length])}\n`).update(bytes);
  }
  await setImmediate();
  for (const directory of directories.sort()) await addModules(hash, root, directory, ending);
}

function dependenciesAbove(directory: string): unknown {
  const text = read(join(directory, 'package.json'));
  if (text !== undefined) return (JSON.parse(text) as { readonly dependencies?: unknown }).dependencies ?? {};
  const above = dirname(directory);
  return above === directory ? {} : dependenciesAbove(above);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
