import { PatchwardenError } from '../domain/errors.ts';
import type { AutoMerge, PullCheck, PullRequest } from '../ports/forge.ts';
import type { CheckPorts, PullVerdict } from './post-checks.ts';

/**
 * Makes what the forge was asked to merge by itself what it should be, before the check says that it may be merged: asked
 * while the check is not green yet, for a forge that finds nothing missing refuses or merges in that very moment; taken
 * back before a check of anything that people must decide about turns green.
 * @returns the check to write at its head
 */
export async function settleAutoMerge(
  ports: Pick<CheckPorts, 'forge' | 'branch' | 'log'>,
  pull: PullRequest,
  { check, automatic }: PullVerdict,
): Promise<PullCheck> {
  const { autoMerge } = ports.forge;
  if (autoMerge === undefined || !MOVES.includes(pull.kind)) return check;
  const { number, foreign, asks, base } = pull;
  const head = pull.tip ?? pull.head;
  const wanted = automatic && !foreign && !asks.includes('hold') && base === ports.branch;
  try {
    const asked = await autoMerge.asked(number);
    if (wanted && !asked && (await autoMerge.possible(number, head)))
      await ask(ports, autoMerge, { number, head }, check);
    if (!wanted && asked) await autoMerge.takeBack(number);
    return check;
  } catch (error) {
    if (!(error instanceof PatchwardenError) || !PASSING.includes(error.code)) throw error;
    ports.log.warn(`pull request ${number}: ${error.message}`);
    // What could not be taken back must not turn green.
    return wanted || check.state !== 'success' ? check : { ...check, ...NOT_TAKEN_BACK };
  }
}

async function ask(
  { forge }: Pick<CheckPorts, 'forge'>,
  autoMerge: AutoMerge,
  { number, head }: Pick<PullRequest, 'number' | 'head'>,
  check: PullCheck,
): Promise<void> {
  await forge.check?.(head, { ...check, ...ASKING });
  await autoMerge.ask(number, head);
}

/** Kinds that the machine may move a lock with. */
const MOVES: readonly PullRequest['kind'][] = ['remediate', 'promote'];
const PASSING: readonly string[] = ['forge-failed', 'lease-lost', 'refused', 'usage'];
const ASKING = { state: 'pending', description: 'the forge is being asked to merge it' } as const;
const NOT_TAKEN_BACK = {
  state: 'pending',
  description: 'the forge was asked to merge it, and does not take that back',
} as const;
