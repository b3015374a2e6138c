import { PatchwardenError } from '../../../src/domain/errors.ts';
import type { StateStore } from '../../../src/ports/state-store.ts';
import { compareCodePoints } from '../../../src/util/sort.ts';

/** State files in memory; a test may put a torn line into `files` as a killed process would. */
export function fakeStateStore(files: Map<string, string> = new Map()): StateStore {
  const named = (name: string): string => {
    if (name.length > 255 || !/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/.test(name))
      throw new PatchwardenError('store-failed', `${name} is no name of a state file`);
    return name;
  };
  return {
    path: (name) => `/state/${named(name)}`,
    read: async (name) => files.get(named(name)),
    write: async (name, text) => void files.set(named(name), text),
    appendLine: async (name, line) => {
      if (/[\r\n]/.test(line))
        throw new PatchwardenError('store-failed', 'a line must not contain a line break');
      const before = files.get(named(name)) ?? '';
      files.set(name, `${before.slice(0, before.lastIndexOf('\n') + 1)}${line}\n`);
    },
    remove: async (name) => void files.delete(named(name)),
    list: async (prefix) => [...files.keys()].filter((n) => n.startsWith(prefix)).sort(compareCodePoints),
  };
}
