import type { EvidenceEntry, IntentEvidence } from '../contracts/generated/evidence-entry.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { believed, withStops } from './asked-stops.ts';
import { evidenceKey } from './evidence-sync.ts';
import { type EvidenceView, viewOf } from './ring-plan.ts';
import type { RolloutDeps } from './rollout.ts';

/** The evidence log as the write-ahead log of one controller. */
export interface Ledger {
  /** As it was read last. */
  view(): EvidenceView;
  /** Reads it again where it has grown, and enters the halts and lifts that persons put beside it. Throws `lease-lost` when a controller with a higher epoch announced something. */
  refresh(): Promise<EvidenceView>;
  /** Enters what happened; somebody else writing at the same time is no obstacle. */
  record(entries: readonly EvidenceEntry[]): Promise<void>;
  /**
   * Announces runs in one append, durable when it returns (X4). False: somebody wrote since the last reading, so what was
   * decided on it must be decided again (X5, X9, X10). Nothing was announced then.
   */
  announce(intents: readonly IntentEvidence[]): Promise<boolean>;
}

const ATTEMPTS = 5;

/** Opens the log for one epoch and enters approvals and merges, so that no intent precedes its authority. */
export async function openLedger(
  { evidence, believe, stopsAsked }: Pick<RolloutDeps, 'evidence' | 'believe' | 'stopsAsked'>,
  epoch: number,
  authority: readonly EvidenceEntry[],
): Promise<Ledger> {
  let entries: readonly EvidenceEntry[] = [];
  let view = viewOf([]);
  const take = async (now: readonly EvidenceEntry[]): Promise<EvidenceView> => {
    view = viewOf(await believed(now, believe));
    entries = now;
    const rival = now.findLast((e) => e.type === 'intent' && (e.epoch ?? 0) > epoch);
    if (rival?.type === 'intent')
      throw new PatchwardenError(
        'lease-lost',
        `a controller with epoch ${rival.epoch} announced run ${rival.run} on ${rival.asset}; this one has epoch ${epoch} and stops`,
      );
    return view;
  };
  const reread = async (): Promise<EvidenceView> => {
    const head = await evidence.head();
    return head.size === entries.length ? view : take(await evidence.entries());
  };
  /** Appends to exactly what was read; false: there is more by now, and it was read. */
  const append = async (added: readonly EvidenceEntry[]): Promise<boolean> => {
    try {
      await evidence.append(added, { after: entries.length });
    } catch (error) {
      if (!(error instanceof PatchwardenError) || error.code !== 'lease-lost') throw error;
      await reread();
      return false;
    }
    await take([...entries, ...added]);
    return true;
  };
  const record = async (wanted: readonly EvidenceEntry[]): Promise<void> => {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const known = new Set(entries.map(evidenceKey));
      const missing = new Map(
        wanted.filter((e) => !known.has(evidenceKey(e))).map((e) => [evidenceKey(e), e]),
      );
      if (missing.size === 0 || (await append([...missing.values()]))) return;
    }
    throw new PatchwardenError('lease-lost', 'somebody else writes the evidence log all the time; run again');
  };
  const refresh = async (): Promise<EvidenceView> => {
    await reread();
    const asked = (await stopsAsked?.()) ?? [];
    if (asked.length > 0) await record((await withStops(entries, asked, believe)).missing);
    return view;
  };
  await take(await evidence.entries());
  await record(authority);
  return {
    view: () => view,
    refresh,
    record,
    announce: append,
  };
}
