import type { ExceptionUse } from '../assess/fleet/exception-use.ts';
import { explainAsset, explainFindings } from '../assess/fleet/explain.ts';
import type { Exception } from '../contracts/generated/exception.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { ExplainedAsset, ExplainedFinding } from '../domain/explanation.ts';
import { addDays, type Day, dayOf, type Instant } from '../domain/time.ts';
import type { PolicyRule } from '../ports/policy-engine.ts';
import { nearest } from '../util/edit-distance.ts';
import { openAssessedFleet } from './status.ts';
import type { Wire } from './wire.ts';

/** Why everything about an asset, or one advisory on it, stands as it does. */
export interface Explanation {
  readonly asOf: Instant;
  readonly asset: ExplainedAsset;
  readonly findings: readonly (ExplainedFinding & { readonly next: Next | null })[];
  /** Exceptions that name the advisory and do not hold here, with the reason. */
  readonly notApplying: readonly { readonly exception: string; readonly reason: string }[];
  /** The rules that gave a reason or a duty. */
  readonly rules: readonly PolicyRule[];
  readonly digests: { readonly policy: string; readonly fleet: string; readonly intel: string };
}

/** The first day on which the decision would be another, were nothing else to change. */
interface Next {
  readonly day: Day;
  readonly what: string;
}

type Ports = Pick<Wire, 'stateStore' | 'fleetStore' | 'policy' | 'rules' | 'ownPolicy'>;

/** @throws PatchwardenError `usage` when the asset, or the advisory on it, is not known */
export async function explain(
  wire: Ports,
  input: {
    readonly repo: string;
    readonly documents: PolicyDocuments;
    readonly asOf: Instant;
    readonly asset: string;
    readonly advisory: string | null;
  },
): Promise<Explanation> {
  const { documents, asOf, advisory } = input;
  const { store, assessment, rules, digests } = await openAssessedFleet(wire, input);
  try {
    const asset = await explainAsset(store, input.asset);
    if (!asset) throw await unknownAsset(store, input.asset);
    const findings = await explainFindings(store, asset.asset, advisory);
    if (advisory !== null && findings.length === 0)
      throw new PatchwardenError(
        'usage',
        `${asset.asset} has no finding of ${advisory}: it is fixed there, or no advisory of that name is about one of its packages`,
      );
    const exceptions = new Map(documents.exceptions.map((e) => [e.id, e]));
    const named = new Set(
      findings.flatMap((f) => [...f.reasons, ...f.duties].map((r) => r.rule.split(':')[0])),
    );
    const { policy, fleet, intel } = digests;
    return {
      asOf,
      asset,
      findings: findings.map((f) => ({ ...f, next: nextOf(f, exceptions, dayOf(asOf)) })),
      notApplying:
        advisory === null ? [] : notApplying(documents.exceptions, await assessment.exceptionUse(), findings),
      rules: rules.filter((r) => named.has(r.id)),
      digests: { policy, fleet, intel },
    };
  } finally {
    await store.close();
  }
}

async function unknownAsset(
  store: Parameters<typeof explainAsset>[0],
  asset: string,
): Promise<PatchwardenError> {
  const rows = await store.rows<{ asset: string }>('SELECT asset FROM assets ORDER BY asset LIMIT 10000');
  const meant = nearest(
    asset,
    rows.map((r) => r.asset),
  );
  return new PatchwardenError(
    'usage',
    `the fleet snapshot has no asset ${asset}; ${meant ? `did you mean ${meant}?` : 'run patchwarden scan, or correct the name'}`,
  );
}

/** The earliest of: a wait that ends, an exception that ends, a due day that passes. */
function nextOf(
  finding: ExplainedFinding,
  exceptions: ReadonlyMap<string, Exception>,
  today: Day,
): Next | null {
  const due = finding.duties.find((d) => d.binds)?.due ?? null;
  const ends = finding.exceptions.flatMap((id) => {
    const until = exceptions.get(id)?.validUntil;
    return until === undefined ? [] : [{ day: addDays(until, 1), what: `the exception ${id} is over` }];
  });
  const waits =
    finding.status === 'waiting' && finding.waitDays !== null && finding.waitDays > 0
      ? [
          {
            day: addDays(today, finding.waitDays),
            what: `the wait of ${finding.approvedBy ?? 'its rule'} is over`,
          },
        ]
      : [];
  const late = due === null || due < today ? [] : [{ day: addDays(due, 1), what: 'it is overdue' }];
  const all = [...ends, ...waits, ...late].filter((n) => n.day > today);
  return all.reduce<Next | null>((first, n) => (first === null || n.day < first.day ? n : first), null);
}

/** Exceptions that match by name, and why they do not count. */
function notApplying(
  exceptions: readonly Exception[],
  uses: readonly ExceptionUse[],
  findings: readonly ExplainedFinding[],
): Explanation['notApplying'] {
  const ids = new Set(findings.flatMap((f) => [f.advisory ?? '', ...f.names]));
  const sources = new Set(findings.flatMap((f) => [f.source ?? '', f.name ?? '']));
  const holding = new Set(findings.flatMap((f) => f.exceptions));
  const state = new Map(uses.map((u) => [u.exception, u]));
  return exceptions
    .filter(
      ({ match }) => match.advisories?.some((a) => ids.has(a)) ?? sources.has(match.component?.name ?? ''),
    )
    .filter(({ id }) => !holding.has(id))
    .map(({ id, validFrom, validUntil }) => {
      const use = state.get(id);
      const reason =
        use?.state === 'expired'
          ? `its last day was ${validUntil}`
          : use?.state === 'pending'
            ? `its first day is ${validFrom}`
            : use?.state === 'exceeded'
              ? `it would cover ${use.assets} assets, more than its maxAssets`
              : 'it does not select this asset, or not this version';
      return { exception: id, reason };
    });
}
