import type {
  EffectEvidence,
  HealthEvidence,
  IntentEvidence,
  VerificationEvidence,
} from '../contracts/generated/evidence-entry.ts';
import { isNextPart, partOf } from '../contracts/intent-parts.ts';
import type { EvidenceProblem, Logged, OpenRun } from '../domain/evidence.ts';
import { printable } from '../util/printable.ts';
import { aboutEntry, nameOf, ofType } from './evidence-problem.ts';

/** What the log says of actions on hosts, judged by X12: one intent and one outcome each, on the authority of a merge. */
export interface RunReport {
  readonly open: readonly OpenRun[];
  readonly problems: readonly EvidenceProblem[];
}

export function verifyRuns(entries: readonly Logged[]): RunReport {
  const problems: EvidenceProblem[] = [];
  const merges = ofType(entries, 'merge');
  const intents = new Map<string, Logged<IntentEvidence>>();
  const effects = new Map<string, Logged<EffectEvidence>>();
  const authorised = (e: Logged<IntentEvidence>) =>
    merges.some(
      (m) => m.index < e.index && m.entry.commit === e.entry.merge && m.entry.locks.includes(e.entry.lock),
    );

  problems.push(...wholeness(entries));
  for (const logged of ofType(entries, 'intent')) {
    const first = intents.get(logged.entry.run);
    if (first && partOf(logged.entry) > 1) continue;
    if (first) problems.push(aboutEntry(logged, `its run was announced before, by ${nameOf(first)}`));
    else intents.set(logged.entry.run, logged);
    if (!authorised(logged))
      problems.push(
        aboutEntry(
          logged,
          `no merge entry before it brought its lock ${logged.entry.lock} with commit ${logged.entry.merge}`,
        ),
      );
  }
  for (const logged of ofType(entries, 'effect')) {
    const first = effects.get(logged.entry.run);
    if (first) problems.push(aboutEntry(logged, `its run had an effect before, ${nameOf(first)}`));
    else effects.set(logged.entry.run, logged);
    problems.push(...follows(logged, intents.get(logged.entry.run), 'intent'));
    if (!merges.some((m) => m.index < logged.index && m.entry.locks.includes(logged.entry.lock)))
      problems.push(aboutEntry(logged, `its lock ${logged.entry.lock} was never merged`));
  }
  for (const logged of ofType(entries, 'verification'))
    problems.push(...follows(logged, effects.get(logged.entry.run), 'effect'));
  for (const logged of ofType(entries, 'health'))
    problems.push(...follows(logged, effects.get(logged.entry.run), 'effect'));
  for (const logged of ofType(entries, 'proven')) {
    const { lock, merge } = logged.entry;
    if (
      !merges.some((m) => m.index < logged.index && m.entry.commit === merge && m.entry.locks.includes(lock))
    )
      problems.push(aboutEntry(logged, `its lock ${lock} was not brought by commit ${merge}`));
  }
  problems.push(...fencing(entries));
  const open = [...intents.values()]
    .filter((i) => !effects.has(i.entry.run))
    .map(({ index, entry }) => ({ entry: index, run: entry.run, asset: entry.asset }));
  return { open, problems };
}

/** The parts of an intent follow one another without a gap, and all are there: half an intent is none (X4, X12). */
function wholeness(entries: readonly Logged[]): EvidenceProblem[] {
  const byIndex = new Map(ofType(entries, 'intent').map((logged) => [logged.index, logged.entry]));
  return ofType(entries, 'intent').flatMap((logged) => {
    const { index, entry } = logged;
    const { parts = 1 } = entry;
    const part = partOf(entry);
    const before = byIndex.get(index - 1);
    const after = byIndex.get(index + 1);
    if (part > parts) return [aboutEntry(logged, `it is part ${part} of ${parts}`)];
    if (part > 1 && !(before && isNextPart(before, entry)))
      return [
        aboutEntry(logged, `it is part ${part} of an intent, and part ${part - 1} is not right before it`),
      ];
    return part < parts && !(after && isNextPart(entry, after))
      ? [aboutEntry(logged, `part ${part + 1} of its ${parts} parts does not follow it`)]
      : [];
  });
}

/** Epochs only grow: an intent with a lower one was announced by a controller that had lost its lease (X9). */
function fencing(entries: readonly Logged[]): EvidenceProblem[] {
  let highest = 0;
  return ofType(entries, 'intent').flatMap((logged) => {
    const { epoch } = logged.entry;
    if (epoch === undefined) return [];
    if (epoch < highest)
      return [aboutEntry(logged, `it has the epoch ${epoch}, after one of epoch ${highest} was announced`)];
    highest = epoch;
    return [];
  });
}

/** An entry about a run must come after what it answers, and speak of the same host and lock. */
function follows(
  later: Logged<EffectEvidence | VerificationEvidence | HealthEvidence>,
  earlier: Logged<IntentEvidence | EffectEvidence> | undefined,
  what: 'intent' | 'effect',
): EvidenceProblem[] {
  const { asset, lock, run } = later.entry;
  if (!earlier || earlier.index > later.index)
    return [
      aboutEntry(later, `there is no ${what} before it for its run ${printable(run)} on ${printable(asset)}`),
    ];
  return earlier.entry.asset === asset && earlier.entry.lock === lock
    ? []
    : [aboutEntry(later, `it speaks of another host or lock than ${nameOf(earlier)} of the same run`)];
}
