import { canonicalDocument } from '../contracts/canonical.ts';
import type { TreeFiles } from '../contracts/load-tree.ts';
import type { Loaded } from '../contracts/loaded.ts';
import { assemblePolicyRepository, policiesOf, requireRepository } from '../contracts/policy-repository.ts';
import { isError, type Problem, problem, sortedProblems } from '../contracts/problem.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { FileTree } from '../ports/file-tree.ts';
import type { StateStore } from '../ports/state-store.ts';
import { readWorkingTree } from './read-working-tree.ts';
import type { Wire } from './wire.ts';

export interface Validation {
  /** Nothing is wrong: no error, no warning. */
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  /** Paths that were rewritten in canonical form, sorted. */
  readonly fixed: readonly string[];
  /** Documents that were read and accepted by their schemas. */
  readonly documents: number;
}

export interface ValidatePorts {
  /** The work tree, opened so that symbolic links are refused. */
  readonly tree: FileTree;
  /** The same directory, for --fix. */
  readonly store: Pick<StateStore, 'write'>;
  /** Opens the build of the own rules, as deciding does. */
  readonly ownPolicy: Wire['ownPolicy'];
}

/**
 * Every problem of the documents in a work tree, and of the build of its own rules; with `fix` the documents that are right are first written in canonical form.
 * @throws PatchwardenError `not-a-repository`, `store-failed`
 */
export async function validateRepository(
  ports: ValidatePorts,
  options: { readonly fix: boolean },
): Promise<Validation> {
  const { files, unreadable } = await readWorkingTree(ports.tree);
  if (!unreadable.some((p) => p.file === 'patchwarden.json')) requireRepository(files, ports.tree.label);
  const before = assemblePolicyRepository(files, unreadable);
  const broken = new Set(before.problems.filter(isError).map((p) => p.file));
  const texts = new Map<string, string | Uint8Array>(files);
  const fixed: string[] = [];
  if (options.fix) {
    for (const doc of before.tree.documents) {
      const text = canonicalOf(doc);
      if (text === doc.parsed.text || broken.has(doc.path)) continue;
      await ports.store.write(doc.path, text);
      texts.set(doc.path, text);
      fixed.push(doc.path);
    }
  }
  // Read again: in a rewritten file every other problem stands at another place.
  const after = fixed.length > 0 ? assemblePolicyRepository(texts, unreadable) : before;
  const problems = sortedProblems([
    ...after.problems,
    ...after.tree.documents.flatMap(notCanonical),
    ...(await ownBuildProblems(ports, policiesOf(files), unreadable)),
  ]);
  return { ok: problems.length === 0, problems, fixed, documents: after.tree.documents.length };
}

const BUILD = 'policies/build/manifest.json';

/** Own rules that nobody compiled since they changed decide nothing; every verb that decides would stop with this sentence. */
async function ownBuildProblems(
  { ownPolicy }: Pick<ValidatePorts, 'ownPolicy'>,
  policies: TreeFiles,
  unreadable: readonly Problem[],
): Promise<readonly Problem[]> {
  if (unreadable.some((p) => p.file.startsWith('policies/'))) return [];
  try {
    await ownPolicy(policies);
    return [];
  } catch (error) {
    if (!(error instanceof PatchwardenError) || error.code === 'bug') throw error;
    return [problem(BUILD, { line: 1, column: 1 }, 'own-build', error.message)];
  }
}

const canonicalOf = (doc: Loaded): string => canonicalDocument(doc.value.kind, doc.value);

function notCanonical(doc: Loaded): Problem[] {
  const wanted = canonicalOf(doc).split('\n');
  const lines = doc.parsed.text.split('\n');
  const differs = wanted.findIndex((text, i) => text !== lines[i]);
  if (differs < 0 && lines.length === wanted.length) return [];
  const at = { line: Math.min(differs < 0 ? wanted.length : differs + 1, lines.length), column: 1 };
  return [
    problem(
      doc.path,
      at,
      'not-canonical',
      'from here on the file is not in canonical form; run patchwarden validate --fix',
    ),
  ];
}
