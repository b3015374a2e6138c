import type { Baseline } from '../../contracts/generated/baseline.ts';
import type { DecideInput } from '../../contracts/generated/decide-input.ts';
import type { DecideOutput } from '../../contracts/generated/decide-output.ts';
import type { Exception } from '../../contracts/generated/exception.ts';
import { PatchwardenError } from '../../domain/errors.ts';
import { fullDaysBetween } from '../../domain/time.ts';
import type { Cell, FleetStore } from '../../ports/fleet-store.ts';
import type { PolicyEngine } from '../../ports/policy-engine.ts';
import { entry } from '../../util/entry.ts';
import { deadlinesOn } from './deadlines.ts';

type Finding = DecideInput['finding'];

interface ContextRow {
  readonly baseline: string | null;
  readonly ring: string | null;
  readonly unknown: DecideInput['context']['unknown'];
  readonly reads: readonly (string | null)[];
  /** Deadlines that select assets, and this one. */
  readonly overlays: readonly string[];
}

/** What policy reads of findings. */
interface ClassRow {
  readonly kind: Finding['kind'];
  readonly stream: string;
  readonly severity: Finding['severity'];
  readonly kev: boolean;
  readonly exploitation: Finding['exploitation'];
  readonly automatable: Finding['automatable'];
  readonly technicalImpact: Finding['technicalImpact'];
  readonly epss: number | null;
  readonly scopes: readonly string[];
  readonly fix: Finding['fix'];
  readonly held: boolean;
  readonly affected: Finding['affected'];
  readonly vex: Finding['vex'];
  readonly verdict: Finding['approval']['verdict'];
  readonly rule: string | null;
}

interface Asked {
  readonly decision: number;
  readonly view: number;
  readonly class: number;
  readonly exceptions: readonly string[];
}

/** One distinct question, as `questions` reads it. */
export interface QuestionRow extends ContextRow, ClassRow, Asked {}

export interface DecideFacts {
  readonly baselines: readonly Baseline[];
  readonly exceptions: readonly Exception[];
  readonly reads: readonly string[];
}

/**
 * Asks `decide` once per distinct (view, class, exceptions that match both).
 *
 * In: `decision`, `context`, `view_of`, `class`. Out: `answer_status(decision, status, duty, reasons)` with reasons as JSON text, and
 * `obligation(duty, rule, kind, clock, days)`: a duty is a set of obligations, and many decisions have the same.
 * All of one duty are of one kind.
 * @returns how many decisions were made
 */
export async function decideClasses(
  store: FleetStore,
  policy: Pick<PolicyEngine, 'decideAll'>,
  facts: DecideFacts,
): Promise<number> {
  const inputOf = inputsOf(facts);
  const rows = await questions(store);
  const outputs = await policy.decideAll(rows.map((row) => inputOf(row)));
  const duties = new Map<string, number>();
  const obligations: (readonly [number, string, string, string, number])[] = [];
  const dutyOf = (owed: DecideOutput['obligations']): number =>
    entry(duties, JSON.stringify(owed), () => {
      for (const o of owed) obligations.push([duties.size, o.rule, o.kind, o.clock, o.days]);
      return duties.size;
    });
  const known = new Map<string, readonly Cell[]>();
  const statuses = outputs.map((output, i) => {
    const { status, obligations: owed, reasons } = output;
    const said = entry(known, JSON.stringify(output), () => [status, dutyOf(owed), JSON.stringify(reasons)]);
    return [rows[i]?.decision ?? -1, ...said];
  });
  await store.run(
    'CREATE OR REPLACE TABLE answer_status (decision BIGINT, status VARCHAR, duty INTEGER, reasons VARCHAR)',
  );
  await store.append('answer_status', ['decision', 'status', 'duty', 'reasons'], statuses);
  await store.run(
    'CREATE OR REPLACE TABLE obligation (duty INTEGER, rule VARCHAR, kind VARCHAR, clock VARCHAR, days INTEGER)',
  );
  await store.append('obligation', ['duty', 'rule', 'kind', 'clock', 'days'], obligations);
  return outputs.length;
}

/**
 * The distinct questions of an assessment, in order, all or those of a condition on `d`; what many have in common is read once.
 * In: `decision`, `context`, `view_of`, `class`.
 */
export async function questions(store: FleetStore, where = 'true'): Promise<readonly QuestionRow[]> {
  const contexts = await store.rows<ContextRow & { readonly view: number }>(
    `SELECT v."view", c.baseline, c.ring, c.unknown, c.reads, c.overlays
     FROM (SELECT "view", min(context) AS context FROM view_of GROUP BY "view") v JOIN context c USING (context)`,
  );
  const classes = await store.rows<ClassRow & { readonly class: number }>('FROM class');
  const rows = await store.rows<Asked>(
    `SELECT d.decision, d."view", d.class, d.exceptions FROM decision d WHERE ${where} ORDER BY d.decision`,
  );
  const views = new Map(contexts.map((c) => [c.view, c]));
  const facts = new Map(classes.map((c) => [c.class, c]));
  return rows.map((row) => {
    const [context, told] = [views.get(row.view), facts.get(row.class)];
    if (!context || !told) throw new PatchwardenError('bug', `question ${row.decision} is about nothing`);
    return { ...context, ...told, ...row };
  });
}

/** What policy is asked for a row; without some of its exceptions where they are named. */
export function inputsOf(facts: DecideFacts): (row: QuestionRow, without?: readonly string[]) => DecideInput {
  const baselineOf = baselineReader(facts.baselines);
  const exceptions = new Map(facts.exceptions.map((e) => [e.id, e]));
  const contexts = new Map<number, DecideInput['context']>();
  const contextOf = (row: ContextRow): DecideInput['context'] => ({
    baseline: baselineOf(row),
    ring: row.ring,
    unknown: row.unknown,
    labels: Object.fromEntries(
      facts.reads.flatMap((label, i) => (typeof row.reads[i] === 'string' ? [[label, row.reads[i]]] : [])),
    ),
  });
  return (row, without = []) => ({
    context: entry(contexts, row.view, () => contextOf(row)),
    finding: findingOf(row),
    exceptions: row.exceptions.flatMap((id) => (without.includes(id) ? [] : [exceptionOf(id, exceptions)])),
  });
}

/** A baseline as policy sees it on an asset; null where there is none. */
export function baselineReader(
  baselines: readonly Baseline[],
): (row: Pick<ContextRow, 'baseline' | 'overlays'>) => DecideInput['context']['baseline'] {
  const byId = new Map(baselines.map((b) => [b.id, b]));
  return (row) => {
    const baseline = row.baseline === null ? undefined : byId.get(row.baseline);
    if (!baseline) return null;
    const { id, mode = 'observe', exceptionDays = {} } = baseline;
    return { id, mode, deadlines: deadlinesOn(baseline, row.overlays), exceptionDays };
  };
}

const findingOf = (row: QuestionRow): Finding => ({
  kind: row.kind,
  stream: row.stream,
  severity: row.severity,
  kev: row.kev,
  exploitation: row.exploitation,
  automatable: row.automatable,
  technicalImpact: row.technicalImpact,
  epss: row.epss,
  scopes: [...row.scopes],
  fix: row.fix,
  held: row.held,
  affected: row.affected,
  vex: row.vex,
  approval: { verdict: row.verdict, rule: row.rule },
});

function exceptionOf(
  id: string,
  exceptions: ReadonlyMap<string, Exception>,
): DecideInput['exceptions'][number] {
  const exception = exceptions.get(id);
  if (!exception) throw new PatchwardenError('bug', `exception ${id} is not there`);
  const { decision, controls = [], validFrom, validUntil } = exception;
  return { id, decision, controlled: controls.length > 0, days: 1 + fullDaysBetween(validFrom, validUntil) };
}
