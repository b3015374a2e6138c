import { decodeEntry } from '../contracts/evidence-codec.ts';
import type { EvidenceProblem, Logged } from '../domain/evidence.ts';
import { printable } from '../util/printable.ts';
import { checkLog } from '../util/tlog/check-log.ts';
import { rootOf } from '../util/tlog/compact.ts';
import { type Hash, hashLeaf, hexOf } from '../util/tlog/hash.ts';
import type { NoteVerifier } from '../util/tlog/note-keys.ts';
import { aboutLog } from './evidence-problem.ts';
import type { EvidenceView } from './evidence-view.ts';

/** The log at the head of its branch. */
export interface VerifiedLog {
  /** Entries with their numbers; none when bytes are damaged, and an invalid one is a problem instead. */
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
  const leaves = log.entries.map(hashLeaf);
  const known = { leaves, size: leaves.length, root: hexOf(rootOf(leaves)) };
  const damage: readonly EvidenceProblem[] = [
    ...view.odd.map((path) => aboutLog(`${path} is no plain file and does not belong to the log`)),
    ...log.problems.map(({ entry, message }) =>
      entry === null ? aboutLog(message) : { entry, message: `${nameAt(log.entries, entry)}: ${message}` },
    ),
  ];
  // What damaged bytes would mean if they were whole is of no interest.
  if (damage.length > 0) return { ...known, entries: [], problems: damage.map(plain) };
  const decoded = log.entries.map(decodeEntry);
  return {
    ...known,
    entries: decoded.flatMap((d, index) => (d.ok ? [{ index, entry: d.value }] : [])),
    problems: decoded.flatMap((d, entry) =>
      d.ok ? [] : [plain({ entry, message: `${nameAt(log.entries, entry)}: ${d.error}` })],
    ),
  };
}

const plain = ({ entry, message }: EvidenceProblem): EvidenceProblem => ({
  entry,
  message: printable(message),
});

/** In canonical JSON the type is the last key, so damage elsewhere does not hide it. */
function nameAt(entries: readonly Uint8Array[], index: number): string {
  const end = Buffer.from(entries[index]?.subarray(-32) ?? []).toString('latin1');
  const type = /"type":"([a-z]{1,20})"\}$/.exec(end)?.[1];
  return type === undefined ? `entry ${index}` : `entry ${index} (${type})`;
}
