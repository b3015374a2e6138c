import { PatchwardenError } from '../domain/errors.ts';
import type { OwnFiles } from '../ports/own-rules.ts';
import type { PolicyEngine, PolicyRule } from '../ports/policy-engine.ts';
import { canonicalJson, sha256Hex } from '../util/digest.ts';
import { parseJsonData } from '../util/json-data.ts';
import { printable } from '../util/printable.ts';

interface Source {
  readonly path: string;
  readonly sha256: string;
}

/** What the product's own build and that of a policy repository say about the product's sources. */
export interface ProductSources {
  readonly capabilities: unknown;
  readonly sources: readonly Source[];
}

interface OwnManifest {
  readonly capabilities: unknown;
  readonly product: readonly Source[];
  readonly sources: readonly Source[];
  readonly reads?: { readonly decide: PolicyEngine['reads'] };
  readonly wasm: { readonly sha256: string };
  readonly rules: readonly PolicyRule[];
}

const MANIFEST = 'policies/build/manifest.json';
const WASM = 'policies/build/policy.wasm';
const AGAIN = 'run patchwarden policy build, look at what changed, and commit policies/build';

/** Own sources, tests among them: path → content. */
export const ownSources = (files: OwnFiles): OwnFiles =>
  new Map([...files].filter(([path]) => path.endsWith('.rego') && !path.startsWith('policies/build/')));

/** Whether a policy repository has rules of its own, built or not. */
export const hasOwnRules = (files: OwnFiles): boolean =>
  files.has(MANIFEST) || files.has(WASM) || [...ownSources(files).keys()].some((p) => !isTest(p));

/**
 * The compiled bytes of a policy repository, all rules in them and what `decide` reads of its input, when they are what its
 * sources and those of this program make.
 * @throws PatchwardenError `bad-document` when they are not there or not up to date, `digest-mismatch` when the bytes are others
 */
export function ownBuild(
  files: OwnFiles,
  product: ProductSources,
): {
  readonly wasm: Uint8Array;
  readonly rules: readonly PolicyRule[];
  readonly reads: PolicyEngine['reads'];
} {
  const wasm = files.get(WASM);
  const text = files.get(MANIFEST);
  if (wasm === undefined || text === undefined)
    throw bad(`policies/ has rules, and ${wasm === undefined ? WASM : MANIFEST} is missing; ${AGAIN}`);
  const manifest = parseManifest(text);
  const changed = differing(
    manifest.sources,
    [...ownSources(files)].filter(([path]) => !isTest(path)),
  );
  if (changed.length > 0) throw bad(`${changed.join(', ')}: changed since policies/build was made; ${AGAIN}`);
  const theirs = { capabilities: manifest.capabilities, sources: manifest.product };
  const ours = { ...product, sources: product.sources.filter(({ path }) => !isTest(path)) };
  if (canonicalJson(theirs) !== canonicalJson(ours))
    throw bad(`policies/build was made with the rules of another version of patchwarden; ${AGAIN}`);
  if (sha256Hex(wasm) !== manifest.wasm.sha256)
    throw new PatchwardenError(
      'digest-mismatch',
      `${WASM} is not the policy that manifest.json beside it names; ${AGAIN}`,
    );
  return { wasm: bytesOf(wasm), rules: manifest.rules, reads: manifest.reads?.decide };
}

const isTest = (path: string): boolean => path.endsWith('_test.rego');

/** Paths that are new, gone or other. */
function differing(
  built: readonly Source[],
  now: readonly (readonly [string, string | Uint8Array])[],
): string[] {
  const before = new Map(built.map((s) => [s.path, s.sha256]));
  const after = new Map(now.map(([path, content]) => [path, sha256Hex(content)]));
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .map(printable)
    .sort();
}

function parseManifest(content: string | Uint8Array): OwnManifest {
  const parsed = parseJsonData(bytesOf(content), MANIFEST);
  const value = parsed.ok ? parsed.value : undefined;
  if (isManifest(value)) return value;
  throw bad(`${parsed.ok ? `${MANIFEST} is no manifest of a compiled policy` : parsed.message}; ${AGAIN}`);
}

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

const isManifest = (value: unknown): value is OwnManifest => {
  const { product, sources, reads, wasm, rules } = (value ?? {}) as Partial<OwnManifest>;
  return (
    hasTexts(wasm, 'sha256') &&
    isList(product, isSource) &&
    isList(sources, isSource) &&
    (reads === undefined || isList(reads.decide, isPath)) &&
    isList(rules, isRule)
  );
};

const isList = <T>(value: unknown, is: (item: unknown) => item is T): value is readonly T[] =>
  Array.isArray(value) && value.every(is);

const hasTexts = (value: unknown, ...keys: readonly string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  keys.every((k) => typeof (value as Record<string, unknown>)[k] === 'string');

const isText = (value: unknown): value is string => typeof value === 'string';

const isPath = (value: unknown): value is readonly string[] => isList(value, isText);

const isSource = (value: unknown): value is Source => hasTexts(value, 'path', 'sha256');

const isRule = (value: unknown): value is PolicyRule =>
  hasTexts(value, 'id', 'title', 'description', 'severity', 'remediation', 'path') &&
  isList((value as PolicyRule).reads, isText);

const bad = (message: string): PatchwardenError => new PatchwardenError('bad-document', message);
