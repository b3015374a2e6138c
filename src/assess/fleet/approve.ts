import type { ApproveInput } from '../../contracts/generated/approve-input.ts';
import type { Baseline } from '../../contracts/generated/baseline.ts';
import type { PackageRow } from '../../contracts/generated/fleet-rows.ts';
import type { Hold } from '../../contracts/generated/hold.ts';
import { PatchwardenError } from '../../domain/errors.ts';
import { purlOf } from '../../domain/purl.ts';
import type { Severity } from '../../domain/severity.ts';
import { ecosystemOf } from '../../domain/stream.ts';
import { dayOf, fullDaysBetween, type Instant } from '../../domain/time.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import type { PolicyEngine } from '../../ports/policy-engine.ts';
import { entry } from '../../util/entry.ts';
import { asksExposure, EXPOSURE, lawsOf, NO_LAW } from './laws.ts';

type Candidate = ApproveInput['candidate'];

/** What policy may know of a package that could be installed. Moments are RFC 3339; null where they are not known. */
interface CandidateFacts {
  readonly stream: string;
  readonly name: string;
  readonly sourcePackage: string;
  readonly version: string;
  readonly arch: string;
  readonly origin: string;
  /** It brings what a security archive offers. */
  readonly secures: boolean;
  readonly section: string | null;
  readonly priority: string | null;
  readonly advisories: readonly string[];
  readonly cves: readonly string[];
  readonly fixState: Candidate['fixState'];
  readonly severity: Severity;
  readonly kev: boolean;
  readonly epss: number | null;
  readonly exploitation: Candidate['exploitation'] | null;
  readonly automatable: Candidate['automatable'] | null;
  readonly technicalImpact: Candidate['technicalImpact'] | null;
  readonly firstSeen: string | null;
  readonly published: string | null;
  readonly behind: string | null;
}

/** A patch as the `patch` table tells it: one installed part and one package that it could become. */
interface PatchRow extends Omit<CandidateFacts, keyof Closed> {
  readonly part: number;
  readonly pkg: number;
  readonly phased: number | null;
  /** Number of what it closes: many patches close the same. */
  readonly closed: number;
}

type Closed = Pick<CandidateFacts, 'advisories' | 'cves'>;

export interface ApproveFacts {
  readonly baselines: readonly Baseline[];
  readonly holds: readonly Hold[];
  readonly asOf: Instant;
  /** Labels that stand in `context.reads`, in this order. */
  readonly reads: readonly string[];
}

/**
 * Asks `approve` once per distinct (law, candidate patch); which baseline it is, policy cannot read.
 *
 * In: `kin_place`, `kin`, `place`, `offer`, `patch`, `pkg`, and `place_context` and `context` where approvals ask for
 * exposure. Out: `approval(law, part, pkg, verdict, rule, waitDays)`.
 * A patch that its origin hands out to a share of hosts only is `waiting` by rule `phasing`, whatever the baseline says.
 */
export async function approvePatches(
  store: FleetStore,
  policy: Pick<PolicyEngine, 'approve'>,
  facts: ApproveFacts,
): Promise<void> {
  const baselines = new Map(lawsOf(facts.baselines).distinct.map((l) => [l.law, l.baseline]));
  const held = new Set(facts.holds.map((h) => [h.stream, h.package, h.version].join('\n')));
  const patches = new Map<string, Asked>();
  const alike = new Map<string, Asked>();
  const closed = await closedLists(store);
  for (const patch of await store.rows<PatchRow>(
    `SELECT p.* EXCLUDE (advisories, cves), c.closed, k.stream, k.name, k.builtFrom AS sourcePackage, k.version, k.arch, k.origin, k.section, k.priority, k.phased
     FROM patch p JOIN pkg k USING (pkg) JOIN patch_closes c ON c.advisories = p.advisories AND c.cves = p.cves`,
  )) {
    const lists = closed.get(patch.closed);
    if (!lists) throw new PatchwardenError('bug', `what patch ${patch.pkg} closes is not there`);
    const row = { ...patch, ...lists };
    const isHeld = held.has([row.stream, row.name, row.version].join('\n'));
    const candidate = candidateOf(row, isHeld, facts.asOf);
    const key = JSON.stringify([candidate, row.phased]);
    const asked = alike.get(key) ?? { candidate, phased: row.phased, answers: new Map() };
    alike.set(key, asked);
    patches.set(`${row.part} ${row.pkg}`, asked);
  }
  const asked = await store.rows<{ law: number; part: number; pkg: number }>(
    `SELECT DISTINCT c.law, o.part, o.pkg
     FROM (SELECT DISTINCT law, place FROM kin_place JOIN kin USING (kin) WHERE law <> ${NO_LAW}) c
     JOIN place l USING (place) JOIN offer o ON o.part = l.part AND o.originSet = l.originSet ORDER BY ALL`,
  );
  const exposed = await exposures(store, facts);
  const approvals = asked.map(({ law, part, pkg }) => {
    const baseline = baselines.get(law);
    const patch = patches.get(`${part} ${pkg}`);
    if (!baseline || !patch) throw new PatchwardenError('bug', `law ${law} or patch ${pkg} is not there`);
    const hosts = exposed.get(`${law} ${part}`) ?? [];
    const answer = entry(patch.answers, JSON.stringify([law, hosts]), () =>
      ask(policy, baseline, { ...patch, candidate: { ...patch.candidate, exposures: [...hosts] } }),
    );
    return [law, part, pkg, ...answer] as const;
  });
  await store.run(
    'CREATE OR REPLACE TABLE approval (law INTEGER, part INTEGER, pkg INTEGER, verdict VARCHAR, rule VARCHAR, waitDays INTEGER)',
  );
  await store.append('approval', ['law', 'part', 'pkg', 'verdict', 'rule', 'waitDays'], approvals);
}

/** What patches close, by the number that it has in `patch_closes`. */
async function closedLists(store: FleetStore): Promise<ReadonlyMap<number, Closed>> {
  await store.run(
    `CREATE OR REPLACE TABLE patch_closes AS
     SELECT row_number() OVER ()::INTEGER AS closed, * FROM (SELECT DISTINCT advisories, cves FROM patch)`,
  );
  const rows = await store.rows<Closed & { readonly closed: number }>('FROM patch_closes');
  return new Map(rows.map((row) => [row.closed, row]));
}

type Exposures = readonly (string | null)[];

/** How exposed the hosts are that have a package and a finding on it, by law and part, where a baseline asks. */
async function exposures(
  store: FleetStore,
  { baselines, reads }: Pick<ApproveFacts, 'baselines' | 'reads'>,
): Promise<ReadonlyMap<string, Exposures>> {
  const asking = lawsOf(baselines).distinct.filter((l) => asksExposure(l.baseline));
  const known = new Map<string, (string | null)[]>();
  if (asking.length === 0) return known;
  const rows = await store.rows<{ law: number; part: number; exposure: string | null }>(
    `SELECT DISTINCT c.law, l.part, c.reads[${reads.indexOf(EXPOSURE) + 1}] AS exposure
     FROM place_context JOIN context c USING (context) JOIN place l USING (place)
     WHERE c.law IN (${asking.map((l) => l.law).join(', ')}) AND l.part IS NOT NULL ORDER BY ALL`,
  );
  for (const { law, part, exposure } of rows) entry(known, `${law} ${part}`, () => []).push(exposure);
  return known;
}

type Answer = readonly [verdict: string, rule: string | null, waitDays: number];

/** A patch as policy is asked about it, and what it said, by the law and the exposures that it was asked with. */
interface Asked extends Pick<PatchRow, 'phased'> {
  readonly candidate: Candidate;
  readonly answers: Map<string, Answer>;
}

function ask(
  policy: Pick<PolicyEngine, 'approve'>,
  baseline: Baseline,
  { candidate, phased }: Asked,
): Answer {
  const { verdict, rule, waitDays } = policy.approve({
    baseline: { id: baseline.id, approve: baseline.approve, reject: baseline.reject ?? [] },
    candidate,
  });
  if (verdict === 'approved' && phased !== null && phased < 100) return ['waiting', 'phasing', 0];
  return [verdict, rule, waitDays];
}

/** The same package by the names that filters may use. */
export function namesOf({ stream, name, version }: Pick<PackageRow, 'stream' | 'name' | 'version'>) {
  const hyphen = version.lastIndexOf('-');
  return {
    stream,
    product: ecosystemOf(stream),
    package: name,
    version,
    release: hyphen === -1 ? null : version.slice(hyphen + 1),
    purl: purlOf(stream, name),
  };
}

/** @param held a hold document names exactly this package version */
function candidateOf(row: CandidateFacts, held: boolean, asOf: Instant): Candidate {
  const { sourcePackage, arch, origin, severity, kev, section } = row;
  const days = (from: string | null): number => (from === null ? 0 : fullDaysBetween(from, asOf));
  const released = row.published ?? row.firstSeen;
  return {
    ...namesOf(row),
    sourcePackage,
    arch,
    origin,
    classification: row.secures || row.advisories.length > 0 ? 'security' : 'update',
    severity,
    advisories: [...row.advisories],
    cves: [...row.cves],
    fixState: row.fixState,
    kev,
    epss: row.epss,
    exploitation: row.exploitation ?? 'unknown',
    automatable: row.automatable ?? 'unknown',
    technicalImpact: row.technicalImpact ?? 'unknown',
    exposures: [],
    section,
    packagePriority: row.priority,
    held,
    age: {
      firstSeen: days(row.firstSeen),
      published: row.published === null ? null : days(row.published),
      behind: days(row.behind),
      releaseDate: released === null ? null : dayOf(released),
    },
  };
}
