import type { CheckFinding } from '../contracts/generated/check-report.ts';
import type { Component } from '../domain/component.ts';
import { withoutModuleBuild } from '../domain/rpm-module.ts';
import { compareVersions, isVersion, type VersionScheme } from '../domain/version/compare.ts';
import { type Candidate, isPhasing } from './match/candidates.ts';
import type { Judgement } from './match/judge-source.ts';

export interface FindingFacts {
  readonly component: Component;
  /** Offered versions that are newer than the installed one, the newest first. */
  readonly newer: readonly Candidate[];
  /** Newest offered version at all, as advisories count; null where no origin of the host has the package, or none tells. */
  readonly offeredAs: string | null;
  /** The order of versions on the host. */
  readonly scheme: VersionScheme;
  /** CVE ids known to be exploited. */
  readonly exploited: ReadonlySet<string>;
  /** A kernel with the fix is installed and waits to be started. */
  readonly rebootFixes: boolean;
}

/** One vulnerability (or bulletin that stands alone) in one installed package. */
export function vulnerabilityFinding(judgement: Judgement, facts: FindingFacts): CheckFinding {
  const { component, newer } = facts;
  const candidate = newer[0];
  return {
    kind: 'vulnerability',
    advisory: judgement.advisory,
    aliases: [...judgement.aliases],
    component: shown(component),
    fixedIn: judgement.fixedIn,
    severity: judgement.severity,
    kev: judgement.exploitIds.some((id) => facts.exploited.has(id)),
    ...statusOf(judgement, facts),
    ...(candidate ? { candidate: { version: candidate.version, origin: candidate.origin } } : {}),
    sources: judgement.records.map((id) => `osv:${id}`),
  };
}

type Standing = Pick<CheckFinding, 'status' | 'reason'>;

/** The first that holds, in the order of statuses. */
function statusOf(judgement: Judgement, facts: FindingFacts): Standing {
  const { fixedIn, urgency } = judgement;
  if (judgement.verdict === 'unknown') return { status: 'unknown', reason: judgement.doubt ?? '' };
  if (fixedIn === null) {
    // Debian: "does not affect the binary package". Where a fix exists all the same, the fix is shown.
    if (urgency === 'unimportant') return { status: 'not-affected', reason: 'unimportant' };
    return {
      status: 'no-fix',
      reason: urgency === 'end-of-life' ? 'end-of-life' : 'no fixed version is named',
    };
  }
  if (facts.rebootFixes) return { status: 'pending-reboot', reason: 'a newer kernel is installed' };
  return lacksFix(facts.scheme, fixedIn, facts.offeredAs)
    ? { status: 'no-fix', reason: `needs: an origin that offers ${fixedIn}` }
    : { status: 'missing' };
}

/** True when the host's origins have the package, but not yet in the fixed version. */
function lacksFix(scheme: VersionScheme, fixedIn: string, offered: string | null): boolean {
  const fix = withoutModuleBuild(fixedIn);
  return (
    offered !== null &&
    isVersion(scheme, fix) &&
    isVersion(scheme, offered) &&
    compareVersions(scheme, offered, fix) < 0
  );
}

/**
 * A newer version that the origins of the host offer, advisory or not; undefined where they offer none. The newest that
 * everybody gets counts before one that is still handed out in phases.
 */
export function updateFinding(
  component: Component,
  newer: readonly Candidate[],
  manager: 'apt' | 'dnf' = 'apt',
): CheckFinding | undefined {
  const candidate = newer.find((c) => !isPhasing(c)) ?? newer[0];
  if (candidate === undefined) return undefined;
  return {
    kind: 'update',
    advisory: null,
    aliases: [],
    component: shown(component),
    fixedIn: candidate.version,
    // A security archive does not say how severe, also where a later version elsewhere replaces what it offers;
    // any other update says nothing about security.
    severity: newer.some((c) => c.security) ? 'unknown' : 'none',
    kev: false,
    ...(isPhasing(candidate) ? { status: 'waiting', reason: 'phasing' } : { status: 'missing' }),
    candidate: { version: candidate.version, origin: candidate.origin },
    sources: [...new Set(newer.map((c) => `${manager}:${c.origin}`))],
  };
}

/** The asset as a whole (component `*`) cannot be judged. */
export const assetFinding = (reason: string): CheckFinding => ({
  kind: 'vulnerability',
  advisory: null,
  aliases: [],
  component: { name: '*', version: '*', sourcePackage: null, sourceVersion: null },
  fixedIn: null,
  severity: 'unknown',
  kev: false,
  status: 'unknown',
  reason,
  sources: [],
});

/** The part of a component that reports show. */
export const shown = (c: Component): CheckFinding['component'] => ({
  name: c.name,
  version: c.version,
  arch: c.arch,
  sourcePackage: c.sourcePackage,
  sourceVersion: c.sourceVersion,
});
