import type { AffectedRow } from '../../contracts/generated/fleet-rows.ts';
import { type Severity, worst } from '../../domain/severity.ts';
import { compareVersions, hasComparator, type VersionScheme } from '../../domain/version/compare.ts';
import { entry } from '../../util/entry.ts';
import { compareCodePoints, sortedBy } from '../../util/sort.ts';
import type { AdvisoryIndex, Claim } from './advisories.ts';
import type { AdvisorySource } from './advisory-source.ts';
import { combineVerdicts, type RangeVerdict } from './range.ts';
import { doubtOf, judgeRange } from './rpm-range.ts';
import { severityOf } from './severity.ts';

/** What the advisories say of one source package in one version: one entry per vulnerability, or per bulletin alone. */
export interface Judgement {
  readonly advisory: string;
  readonly kind: 'vulnerability' | 'bulletin';
  /** Other exact ids of it, sorted. */
  readonly aliases: readonly string[];
  /** Ids under which it may be listed as exploited. */
  readonly exploitIds: readonly string[];
  readonly verdict: 'affected' | 'unknown';
  /** Why the verdict is `unknown`; null where it is not. */
  readonly doubt: string | null;
  /** Version that fixes it, of the package that the advisory names; null where none is named. */
  readonly fixedIn: string | null;
  readonly severity: Severity;
  /** Debian's word for the package, where the record has one. */
  readonly urgency: string | null;
  /** Ids of the records that claim it, sorted. */
  readonly records: readonly string[];
}

interface Judged {
  /** Of all that one {@link sourceJudge} has found. */
  readonly no: number;
  readonly claim: Claim;
  readonly verdict: RangeVerdict;
  /** The ranges that hit. */
  readonly hits: readonly AffectedRow[];
}

/**
 * Judges one distinct source version. Vulnerabilities merge over exact aliases. A bulletin that closes a vulnerability
 * found here is one more source of it, whose fix counts only where the vulnerability's records name none; a bulletin
 * none of whose vulnerabilities was found stands for itself. Fixed and unaffected ones give nothing.
 */
export const judgeSource = (index: AdvisoryIndex, source: AdvisorySource): readonly Judgement[] =>
  sourceJudge(index)(source);

/** {@link judgeSource} for many versions: of what is the same for several of them all get the same object. */
export function sourceJudge(index: AdvisoryIndex): (source: AdvisorySource) => readonly Judgement[] {
  const judgeClaim = claimJudge();
  const described = new Map<string, Judgement>();
  const describeOnce = (
    advisory: string,
    kind: Judgement['kind'],
    group: readonly Judged[],
    bulletins: readonly Judged[],
  ): Judgement =>
    entry(described, [group, bulletins].map((l) => l.map((j) => j.no).join(' ')).join(','), () =>
      describe(advisory, kind, group, bulletins),
    );

  return (source) => {
    const open = index.claimsOn(source.name).flatMap((claim) => judgeClaim(claim, source) ?? []);
    const groups = new Map<string, Judged[]>();
    for (const j of open) {
      if (j.claim.advisory.kind !== 'vulnerability') continue;
      entry(groups, index.canonical(j.claim.advisory.advisory), () => []).push(j);
    }
    const bulletins = open.filter((j) => j.claim.advisory.kind === 'bulletin');
    const attached = new Set<Judged>();
    const found = [...groups].map(([name, group]) => {
      const own = bulletins.filter((b) => closes(b, name, group));
      for (const b of own) attached.add(b);
      return describeOnce(name, 'vulnerability', group, own);
    });
    const alone = bulletins
      .filter((b) => !attached.has(b))
      .map((b) => describeOnce(b.claim.advisory.advisory, 'bulletin', [b], []));
    return sortedBy([...found, ...alone], (j) => j.advisory);
  };
}

/** Judges claims; undefined where one does not apply. Where the same ranges hit, it is the same object. */
function claimJudge(): (claim: Claim, source: AdvisorySource) => Judged | undefined {
  const compare = rememberedOrder();
  const judged = new Map<Claim, Map<string, Judged>>();
  let no = 0;
  return (claim, source) => {
    const verdicts = claim.ranges.map((range) => judgeRange(claim.advisory, range, source, compare));
    const verdict = combineVerdicts(verdicts);
    if (verdict !== 'affected' && verdict !== 'unknown') return undefined;
    const ofClaim = entry(judged, claim, () => new Map<string, Judged>());
    return entry(ofClaim, verdicts.join(), () => {
      no += 1;
      return { no, claim, verdict, hits: claim.ranges.filter((_, i) => verdicts[i] === verdict) };
    });
  };
}

/** One release fixes many vulnerabilities: each of its versions is compared once with that of a source. */
function rememberedOrder(): typeof compareVersions {
  const known = new Map<VersionScheme, Map<string, Map<string, -1 | 0 | 1>>>();
  return (scheme, a, b) => {
    const ofScheme = entry(known, scheme, () => new Map<string, Map<string, -1 | 0 | 1>>());
    const ofVersion = entry(ofScheme, a, () => new Map<string, -1 | 0 | 1>());
    return entry(ofVersion, b, () => compareVersions(scheme, a, b));
  };
}

/** Named by the bulletin, or naming it. */
function closes(bulletin: Judged, name: string, group: readonly Judged[]): boolean {
  const { advisory, related } = bulletin.claim;
  return related.has(name) || group.some((j) => j.claim.advisory.related.includes(advisory.advisory));
}

function describe(
  advisory: string,
  kind: Judgement['kind'],
  group: readonly Judged[],
  bulletins: readonly Judged[],
): Judgement {
  const verdict = combineVerdicts([...group, ...bulletins].map((j) => j.verdict));
  const ids = new Set(group.flatMap((j) => [j.claim.advisory.advisory, ...j.claim.advisory.aliases]));
  const rated = group.flatMap((j) => j.hits.map((hit) => severityOf(j.claim.advisory.severity, hit.urgency)));
  return {
    advisory,
    kind,
    aliases: [...ids].filter((id) => id !== advisory).sort(compareCodePoints),
    exploitIds: [
      ...new Set([
        ...ids,
        advisory,
        ...(kind === 'bulletin' ? group.flatMap((j) => j.claim.advisory.related) : []),
      ]),
    ].sort(compareCodePoints),
    verdict: verdict === 'affected' ? 'affected' : 'unknown',
    doubt: verdict === 'affected' ? null : (doubtIn([...group, ...bulletins]) ?? UNTOLD),
    fixedIn: latestFix(group) ?? latestFix(bulletins),
    severity: worst(rated),
    urgency: urgencyIn(group.flatMap((j) => j.hits.map((h) => h.urgency))),
    records: [...group, ...bulletins].map((j) => j.claim.advisory.advisory).sort(compareCodePoints),
  };
}

const UNTOLD = 'the version has no order';

/** Where records differ, nothing is unimportant that one of them does not call so. */
function urgencyIn(said: readonly (string | null)[]): string | null {
  const weighty = said.filter((u) => u !== 'unimportant');
  if (weighty.length === 0) return said[0] ?? null;
  return weighty.flatMap((u) => u ?? []).sort(compareCodePoints)[0] ?? null;
}

const doubtIn = (group: readonly Judged[]): string | undefined =>
  group
    .filter((j) => j.verdict === 'unknown')
    .flatMap((j) => j.hits.map(doubtOf))
    .sort(compareCodePoints)[0];

/** The fix that satisfies every range that hits. */
function latestFix(group: readonly Judged[]): string | null {
  let latest: string | null = null;
  for (const { scheme, fixed } of group.filter((j) => j.verdict === 'affected').flatMap((j) => j.hits)) {
    if (fixed === null || !hasComparator(scheme)) continue;
    if (latest === null || compareVersions(scheme, fixed, latest) > 0) latest = fixed;
  }
  return latest;
}
