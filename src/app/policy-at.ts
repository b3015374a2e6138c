import type { ChangeInput } from '../contracts/generated/change-input.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { Git } from '../ports/git.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import type { Wire } from './wire.ts';

/**
 * The change rules over what would land on a commit: the product's, and the own ones as they stand at that commit.
 * A change of policies/ alone is for the product's: own rules that deny everything, or are not built, can still be mended.
 */
export async function changeRulesAt(
  wire: Pick<Wire, 'policy' | 'ownPolicy'>,
  git: Pick<Git, 'listTree' | 'readBytes'>,
  commit: string,
): Promise<Pick<PolicyEngine, 'change'>> {
  const product = await wire.policy();
  const own = await ownChangeAt(wire, git, commit);
  return {
    change: (input) => (own === undefined || mendsRules(input) ? product.change(input) : own(input)),
  };
}

const mendsRules = ({ proposal }: ChangeInput): boolean => proposal.paths.every((p) => p.class === 'policy');

/** Undefined where there are no own rules; rules that cannot be asked say so whenever they are. */
async function ownChangeAt(
  wire: Pick<Wire, 'ownPolicy'>,
  git: Pick<Git, 'listTree' | 'readBytes'>,
  commit: string,
): Promise<PolicyEngine['change'] | undefined> {
  const files = new Map<string, Uint8Array>();
  for (const { path } of await git.listTree(commit, 'policies/')) {
    const bytes = await git.readBytes(commit, path);
    if (bytes) files.set(path, bytes);
  }
  try {
    return (await wire.ownPolicy(files))?.engine.change;
  } catch (error) {
    if (!(error instanceof PatchwardenError)) throw error;
    return () => {
      throw error;
    };
  }
}
