import type { TreeFiles } from '../contracts/load-tree.ts';
import { policiesOf, requireRepository } from '../contracts/policy-repository.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { FileTree } from '../ports/file-tree.ts';
import type { OwnPolicyTools, OwnTest } from '../ports/own-rules.ts';
import { sha256Hex } from '../util/digest.ts';
import { readWorkingTree } from './read-working-tree.ts';

export interface PolicyPorts {
  /** The work tree of a policy repository, opened so that symbolic links are refused. */
  readonly tree: FileTree;
  readonly tools: OwnPolicyTools;
  /** Writes a file of it, whole or not at all. */
  write(path: string, bytes: Uint8Array): Promise<void>;
}

/** One file of policies/build. */
export interface BuiltFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** Whether it is there already, byte for byte. */
  readonly same: boolean;
}

/**
 * Compiles the own rules of a policy repository into policies/build.
 * @param options `verify` writes nothing
 * @throws PatchwardenError `usage` without rules, `bad-document` with file and line, `source-failed` without OPA,
 * `digest-mismatch` when `verify` finds other bytes
 */
export async function buildPolicy(
  ports: PolicyPorts,
  options: { readonly verify: boolean },
): Promise<readonly BuiltFile[]> {
  const files = await ownFiles(ports.tree);
  const built = await ports.tools.build(files);
  const list = [...built].map(([path, bytes]) => ({
    ...{ path, size: bytes.length, sha256: sha256Hex(bytes) },
    same: digestAt(files, path) === sha256Hex(bytes),
  }));
  const other = list.filter((f) => !f.same).map((f) => f.path);
  if (options.verify && other.length > 0)
    throw new PatchwardenError(
      'digest-mismatch',
      `${other.join(', ')}: not what the sources compile to with this OPA; run patchwarden policy build and look at what changed`,
    );
  for (const [path, bytes] of built) if (other.includes(path)) await ports.write(path, bytes);
  return list;
}

/** Runs the tests of the own rules. Throws like {@link buildPolicy}. */
export async function testPolicy(ports: Pick<PolicyPorts, 'tree' | 'tools'>): Promise<readonly OwnTest[]> {
  return ports.tools.test(await ownFiles(ports.tree));
}

async function ownFiles(tree: FileTree): Promise<TreeFiles> {
  const { files, unreadable } = await readWorkingTree(tree);
  requireRepository(files, tree.label);
  const first = unreadable.find((p) => p.file.startsWith('policies/'));
  if (first) throw new PatchwardenError('bad-document', `${first.file}: ${first.message}`);
  const own = policiesOf(files);
  if ([...own.keys()].some((path) => path.endsWith('.rego') && !path.endsWith('_test.rego'))) return own;
  throw new PatchwardenError(
    'usage',
    `${tree.label} has no rules of its own: write policies/<name>.rego first (docs/custom-policy.md)`,
  );
}

const digestAt = (files: TreeFiles, path: string): string | undefined => {
  const content = files.get(path);
  return content === undefined ? undefined : sha256Hex(content);
};
