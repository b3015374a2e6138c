import { explainAsset, explainFindings } from '../assess/fleet/explain.ts';
import { type ExplainedSources, explainSources } from '../assess/fleet/explain-claims.ts';
import type { Exception } from '../contracts/generated/exception.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { controlsIn, type ServedControl, servesRule } from '../domain/compliance.ts';
import { baselinePath, exceptionPath } from '../domain/document-paths.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { ExceptionHistory } from '../domain/exception-history.ts';
import type {
  DocumentSource,
  ExplainedAsset,
  ExplainedException,
  ExplainedFinding,
  ExplainedPin,
} from '../domain/explanation.ts';
import { type Responsibility, responsibilityOf } from '../domain/responsibility.ts';
import { addDays, type Day, dayOf, type Instant } from '../domain/time.ts';
import type { FeedFacts } from '../observe/intel/feed-facts.ts';
import type { SnapshotName } from '../observe/snapshot.ts';
import type { Git } from '../ports/git.ts';
import type { PolicyRule } from '../ports/policy-engine.ts';
import { nearest } from '../util/edit-distance.ts';
import { documentSources } from './document-sources.ts';
import { exceptionHistoryIn } from './exception-history.ts';
import { explainExceptions } from './explain-exceptions.ts';
import { openedGit } from './opened-git.ts';
import { explainPins } from './pins-explain.ts';
import type { World } from './snapshots.ts';
import { openAssessedFleet } from './status.ts';
import type { Wire } from './wire.ts';

/** Why everything about an asset, or one advisory on it, stands as it does. */
export interface Explanation {
  readonly asOf: Instant;
  readonly asset: ExplainedAsset;
  readonly findings: readonly (ExplainedFinding & {
    readonly responsible: Responsibility;
    readonly next: Next | null;
    /** What pins.json keeps strict about it; null where it keeps nothing. */
    readonly pin: ExplainedPin | null;
  })[];
  /** Those that name the advisory or its package; none are looked for where no advisory is asked about. */
  readonly exceptions: readonly ExplainedException[];
  /** The rules that gave a reason or a duty, and the controls that each serves. */
  readonly rules: readonly (PolicyRule & { readonly controls: readonly ServedControl[] })[];
  /** Label → the source that the config trusts for it. */
  readonly labelSources: Readonly<Record<string, string>>;
  /** The documents that were decided by. */
  readonly documents: readonly DocumentSource[];
  /** What was decided on. */
  readonly snapshots: Readonly<Record<SnapshotName, { readonly digest: string; readonly at: Instant }>>;
  /** What the intelligence was made from. */
  readonly feeds: readonly FeedFacts[];
  /** Exceptions that hold on a finding here, and how long they have been accepted; those that were merged. */
  readonly holding: readonly (ExceptionHistory & { readonly exception: string })[];
  /** What vendors and sources of severities say of the advisory; null where none is asked for. */
  readonly sources: ExplainedSources | null;
  readonly digests: { readonly policy: string; readonly fleet: string; readonly intel: string };
}

/** The first day on which the decision would be another, were nothing else to change. */
interface Next {
  readonly day: Day;
  readonly what: string;
}

type Ports = Pick<
  Wire,
  'stateStore' | 'fleetStore' | 'policy' | 'rules' | 'ownPolicy' | 'programDigest' | 'compliance' | 'git'
>;

interface ExplainInput {
  readonly repo: string;
  readonly documents: PolicyDocuments;
  readonly asOf: Instant;
  readonly asset: string;
  readonly advisory: string | null;
  /** The commit that the documents are of; the work tree as it is, where absent. */
  readonly commit?: string;
}

/** @throws PatchwardenError `usage` when the asset, or the advisory on it, is not known */
export async function explain(wire: Ports, input: ExplainInput): Promise<Explanation> {
  const { repo, documents, asOf, advisory } = input;
  const { store, assessment, rules, manifests, digests, pins, close } = await openAssessedFleet(wire, input);
  try {
    const asset = await explainAsset(store, input.asset);
    if (!asset) throw await unknownAsset(store, input.asset);
    const findings = await explainFindings(store, asset.asset, advisory);
    if (advisory !== null && findings.length === 0)
      throw new PatchwardenError(
        'usage',
        `${asset.asset} has no finding of ${advisory}: it is fixed there, or no advisory of that name is about one of its packages`,
      );
    const exceptions =
      advisory === null
        ? []
        : await explainExceptions(store, documents.exceptions, await assessment.exceptionUse(), {
            asset: asset.asset,
            findings,
          });
    const files = [
      ...asset.selectedBy.map((s) => baselinePath(s.baseline)),
      ...findings.flatMap((f) => f.exceptions.map(exceptionPath)),
      ...exceptions.map((e) => e.file),
    ];
    const about = (f: ExplainedFinding) => documents.exceptions.filter((e) => isFor(e, f, exceptions));
    const pinOf = await explainPins(store, pins, asset.asset);
    const { policy, fleet, intel } = digests;
    const git = await openedGit(wire, repo);
    return {
      asOf,
      asset,
      findings: findings.map((f) => ({
        ...f,
        responsible: responsibilityOf(documents, { ...f, baseline: asset.baseline }),
        next: nextOf(f, about(f), dayOf(asOf)),
        pin: pinOf(f),
      })),
      exceptions,
      rules: await rulesNamed(wire, rules, findings),
      labelSources: Object.fromEntries(
        Object.entries(documents.config.labels ?? {}).map(([label, { source }]) => [label, source]),
      ),
      documents: await documentSources(git, input.commit, files),
      ...madeFrom(manifests),
      holding: await holding(git, documents, findings),
      sources: advisory === null ? null : await explainSources(store, asset.asset, findings),
      digests: { policy, fleet, intel },
    };
  } finally {
    await close();
  }
}

/** Exceptions whose days can change the decision on a finding: what holds now, and what is to come. */
const isFor = (e: Exception, f: ExplainedFinding, explained: readonly ExplainedException[]): boolean =>
  f.exceptions.includes(e.id) || explained.some((x) => x.exception === e.id);

async function rulesNamed(
  wire: Pick<Wire, 'compliance'>,
  rules: readonly PolicyRule[],
  findings: readonly ExplainedFinding[],
): Promise<Explanation['rules']> {
  const named = new Set(
    findings.flatMap((f) => [...f.reasons, ...f.duties].map((r) => r.rule.split(':')[0])),
  );
  const controls = controlsIn(await wire.compliance());
  return rules
    .filter((r) => named.has(r.id))
    .map((rule) => ({
      ...rule,
      controls: controls.flatMap(({ rules: served, ...control }) =>
        servesRule(served, rule.id) ? [control] : [],
      ),
    }));
}

function madeFrom(manifests: World['manifests']): Pick<Explanation, 'snapshots' | 'feeds'> {
  const of = (name: SnapshotName) => {
    const { digest = '', at = '' } = manifests.get(name) ?? {};
    return { digest, at };
  };
  return {
    snapshots: {
      intel: of('intel'),
      packages: of('packages'),
      'first-seen': of('first-seen'),
      fleet: of('fleet'),
      labels: of('labels'),
    },
    feeds: manifests.get('intel')?.feeds ?? [],
  };
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

async function holding(
  git: Git | undefined,
  documents: PolicyDocuments,
  findings: readonly ExplainedFinding[],
): Promise<Explanation['holding']> {
  const held = new Set(findings.flatMap((f) => f.exceptions));
  if (held.size === 0) return [];
  const known = await exceptionHistoryIn(git, documents);
  return [...known].flatMap(([exception, h]) => (held.has(exception) ? [{ exception, ...h }] : []));
}

/** The earliest of: a wait that ends, an exception that begins or ends, a due day that passes. */
function nextOf(finding: ExplainedFinding, exceptions: readonly Exception[], today: Day): Next | null {
  const due = finding.duties.find((d) => d.binds)?.due ?? null;
  const turns = exceptions.flatMap(({ id, validFrom, validUntil }) => [
    ...(today < validFrom ? [{ day: validFrom, what: `the exception ${id} begins` }] : []),
    ...(finding.exceptions.includes(id)
      ? [{ day: addDays(validUntil, 1), what: `the exception ${id} is over` }]
      : []),
  ]);
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
  const all = [...turns, ...waits, ...late].filter((n) => n.day > today);
  return all.reduce<Next | null>((first, n) => (first === null || n.day < first.day ? n : first), null);
}
