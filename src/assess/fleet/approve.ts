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
interface PatchRow extends CandidateFacts {
  readonly part: number;
  readonly pkg: number;
  readonly phased: number | null;
}

export interface ApproveFacts {
  readonly baselines: readonly Baseline[];
  readonly holds: readonly Hold[];
  readonly asOf: Instant;
}

/**
 * Asks `approve` once per distinct (baseline, candidate patch).
 *
 * In: `place_context`, `context`, `place`, `offer`, `patch`, `pkg`. Out: `approval(baseline, part, pkg, verdict, rule, waitDays)`.
 * A patch that its origin hands out to a share of hosts only is `waiting` by rule `phasing`, whatever the baseline says.
 */
export async function approvePatches(
  store: FleetStore,
  policy: Pick<PolicyEngine, 'approve'>,
  facts: ApproveFacts,
): Promise<void> {
  const baselines = new Map(facts.baselines.map((b) => [b.id, b]));
  const held = new Set(facts.holds.map((h) => [h.stream, h.package, h.version].join('\n')));
  const answers = new Map<string, readonly [string, string | null, number]>();
  const patches = new Map<string, PatchRow>();
  for (const row of await store.rows<PatchRow>(
    `SELECT p.*, k.stream, k.name, k.builtFrom AS sourcePackage, k.version, k.arch, k.origin, k.section, k.priority, k.phased
     FROM patch p JOIN pkg k USING (pkg)`,
  ))
    patches.set(`${row.part} ${row.pkg}`, row);
  const asked = await store.rows<{ baseline: string; part: number; pkg: number }>(
    `SELECT DISTINCT c.baseline, o.part, o.pkg FROM place_context JOIN context c USING (context)
       JOIN place l USING (place) JOIN offer o ON o.part = l.part AND o.originSet = l.originSet
     WHERE c.baseline IS NOT NULL ORDER BY ALL`,
  );
  const approvals = asked.map(({ baseline: id, part, pkg }) => {
    const baseline = baselines.get(id);
    const patch = patches.get(`${part} ${pkg}`);
    if (!baseline || !patch) throw new PatchwardenError('bug', `baseline ${id} or patch ${pkg} is not there`);
    const isHeld = held.has([patch.stream, patch.name, patch.version].join('\n'));
    const input = approveInputOf(baseline, patch, isHeld, facts.asOf);
    const key = JSON.stringify([id, input.candidate, patch.phased]);
    const answer = answers.get(key) ?? ask(policy, input, patch.phased);
    answers.set(key, answer);
    return [id, part, pkg, ...answer] as const;
  });
  await store.run(
    'CREATE OR REPLACE TABLE approval (baseline VARCHAR, part INTEGER, pkg INTEGER, verdict VARCHAR, rule VARCHAR, waitDays INTEGER)',
  );
  await store.append('approval', ['baseline', 'part', 'pkg', 'verdict', 'rule', 'waitDays'], approvals);
}

function ask(
  policy: Pick<PolicyEngine, 'approve'>,
  input: ApproveInput,
  phased: number | null,
): readonly [string, string | null, number] {
  const { verdict, rule, waitDays } = policy.approve(input);
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

/**
 * Input of `approve`.
 * @param held a hold document names exactly this package version
 */
function approveInputOf(baseline: Baseline, row: CandidateFacts, held: boolean, asOf: Instant): ApproveInput {
  const { sourcePackage, arch, origin, severity, kev, section } = row;
  const days = (from: string | null): number => (from === null ? 0 : fullDaysBetween(from, asOf));
  const released = row.published ?? row.firstSeen;
  return {
    baseline: { id: baseline.id, approve: baseline.approve, reject: baseline.reject ?? [] },
    candidate: {
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
      section,
      packagePriority: row.priority,
      held,
      age: {
        firstSeen: days(row.firstSeen),
        published: row.published === null ? null : days(row.published),
        behind: days(row.behind),
        releaseDate: released === null ? null : dayOf(released),
      },
    },
  };
}
