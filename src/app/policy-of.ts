import type { TreeFiles } from '../contracts/load-tree.ts';
import type { OwnPolicy } from '../ports/own-rules.ts';
import type { Wire } from './wire.ts';

/** The policy of a policy repository: the product's, or one that its own rules were compiled into. */
export async function policyOf(
  wire: Pick<Wire, 'policy' | 'rules' | 'ownPolicy'>,
  policies: TreeFiles,
): Promise<OwnPolicy> {
  return (await wire.ownPolicy(policies)) ?? { engine: await wire.policy(), rules: await wire.rules() };
}
