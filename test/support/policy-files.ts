import { readdirSync, readFileSync } from 'node:fs';

export const POLICIES = new URL('../../policies/', import.meta.url);

export const readPolicyFile = (path: string): string => readFileSync(new URL(path, POLICIES), 'utf8');
const readPolicyJson = (path: string): unknown => JSON.parse(readPolicyFile(path));

interface BuildManifest {
  readonly opaVersion: string;
  readonly capabilities: { readonly path: string; readonly sha256: string };
  readonly sources: readonly { readonly path: string; readonly sha256: string }[];
  readonly entrypoints: readonly string[];
  readonly wasm: { readonly path: string; readonly sha256: string; readonly size: number };
  readonly tests: {
    readonly path: string;
    readonly sha256: string;
    readonly packages: Readonly<Record<string, readonly string[]>>;
  };
  readonly rules: readonly { readonly id: string; readonly path: string }[];
}

export const policyManifest = readPolicyJson('build/manifest.json') as BuildManifest;

export interface PolicyExample {
  readonly name: string;
  readonly entrypoint: 'approve' | 'change' | 'decide';
  readonly input: never;
  readonly decision: { readonly reasons: readonly { readonly rule: string; readonly effect: string }[] };
}

/** policies/examples/<entrypoint>-<case>/{input,decision}.json, sorted by name. */
export const policyExamples: readonly PolicyExample[] = readdirSync(new URL('examples/', POLICIES))
  .sort()
  .map((name) => ({
    name,
    entrypoint: name.split('-')[0] as PolicyExample['entrypoint'],
    input: readPolicyJson(`examples/${name}/input.json`) as never,
    decision: readPolicyJson(`examples/${name}/decision.json`) as PolicyExample['decision'],
  }));
