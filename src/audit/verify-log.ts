import { decodeEntry } from '../contracts/evidence-codec.ts';
import type { EvidenceProblem, Logged } from '../domain/evidence.ts';
import { printable } from '../util/printable.ts';
import { checkLog } from '../util/tlog/check-log.ts';
import { type Hash, hashLeaf, hexOf } from '../util/tlog/hash.ts';
import { rootOf } from '../util/tlog/compact.ts';
import type { NoteVerifier } from '../util/tlog/note-keys.ts';
import { aboutLog } from './evidence-problem.ts';
import type { EvidenceView } from './evidence-view.ts';

/** The log at the head of its branch. */
export interface VerifiedLog {
  /** Entries that can be read, with their numbers; an unreadable one is a problem instead. */
  readonly entries: readonly Logged[];
  readonly leaves: readonly Hash[];
  /** Size and root that the entries really have. */
  readonly size: number;
  readonly root: string;
  readonly problems: readonly EvidenceProblem[];
}

/** Checks every byte at the head: files, tree, checkpoint, and that each entry is canonical and valid. */
export function verifyLog(view: EvidenceView, verifier: NoteVerifier): VerifiedLog {
  if (view.states.length === 0)
    return { entries: [], leaves: [], size: 0, root: hexOf(rootOf([])), problems: [] };
  const log = checkLog(view.files, verifier);
  const decoded = log.entries.map(decodeEntry);
  const nameAt = (i: number) => {
    const entry = decoded[i];
    return entry?.ok ? `entry ${i} (${entry.value.type})` : `entry ${i}`;
  };
  const leaves = log.entries.map(hashLeaf);
  return {
    entries: decoded.flatMap((d, index) => (d.ok ? [{ index, entry: d.value }] : [])),
    leaves,
    size: leaves.length,
    root: hexOf(rootOf(leaves)),
    problems: [
      ...view.odd.map((path) => aboutLog(`${printable(path)} is no plain file and does not belong to the log`)),
      ...log.problems.map(({ entry, message }) =>
        entry === null
          ? aboutLog(printable(message))
          : { entry, message: `${nameAt(entry)}: ${printable(message)}` },
      ),
      ...decoded.flatMap((d, entry) => (d.ok ? [] : [{ entry, message: `entry ${entry}: ${printable(d.error)}` }])),
    ],
  };
}
