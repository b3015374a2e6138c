import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import { partOf } from '../contracts/intent-parts.ts';
import { PatchwardenError, unreachable } from '../domain/errors.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';

const ATTEMPTS = 5;

/** What makes an entry the same one: a log must hold it once, however often a run was killed and repeated. */
export function evidenceKey(entry: EvidenceEntry): string {
  switch (entry.type) {
    case 'intent':
      return `${entry.type} ${entry.run} ${partOf(entry)}`;
    case 'effect':
    case 'verification':
      return `${entry.type} ${entry.run}`;
    case 'merge':
    case 'approval':
      return `${entry.type} ${entry.commit}`;
    case 'export':
      return `${entry.type} ${entry.merge}`;
    case 'proposal':
      return `${entry.type} ${entry.pull} ${entry.head}`;
    case 'health':
      // The same span may be judged again: one odd answer must not stand in the way of a clear one.
      return `${entry.type} ${entry.run} ${entry.until} ${entry.verdict}`;
    case 'proven':
      return `${entry.type} ${entry.lock}`;
    case 'halt':
      return `${entry.type} ${entry.id}`;
    case 'lift':
      return `${entry.type} ${entry.halt}`;
    default:
      return unreachable(entry);
  }
}

/**
 * Appends the entries that the log does not hold yet, in order. Somebody else appending first is no failure: read and
 * try again, a bounded number of times.
 * @returns the keys that were appended by this call
 */
export async function appendMissing(
  log: Pick<EvidenceLog, 'entries' | 'append'>,
  wanted: readonly EvidenceEntry[],
): Promise<ReadonlySet<string>> {
  for (let attempt = 1; ; attempt += 1) {
    const held = new Set((await log.entries()).map(evidenceKey));
    const missing = new Map<string, EvidenceEntry>();
    for (const entry of wanted) if (!held.has(evidenceKey(entry))) missing.set(evidenceKey(entry), entry);
    if (missing.size === 0) return new Set();
    try {
      await log.append([...missing.values()]);
      return new Set(missing.keys());
    } catch (error) {
      const lost = error instanceof PatchwardenError && error.code === 'lease-lost';
      if (!lost || attempt === ATTEMPTS) throw error;
    }
  }
}
