import type { CheckFinding, CheckReport } from '../contracts/generated/check-report.ts';
import type { AdvisoryRow, AffectedRow, KevRow } from '../contracts/generated/fleet-rows.ts';
import type { Component, HostObservation } from '../domain/component.ts';
import { ecosystemOf } from '../domain/stream.ts';
import { compareDpkg, isDpkgVersion } from '../domain/version/dpkg.ts';
import { compareCodePoints, sortedBy } from '../util/sort.ts';
import { assetFinding, shown, updateFinding, vulnerabilityFinding } from './check-finding.ts';
import { type AdvisoryIndex, indexAdvisories } from './match/advisories.ts';
import { advisorySource } from './match/advisory-source.ts';
import { type Candidate, type CandidateIndex, indexCandidates, newerThan } from './match/candidates.ts';
import { type Judgement, judgeSource } from './match/judge-source.ts';
import { chooseKernels } from './match/kernel.ts';

export interface CheckInput {
  readonly host: HostObservation;
  /** Null where no intelligence was given: then only updates can be found. */
  readonly intel: {
    readonly advisories: readonly AdvisoryRow[];
    readonly affected: readonly AffectedRow[];
    readonly kev: readonly KevRow[];
  } | null;
  /** What the host's origins offer; null where nothing is known about it. */
  readonly candidates: readonly Candidate[] | null;
}

/**
 * Findings of one host or image without a policy repository. What cannot be judged is a finding with the status
 * `unknown` and a reason, so that an empty list always means "looked, and found nothing".
 */
export function buildCheckReport(input: CheckInput): CheckReport {
  const { host, intel } = input;
  const offered = indexCandidates(input.candidates ?? []);
  const findings: CheckFinding[] = [];
  const advisories =
    intel === null || host.stream === null
      ? null
      : indexAdvisories(intel.advisories, intel.affected, ecosystemOf(host.stream));
  const unknown = unknownReason(input, advisories);
  if (unknown !== null) findings.push(assetFinding(unknown));
  if (host.unknown === null && advisories !== null)
    findings.push(...vulnerabilities(host, advisories, offered, new Set(intel?.kev.map((k) => k.cve))));
  if (host.unknown !== 'not-supported') findings.push(...updates(host.components, offered));
  return {
    stream: host.stream,
    components: host.components.length,
    ...(unknown === null ? {} : { unknown }),
    findings: sortFindings(findings),
  };
}

/** Why the asset as a whole cannot be judged; null where it can. */
function unknownReason(input: CheckInput, advisories: AdvisoryIndex | null): string | null {
  if (input.host.unknown !== null) return input.host.unknown;
  if (advisories?.empty === true) return 'no-advisories';
  return input.intel === null && input.candidates === null ? 'nothing-to-compare' : null;
}

function vulnerabilities(
  host: HostObservation,
  index: AdvisoryIndex,
  offered: CandidateIndex,
  exploited: ReadonlySet<string>,
): readonly CheckFinding[] {
  const { judged, waiting } = chooseKernels(host.components, host.runningKernel);
  const answers = new Map<string, readonly Judgement[]>();
  return judged.flatMap((component) => {
    if (component.sourcePackage === null || component.sourceVersion === null)
      return [{ ...assetFinding('no-source'), component: shown(component) }];
    const source = advisorySource(component.sourcePackage, component.sourceVersion);
    const key = `${source.name} ${source.version}`;
    const answer = answers.get(key) ?? judgeSource(index, source);
    answers.set(key, answer);
    const offers = offered.offersOf(component);
    return answer.map((judgement) =>
      vulnerabilityFinding(judgement, {
        component,
        newer: newerThan(component.version, offers),
        offered: offers[0],
        exploited,
        rebootFixes: fixedBy(waiting, component, judgement.fixedIn),
      }),
    );
  });
}

/** True when a kernel with the fix is installed already and only has to be started. */
function fixedBy(waiting: readonly Component[], running: Component, fixedIn: string | null): boolean {
  if (fixedIn === null || running.sourcePackage === null) return false;
  const mine = advisorySource(running.sourcePackage, '').name;
  return waiting.some((kernel) => {
    if (kernel.sourcePackage === null || kernel.sourceVersion === null) return false;
    const source = advisorySource(kernel.sourcePackage, kernel.sourceVersion);
    return source.name === mine && isDpkgVersion(source.version) && compareDpkg(source.version, fixedIn) >= 0;
  });
}

const updates = (components: readonly Component[], offered: CandidateIndex): readonly CheckFinding[] =>
  components.flatMap((component) => {
    const finding = updateFinding(component, newerThan(component.version, offered.offersOf(component)));
    return finding ? [finding] : [];
  });

const sortFindings = (findings: readonly CheckFinding[]): CheckFinding[] =>
  sortedBy(
    findings,
    (f) => f.kind,
    (f) => f.advisory ?? '',
    (f) => f.component.name,
    (f) => f.component.arch ?? '',
    (f) => f.component.version,
  ).map((f) => ({ ...f, sources: [...f.sources].sort(compareCodePoints) }));
