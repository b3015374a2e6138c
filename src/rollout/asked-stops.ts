import type { EvidenceEntry, HaltEvidence, LiftEvidence } from '../contracts/generated/evidence-entry.ts';
import { haltsInForce } from '../domain/halt.ts';
import { sortedBy } from '../util/sort.ts';
import { evidenceKey } from './evidence-sync.ts';

export type StopEntry = HaltEvidence | LiftEvidence;

/**
 * What persons asked for beside the log and the log does not have yet, in the order in which it belongs there: each halt
 * once, and a lift only of a halt that is in force by then.
 * @param asked as believed
 * @param entries of the log, as believed
 */
export function stopsToRecord(
  asked: readonly StopEntry[],
  entries: readonly EvidenceEntry[],
): readonly StopEntry[] {
  const known = new Set(
    entries.flatMap((e) => (e.type === 'halt' || e.type === 'lift' ? [evidenceKey(e)] : [])),
  );
  const inForce = new Set(haltsInForce(entries).map((h) => h.id));
  const wanted: StopEntry[] = [];
  // Of the same moment, a halt comes before a lift.
  for (const e of sortedBy(
    asked,
    (s) => s.time,
    (s) => s.type,
    evidenceKey,
  )) {
    if (known.has(evidenceKey(e)) || (e.type === 'lift' && !inForce.delete(e.halt))) continue;
    if (e.type === 'halt') inForce.add(e.id);
    known.add(evidenceKey(e));
    wanted.push(e);
  }
  return wanted;
}
