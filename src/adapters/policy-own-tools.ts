import { PatchwardenError } from '../domain/errors.ts';
import type { OwnFiles, OwnPolicyTools, OwnTest } from '../ports/own-rules.ts';
import { sortedBy } from '../util/sort.ts';
import { ownSources } from './policy-own-manifest.ts';
import { guardPolicy } from './policy-worker-guard.ts';

/** What the product compiles itself with; it ships beside the sources, and needs no build of its own. */
interface Tools {
  buildOwn(sources: ReadonlyMap<string, string>): ReadonlyMap<string, Uint8Array>;
  testOwn(sources: ReadonlyMap<string, string>): {
    readonly results: readonly { readonly at: string; readonly name: string; readonly passed: boolean }[];
    /** Entrypoint of a test package → its tests. */
    readonly packages: Readonly<Record<string, readonly string[]>>;
    readonly wasm: Uint8Array | null;
  };
}

const TOOLS = new URL('../../policies/tools/own.mjs', import.meta.url).href;
/** Codes of the tools' own exit statuses. */
const CODES = { 2: 'bad-document', 3: 'source-failed', 70: 'bug' } as const;

/** The tools in policies/tools, which run OPA. */
export const ownPolicyTools: OwnPolicyTools = {
  build: async (files) => {
    const built = await run(files, (tools, sources) => tools.buildOwn(sources));
    return new Map([...built].map(([name, bytes]) => [`policies/build/${name}`, bytes]));
  },
  test: async (files) => {
    const { results, packages, wasm } = await run(files, (tools, sources) => tools.testOwn(sources));
    const passing = wasm === null ? new Set<string>() : await passingInThread(wasm, Object.keys(packages));
    const tests: OwnTest[] = results.map(({ at, name, passed }) => ({
      ...{ at, name, opa: passed },
      wasm: passing.has(name),
    }));
    return sortedBy(tests, (t) => t.name);
  },
};

async function run<T>(
  files: OwnFiles,
  act: (tools: Tools, sources: ReadonlyMap<string, string>) => T,
): Promise<T> {
  const tools = (await import(TOOLS)) as Tools;
  const sources = [...ownSources(files)].map(
    ([path, content]) => [path.replace('policies/', ''), textOf(path, content)] as const,
  );
  try {
    return act(tools, new Map(sortedBy(sources, ([name]) => name)));
  } catch (error) {
    const { exitCode, message } = error as {
      readonly exitCode?: keyof typeof CODES;
      readonly message: string;
    };
    if (exitCode === undefined) throw error;
    throw new PatchwardenError(CODES[exitCode], message, { cause: error });
  }
}

/** Names of the tests that are true. A passing test is true in its package, a failing one is absent. */
async function passingInThread(wasm: Uint8Array, packages: readonly string[]): Promise<ReadonlySet<string>> {
  const guarded = guardPolicy(wasm, 'the tests of policies/');
  try {
    const passing = packages.flatMap((name) => {
      const [text = '[]'] = guarded.evaluate(name, ['{}']);
      const [first] = JSON.parse(text) as { readonly result: Readonly<Record<string, unknown>> }[];
      return Object.entries(first?.result ?? {}).flatMap(([test, value]) =>
        value === true ? [`${name.replaceAll('/', '.')}.${test}`] : [],
      );
    });
    return new Set(passing);
  } finally {
    await guarded.close();
  }
}

function textOf(path: string, content: string | Uint8Array): string {
  if (typeof content === 'string') return content;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw new PatchwardenError('bad-document', `${path} is not valid UTF-8; save it as UTF-8`);
  }
}
