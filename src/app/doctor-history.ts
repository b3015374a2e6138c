import { type DoctorCheck, failed, fine, unanswered, untold } from '../domain/doctor.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { Git } from '../ports/git.ts';
import { openEvidence } from './open-apply.ts';
import { verifiedHead } from './verified-head.ts';
import type { Wire } from './wire.ts';

interface Place {
  readonly head: string;
  readonly anchor: string | undefined;
}

/** Whether the protected branch can be believed from the trust anchor on. */
export async function historyChecks(
  wire: Pick<Wire, 'policy' | 'stateStore' | 'evidenceLog' | 'clock' | 'logKey'>,
  git: Git,
  { head, anchor }: Place,
): Promise<readonly DoctorCheck[]> {
  const remedy =
    'give the full id of a commit of the protected branch that you have looked at: --trust-anchor or PATCHWARDEN_TRUST_ANCHOR';
  const unwalked = untold('history', 'without a trust anchor nothing can be verified', remedy);
  if (anchor === undefined) return [failed('trust-anchor', 'no trust anchor was given', remedy), unwalked];
  const isFull = /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(anchor) && (await git.resolve(anchor)) === anchor;
  if (!isFull)
    return [failed('trust-anchor', 'the trust anchor is not the full id of a commit here', remedy), unwalked];
  if (anchor !== head && (await git.firstParentLine(anchor, head)) === undefined)
    return [
      failed(
        'trust-anchor',
        'the trust anchor is not on the first-parent line of the protected branch: the branch was rewritten, or the anchor is of another one',
        remedy,
      ),
      unwalked,
    ];
  return [
    fine('trust-anchor', 'the trust anchor is on the first-parent line of the protected branch'),
    await walked(wire, git, anchor),
  ];
}

async function walked(
  wire: Parameters<typeof historyChecks>[0],
  git: Git,
  anchor: string,
): Promise<DoctorCheck> {
  try {
    const policy = await wire.policy();
    const { merges } = await verifiedHead(
      { git, policy, evidenceLog: (d) => openEvidence(wire, git, d, undefined) },
      anchor,
    );
    return fine('history', `the history verifies, with ${merges.length} merges since the trust anchor`);
  } catch (error) {
    if (!(error instanceof PatchwardenError)) throw error;
    const remedy = 'patchwarden audit verify says more; nothing is applied from there until it is mended';
    return error.code === 'forge-failed' || error.code === 'store-failed'
      ? unanswered('history', error.message, 'run doctor again when the remote answers')
      : failed('history', error.message, remedy);
  }
}
