import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';

/** One reason why the evidence does not verify. */
export interface EvidenceProblem {
  /** Number of the entry from 0; null where it is about a commit or file. */
  readonly entry: number | null;
  /** A sentence that names the entry (number and type), commit or file. */
  readonly message: string;
}

/** An entry with its number in the log. */
export interface Logged<E extends EvidenceEntry = EvidenceEntry> {
  readonly index: number;
  readonly entry: E;
}

export const aboutLog = (message: string): EvidenceProblem => ({ entry: null, message });

export const aboutEntry = ({ index, entry }: Logged, message: string): EvidenceProblem => ({
  entry: index,
  message: `${nameOf({ index, entry })}: ${message}`,
});

export const nameOf = ({ index, entry }: Logged): string => `entry ${index} (${entry.type})`;

export const short = (commit: string): string => commit.slice(0, 12);

/** The entries of one type. */
export const ofType = <T extends EvidenceEntry['type']>(
  entries: readonly Logged[],
  type: T,
): readonly Logged<Extract<EvidenceEntry, { type: T }>>[] =>
  entries.filter((e): e is Logged<Extract<EvidenceEntry, { type: T }>> => e.entry.type === type);
