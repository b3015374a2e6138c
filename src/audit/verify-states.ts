import { CHECKPOINT_PATH, type EvidenceProblem, formatHead, parseHead } from '../domain/evidence.ts';
import { printable } from '../util/printable.ts';
import { openCheckpoint } from '../util/tlog/checkpoint.ts';
import { prefixRoots } from '../util/tlog/compact.ts';
import { type Hash, hexOf } from '../util/tlog/hash.ts';
import type { NoteVerifier } from '../util/tlog/note-keys.ts';
import { aboutLog, short } from './evidence-problem.ts';
import type { EvidenceState } from './evidence-view.ts';

/** A state that somebody outside the log names: a commit of the protected branch, or the memory of a controller. */
export interface HeadClaim {
  /** Who says so, as the start of a sentence, such as `commit 0123456789ab`. */
  readonly by: string;
  /** What it says, `<size>:<root>`. */
  readonly head: string;
}

interface Opened {
  readonly state: EvidenceState;
  readonly size: number;
  readonly root: string;
}

/**
 * Append-only, told by the branch itself: a line without forks, growing, each state signed and a prefix of the
 * log as it is now. Only the first state that is no prefix is reported: the later ones follow from it.
 */
export function verifyStates(
  states: readonly EvidenceState[],
  leaves: readonly Hash[],
  verifier: NoteVerifier,
): readonly EvidenceProblem[] {
  const problems: EvidenceProblem[] = [];
  const opened: Opened[] = [];
  for (const [i, state] of states.entries()) {
    const where = `commit ${short(state.commit)} of the evidence branch`;
    if (state.parents.length > 1)
      problems.push(aboutLog(`${where} has ${state.parents.length} parents; a log has one line`));
    const checkpoint = state.checkpoint && openCheckpoint(state.checkpoint, verifier);
    if (!checkpoint || 'problem' in checkpoint) {
      // The head's own checkpoint is reported with its files.
      if (i < states.length - 1)
        problems.push(
          aboutLog(`${where}: ${CHECKPOINT_PATH} does not verify: ${checkpoint?.problem ?? 'it is missing'}`),
        );
      continue;
    }
    const head = { size: checkpoint.value.size, root: hexOf(checkpoint.value.root) };
    opened.push({ state, ...head });
    if (state.named !== formatHead(head))
      problems.push(
        aboutLog(
          `${where} says in its message that the log is ${printable(state.named ?? 'nothing')} and holds ${formatHead(head)}`,
        ),
      );
  }
  for (const [i, { state, size }] of opened.entries()) {
    const before = opened[i - 1];
    if (before && size <= before.size)
      problems.push(
        aboutLog(
          `commit ${short(state.commit)} of the evidence branch went from ${before.size} to ${size} entries; a log only grows`,
        ),
      );
  }
  return [...problems, ...firstNotPrefix(opened, leaves)];
}

function firstNotPrefix(opened: readonly Opened[], leaves: readonly Hash[]): EvidenceProblem[] {
  const roots = prefixRoots(
    leaves,
    opened.map((o) => o.size),
  );
  const at = opened.findIndex(({ size, root }) => {
    const now = roots.get(size);
    return now === undefined || hexOf(now) !== root;
  });
  const bad = opened[at];
  if (!bad) return [];
  const good = opened[at - 1]?.size ?? 0;
  const by = `commit ${short(bad.state.commit)} of the evidence branch signed the state ${formatHead(bad)}`;
  return bad.size > leaves.length
    ? [
        {
          entry: leaves.length,
          message: `${by}, and the log now ends before entry ${leaves.length}: entries were cut off`,
        },
      ]
    : [
        aboutLog(
          `${by}, which the log no longer begins with: something among the entries ${good} to ${bad.size - 1} was changed`,
        ),
      ];
}

/** Every state that was named must be one that the log went through. */
export function verifyClaims(
  claims: readonly HeadClaim[],
  leaves: readonly Hash[],
): readonly EvidenceProblem[] {
  const parsed = claims.map((claim) => ({ claim, head: parseHead(claim.head) }));
  const roots = prefixRoots(
    leaves,
    parsed.flatMap((p) => (p.head ? [p.head.size] : [])),
  );
  return parsed.flatMap(({ claim, head }): EvidenceProblem[] => {
    const says = `${claim.by} names the evidence head ${printable(claim.head.slice(0, 100))}`;
    if (!head) return [aboutLog(`${says}, which is not <size>:<root>`)];
    if (head.size > leaves.length)
      return [
        {
          entry: leaves.length,
          message: `${says}, and the log now ends before entry ${leaves.length}: entries were cut off`,
        },
      ];
    const now = roots.get(head.size);
    if (now && hexOf(now) === head.root) return [];
    return [
      aboutLog(`${says}, and the first ${head.size} entries are not those any more: the log was rewritten`),
    ];
  });
}
