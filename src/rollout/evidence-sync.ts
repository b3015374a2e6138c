import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import { PatchwardenError, unreachable } from '../domain/errors.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import { INTERRUPTED, type JournalRecord, type NewRecord, runsOf } from './journal.ts';

const ATTEMPTS = 5;

/** What makes an entry the same one: a log must hold it once, however often a run was killed and repeated. */
export function evidenceKey(entry: EvidenceEntry): string {
  switch (entry.type) {
    case 'intent':
    case 'effect':
    case 'verification':
      return `${entry.type} ${entry.run}`;
    case 'merge':
    case 'approval':
      return `${entry.type} ${entry.commit}`;
    case 'proposal':
      return `${entry.type} ${entry.pull} ${entry.head}`;
    case 'health':
      return `${entry.type} ${entry.run} ${entry.until}`;
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

/** The evidence entry of each journal record, in order: a pure function, so that it can be written again after a crash. */
export function evidenceOf(records: readonly JournalRecord[]): readonly EvidenceEntry[] {
  const intents = new Map(runsOf(records).map((r) => [r.intent.run, r.intent]));
  return records.flatMap((r): EvidenceEntry[] => {
    const intent = intents.get(r.run);
    if (!intent) return [];
    const head = { apiVersion: 'patchwarden/v1', time: r.time, run: r.run } as const;
    const where = { asset: intent.asset, lock: intent.lock };
    switch (r.kind) {
      case 'intent':
        return [
          {
            ...head,
            ...where,
            type: 'intent',
            merge: r.merge,
            plan: r.plan,
            packages: r.packages.map((p) => ({ ...p })),
          },
        ];
      case 'outcome':
        return [
          {
            ...head,
            ...where,
            type: 'effect',
            outcome: r.outcome,
            ...(r.reason === undefined ? {} : { reason: r.reason }),
            ...(r.log === undefined ? {} : { log: r.log }),
          },
        ];
      case 'verified':
        return [{ ...head, ...where, type: 'verification', state: r.state, components: r.components }];
      default:
        return unreachable(r);
    }
  });
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

/**
 * Intents in the evidence that the journal does not know: the state location was lost or replaced. They come back as
 * journal records, so that recovery looks at the host before anything is tried again.
 */
export function recordsFromEvidence(
  entries: readonly EvidenceEntry[],
  records: readonly JournalRecord[],
): readonly NewRecord[] {
  const known = new Set(records.map((r) => `${r.kind} ${r.run}`));
  const lost: NewRecord[] = [];
  const tries = new Map<string, number>();
  for (const e of entries) {
    if (e.type === 'intent') {
      const step = e.packages.length === 0 ? 'mend' : 'install';
      const slot = `${e.asset} ${e.lock} ${step}`;
      const attempt = (tries.get(slot) ?? 0) + 1;
      tries.set(slot, attempt);
      if (known.has(`intent ${e.run}`)) continue;
      lost.push({
        kind: 'intent',
        time: e.time,
        run: e.run,
        step,
        try: attempt,
        asset: e.asset,
        lock: e.lock,
        merge: e.merge,
        plan: e.plan,
        packages: e.packages,
      });
    } else if (e.type === 'effect' && !known.has(`outcome ${e.run}`)) {
      lost.push({
        kind: 'outcome',
        time: e.time,
        run: e.run,
        outcome: e.outcome,
        ...(e.reason === undefined ? {} : { reason: e.reason }),
        ...(e.log === undefined ? {} : { log: e.log }),
        ...(e.reason === INTERRUPTED ? { interrupted: true as const } : {}),
      });
    } else if (e.type === 'verification' && !known.has(`verified ${e.run}`)) {
      lost.push({
        kind: 'verified',
        time: e.time,
        run: e.run,
        state: e.state === 'ahead' ? 'equal' : e.state,
        components: e.components,
      });
    }
  }
  return lost;
}
