import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import type { EvidenceProblem, Logged } from '../domain/evidence.ts';

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
