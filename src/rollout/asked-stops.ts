import type { EvidenceEntry, HaltEvidence, LiftEvidence } from '../contracts/generated/evidence-entry.ts';
import { haltsInForce } from '../domain/halt.ts';
import { sortedBy } from '../util/sort.ts';
import { evidenceKey } from './evidence-sync.ts';
import type { RolloutDeps } from './rollout.ts';

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

/** Leaves out halts and lifts of persons that do not stand; what a gate says is signed by the log itself. */
export async function believed(
  entries: readonly EvidenceEntry[],
  believe: RolloutDeps['believe'],
): Promise<readonly EvidenceEntry[]> {
  if (!believe) return entries;
  const kept: EvidenceEntry[] = [];
  for (const e of entries) {
    const gate = e.type === 'halt' && e.by === 'gate';
    if ((e.type === 'halt' || e.type === 'lift') && !gate && !(await believe(e))) continue;
    kept.push(e);
  }
  return kept;
}

/** The log as it is believed, with what persons asked for beside it and a controller has still to enter. */
export async function withStops(
  entries: readonly EvidenceEntry[],
  asked: readonly StopEntry[],
  believe: RolloutDeps['believe'],
): Promise<{ readonly entries: readonly EvidenceEntry[]; readonly missing: readonly StopEntry[] }> {
  const kept = await believed(entries, believe);
  const stops: StopEntry[] = [];
  // What a gate says comes with the log's own signature only.
  for (const entry of asked.filter((e) => e.by !== 'gate'))
    if (!believe || (await believe(entry))) stops.push(entry);
  const missing = stopsToRecord(stops, kept);
  return { entries: [...kept, ...missing], missing };
}
