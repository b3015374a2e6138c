import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import type { Hold } from '../contracts/generated/hold.ts';
import { haltedVersions, haltsInForce } from '../domain/halt.ts';
import { type Bad, holdOf } from '../reconcile/rollback.ts';
import { sortedBy } from '../util/sort.ts';

/** Every package version that may be in no lock: held by a document, or halted by the evidence. Each once, sorted. */
export function badVersions(holds: readonly Hold[], evidence: readonly EvidenceEntry[]): readonly Bad[] {
  const bad = new Map<string, Bad>();
  const keyOf = (b: Pick<Bad, 'stream' | 'package' | 'version'>) => `${b.stream} ${b.package} ${b.version}`;
  for (const h of holds)
    bad.set(keyOf(h), {
      stream: h.stream,
      package: h.package,
      version: h.version,
      reason: h.reason,
      needsHold: false,
    });
  for (const { halt, ...version } of haltedVersions(haltsInForce(evidence)))
    if (!bad.has(keyOf(version)))
      bad.set(keyOf(version), { ...version, reason: halt.reason, needsHold: true });
  return sortedBy(
    bad.values(),
    (b) => b.stream,
    (b) => b.package,
    (b) => b.version,
  );
}

/** The holds in force at once: those of the documents, and one for each halted version, which nobody had to merge. */
export const holdsInForce = (holds: readonly Hold[], evidence: readonly EvidenceEntry[]): readonly Hold[] => [
  ...holds,
  ...badVersions(holds, evidence)
    .filter((b) => b.needsHold)
    .map((b) => holdOf(b, 'team:gate')),
];
