import type { CheckFinding, CheckReport } from '../contracts/generated/check-report.ts';
import type { AdvisoryRow, AffectedRow, KevRow } from '../contracts/generated/fleet-rows.ts';
import { namesBinaries } from '../domain/advisory-names.ts';
import type { Component, HostObservation } from '../domain/component.ts';
import { ecosystemOf } from '../domain/stream.ts';
import { compareVersions, isVersion, type VersionScheme } from '../domain/version/compare.ts';
import { knownSchemeOf } from '../domain/version/scheme.ts';
import { compareCodePoints, sortedBy } from '../util/sort.ts';
import { assetFinding, shown, updateFinding, vulnerabilityFinding } from './check-finding.ts';
import { type AdvisoryIndex, indexAdvisories } from './match/advisories.ts';
import { advisorySubject } from './match/advisory-source.ts';
import { type Candidate, type CandidateIndex, indexCandidates } from './match/candidates.ts';
import { type Judgement, judgeSource } from './match/judge-source.ts';
import { chooseKernels, isKernel } from './match/kernel.ts';

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
  // A distribution that is not known by name is one of the many that descend from Debian.
  const scheme = (host.stream === null ? null : knownSchemeOf(host.stream)) ?? 'dpkg';
  const offered = indexCandidates(input.candidates ?? [], scheme);
  const findings: CheckFinding[] = [];
  const advisories =
    intel === null || host.stream === null
      ? null
      : indexAdvisories(intel.advisories, intel.affected, ecosystemOf(host.stream));
  const unknown = unknownReason(input, advisories);
  if (unknown !== null) findings.push(assetFinding(unknown));
  if (host.unknown === null && host.stream !== null && advisories !== null)
    findings.push(
      ...vulnerabilities(
        { ...host, stream: host.stream, scheme },
        advisories,
        offered,
        new Set(intel?.kev.map((k) => k.cve)),
      ),
    );
  if (host.unknown !== 'not-supported')
    findings.push(...updates(current(host), offered, scheme === 'rpm' ? 'dnf' : 'apt'));
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

type JudgedHost = HostObservation & { readonly stream: string; readonly scheme: VersionScheme };

function vulnerabilities(
  host: JudgedHost,
  index: AdvisoryIndex,
  offered: CandidateIndex,
  exploited: ReadonlySet<string>,
): readonly CheckFinding[] {
  const { judged, waiting } = chooseKernels(host.components, host.runningKernel);
  const foreign = host.ownEcosystem !== undefined;
  const answers = new Map<string, readonly Judgement[]>();
  return judged.flatMap((component) => {
    const source = advisorySubject(host.stream, component);
    if (source === null) return [{ ...assetFinding('no-source'), component: shown(component) }];
    const key = `${source.name} ${source.version} ${source.module ?? ''}`;
    const answer = answers.get(key) ?? judgeSource(index, { ...source, foreign });
    answers.set(key, answer);
    const offers = offered.offersOf(component);
    return answer.map((judgement) =>
      vulnerabilityFinding(judgement, {
        component,
        newer: offered.newerThan(component.version, offers),
        offeredAs: versionIn(host.stream, offers[0]),
        exploited,
        scheme: host.scheme,
        rebootFixes: isKernel(component) && fixedBy(host, waiting, source.name, judgement.fixedIn),
      }),
    );
  });
}

/** The version of an offer that advisories speak of; null where there is no offer, or it does not tell its source. */
const versionIn = (stream: string, offer: Candidate | undefined): string | null =>
  offer === undefined || offer.sourceVersion === null
    ? null
    : namesBinaries(stream)
      ? offer.version
      : offer.sourceVersion;

/** True when a kernel with the fix is installed already and only has to be started. */
function fixedBy(
  { stream, scheme }: JudgedHost,
  waiting: readonly Component[],
  running: string,
  fixedIn: string | null,
): boolean {
  if (fixedIn === null || !isVersion(scheme, fixedIn)) return false;
  return waiting.some((kernel) => {
    const subject = advisorySubject(stream, kernel);
    if (subject?.name !== running || !isVersion(scheme, subject.version)) return false;
    return compareVersions(scheme, subject.version, fixedIn) >= 0;
  });
}

/** What an update would replace, or stand beside as the next. */
function current(host: HostObservation): readonly Component[] {
  const superseded = new Set(chooseKernels(host.components, host.runningKernel).superseded);
  return host.components.filter((c) => !superseded.has(c));
}

const updates = (
  components: readonly Component[],
  offered: CandidateIndex,
  manager: 'apt' | 'dnf',
): readonly CheckFinding[] =>
  components.flatMap((component) => {
    const finding = updateFinding(
      component,
      offered.newerThan(component.version, offered.offersOf(component)),
      manager,
    );
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
