import { PatchwardenError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { Logger } from '../ports/logger.ts';
import type { StateStore } from '../ports/state-store.ts';
import { digestOf } from '../util/digest.ts';

/** Where the write-ahead journal lives in the state location: JSON lines. */
export const JOURNAL = 'rollout/journal.jsonl';

export type RunStep = 'mend' | 'install';
type RunOutcome = 'installed' | 'already-there' | 'failed' | 'refused' | 'restored' | 'unrestored';

/** The reason recorded for a try during which the controller died; such a try is no failure of the host. */
export const INTERRUPTED = 'the controller stopped before this was finished';

interface JournalPackage {
  readonly purl: string;
  readonly from: string | null;
  readonly to: string;
  readonly sha256: string;
}

/** Before an effect. */
export interface IntentRecord {
  readonly kind: 'intent';
  readonly seq: number;
  readonly time: Instant;
  readonly run: string;
  readonly step: RunStep;
  readonly try: number;
  readonly asset: string;
  readonly lock: string;
  readonly merge: string;
  readonly plan: string;
  readonly packages: readonly JournalPackage[];
}

/** After it: exactly one for each intent. */
export interface OutcomeRecord {
  readonly kind: 'outcome';
  readonly seq: number;
  readonly time: Instant;
  readonly run: string;
  readonly outcome: RunOutcome;
  readonly reason?: string;
  readonly log?: string;
  /** The controller died in between; such a try does not count as a failure of the host. */
  readonly interrupted?: true;
}

/** The host scanned again. */
interface VerifiedRecord {
  readonly kind: 'verified';
  readonly seq: number;
  readonly time: Instant;
  readonly run: string;
  readonly state: 'equal' | 'behind' | 'unknown';
  readonly components: string;
}

export type JournalRecord = IntentRecord | OutcomeRecord | VerifiedRecord;
type Unnumbered<T> = T extends JournalRecord ? Omit<T, 'seq'> : never;
export type NewRecord = Unnumbered<JournalRecord>;

export interface Journal {
  records(): readonly JournalRecord[];
  /** On disk when it returns. */
  append(record: NewRecord): Promise<JournalRecord>;
}

/** Identity of one action: the same asset, lock, step and try are the same run, wherever it is computed. */
export const runId = (asset: string, lock: string, step: RunStep, attempt: number): string =>
  digestOf({ asset, lock, step, try: attempt });

/**
 * Opens the journal. A last line cut off by a crash never took effect on anything, so it is dropped and reported;
 * damage anywhere else throws `store-failed`: going on without knowing what was begun could do it twice.
 */
export async function openJournal(
  state: Pick<StateStore, 'read' | 'write' | 'appendLine'>,
  log: Pick<Logger, 'warn'>,
): Promise<Journal> {
  const text = (await state.read(JOURNAL)) ?? '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole !== text) {
    log.warn(`${JOURNAL}: the last line was cut off by a crash and is dropped`);
    await state.write(JOURNAL, whole);
  }
  const records = whole
    .split('\n')
    .slice(0, -1)
    .map((line, i) => parseRecord(line, i + 1));
  return {
    records: () => records,
    async append(record) {
      const numbered = { ...record, seq: records.length + 1 } as JournalRecord;
      await state.appendLine(JOURNAL, JSON.stringify(numbered));
      records.push(numbered);
      return numbered;
    },
  };
}

const KINDS: readonly string[] = ['intent', 'outcome', 'verified'] satisfies JournalRecord['kind'][];

function parseRecord(line: string, number: number): JournalRecord {
  const damaged = (why: string, cause?: unknown) =>
    new PatchwardenError(
      'store-failed',
      `${JOURNAL}:${number}: ${why}; restore the file from a backup, or move it away to rebuild it from the evidence log`,
      { cause },
    );
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw damaged('not a line of JSON', error);
  }
  const record = value as Partial<JournalRecord> | null;
  if (typeof record !== 'object' || record === null) throw damaged('not a record');
  if (record.seq !== number) throw damaged(`expected record ${number}, found ${String(record.seq)}`);
  if (typeof record.run !== 'string' || !KINDS.includes(String(record.kind)))
    throw damaged('not a record of a run');
  return record as JournalRecord;
}

/** What the journal knows of one run. */
export interface RunHistory {
  readonly intent: IntentRecord;
  readonly outcome: OutcomeRecord | undefined;
  readonly verified: VerifiedRecord | undefined;
}

/** Every run in the order of its intent. */
export function runsOf(records: readonly JournalRecord[]): readonly RunHistory[] {
  const outcomes = new Map<string, OutcomeRecord>();
  const verified = new Map<string, VerifiedRecord>();
  for (const r of records) {
    if (r.kind === 'outcome') outcomes.set(r.run, r);
    if (r.kind === 'verified') verified.set(r.run, r);
  }
  return records
    .filter((r) => r.kind === 'intent')
    .map((intent) => ({ intent, outcome: outcomes.get(intent.run), verified: verified.get(intent.run) }));
}
