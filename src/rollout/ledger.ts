import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import { appendMissing, evidenceKey, evidenceOf, recordsFromEvidence } from './evidence-sync.ts';
import { type Journal, type NewRecord, type RunHistory, runsOf } from './journal.ts';

/** Journal and evidence as one: what is recorded is durable here first, then outside the runner, before the next effect. */
export interface Ledger {
  runs(): readonly RunHistory[];
  record(record: NewRecord): Promise<void>;
}

/**
 * Brings journal and evidence to the same state after whatever happened before: records that only the evidence has come
 * back into the journal, entries that only the journal has (and `first`, the approvals and merges) are appended.
 */
export async function openLedger(
  journal: Journal,
  evidence: Pick<EvidenceLog, 'entries' | 'append'>,
  first: readonly EvidenceEntry[],
): Promise<Ledger> {
  for (const lost of recordsFromEvidence(await evidence.entries(), journal.records()))
    await journal.append(lost);
  await appendMissing(evidence, [...first, ...evidenceOf(journal.records())]);
  return {
    runs: () => runsOf(journal.records()),
    async record(record) {
      await journal.append(record);
      const entry = evidenceOf(journal.records()).at(-1);
      if (!entry) throw new PatchwardenError('bug', `a record of the unknown run ${record.run}`);
      const appended = await appendMissing(evidence, [entry]);
      if (record.kind === 'intent' && !appended.has(evidenceKey(entry)))
        throw new PatchwardenError(
          'lease-lost',
          `another controller began run ${record.run} on ${record.asset}; nothing was started here`,
        );
    },
  };
}
