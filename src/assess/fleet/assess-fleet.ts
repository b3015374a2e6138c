import type { Baseline, Selector } from '../../contracts/generated/baseline.ts';
import type { Exception } from '../../contracts/generated/exception.ts';
import type { PolicyDocuments } from '../../contracts/policy-repository.ts';
import type { Instant } from '../../domain/time.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import type { PolicyEngine, PolicyRule } from '../../ports/policy-engine.ts';
import { approvePatches } from './approve.ts';
import { buildContexts, type ExceededException } from './contexts.ts';
import { scopeDeadlines } from './deadlines.ts';
import { decideClasses } from './decide.ts';
import { type ExceptionUse, exceptionUse } from './exception-use.ts';
import { matchExceptionFindings, validExceptions } from './exceptions.ts';
import { buildFindings } from './findings.ts';
import { buildDecisions, joinOutcomes } from './judge.ts';
import { buildKin } from './kin.ts';
import { labelUses } from './labels.ts';
import { matchParts } from './matches.ts';
import { buildPlaces, standPlaces } from './places.ts';
import { type FleetSummary, summary } from './queries.ts';
import { reduceFleet } from './reduce.ts';
import { matchVex, vexTrust } from './vex.ts';
import { viewContexts } from './views.ts';

export interface AssessDeps {
  /** With the snapshot tables loaded. */
  readonly store: FleetStore;
  readonly policy: Pick<PolicyEngine, 'approve' | 'decideAll' | 'reads'>;
  /** Labels that a rule of the policy declares in `custom.reads`; no other label enters a context. */
  readonly reads: readonly string[];
  /** Rules of the policy, to name those that read a label. */
  readonly rules?: readonly PolicyRule[];
  /** The memory `known` of judgement-memory.ts is there, and of the advisories that are loaded. */
  readonly known?: boolean;
}

export interface AssessInput {
  readonly documents: Pick<PolicyDocuments, 'config' | 'baselines' | 'exceptions' | 'holds'>;
  readonly asOf: Instant;
}

/** What was decided over the fleet. The tables stay in the store for the queries of queries.ts. */
export interface Assessment extends FleetSummary {
  readonly asOf: Instant;
  /** Distinct (context, class) pairs that policy was asked about. */
  readonly decisions: number;
  /** Exceptions that cover more assets than they may, and so do not count. */
  readonly exceeded: readonly ExceededException[];
  /** What each exception of the repository does; decided when it is asked for. */
  readonly exceptionUse: () => Promise<readonly ExceptionUse[]>;
}

/** Contexts allowed where the config does not say. */
const DEFAULT_CONTEXTS = 10_000;

/** Reduce, decide, expand: the whole assessment at one moment. */
export async function assessFleet(deps: AssessDeps, input: AssessInput): Promise<Assessment> {
  const { store, policy, reads, rules = [], known } = deps;
  const { config, baselines, holds } = input.documents;
  const exceptions = validExceptions(input.documents.exceptions, input.asOf);
  await reduceFleet(store, labelUses(selectorsOf(baselines, exceptions), reads));
  await matchParts(
    store,
    exceptions.flatMap((e) => e.match.component?.before ?? []),
    known,
  );
  await matchVex(store, vexTrust(config));
  await buildPlaces(store);
  await buildFindings(store);
  await standPlaces(store);
  await matchExceptionFindings(store, exceptions);
  const limit = config.limits?.contexts ?? DEFAULT_CONTEXTS;
  const exceeded = await buildContexts(store, { baselines, exceptions, reads, rules, limit });
  await scopeDeadlines(store, baselines);
  const facts = { baselines, exceptions, reads };
  await viewContexts(store, facts, policy.reads);
  await buildKin(store);
  await approvePatches(store, policy, { baselines, holds, asOf: input.asOf, reads });
  await buildDecisions(store, policy.reads);
  const decisions = await decideClasses(store, policy, facts);
  await joinOutcomes(store, input.asOf);
  const { asOf } = input;
  const all = input.documents.exceptions;
  return {
    asOf,
    ...(await summary(store)),
    decisions,
    exceeded,
    exceptionUse: () => exceptionUse(store, policy, { ...facts, all, exceeded, asOf }),
  };
}

const selectorsOf = (
  baselines: readonly Baseline[],
  exceptions: readonly Exception[],
): readonly Selector[] => [
  ...baselines.flatMap((b) => [
    b.select,
    ...b.rings.map((r) => r.select),
    ...b.deadlines.flatMap((d) => d.select ?? []),
  ]),
  ...exceptions.map((e) => e.select),
];
