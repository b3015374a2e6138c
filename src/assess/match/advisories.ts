import type { AdvisoryRow, AffectedRow } from '../../contracts/generated/fleet-rows.ts';
import { entry } from '../../util/entry.ts';
import { compareCodePoints } from '../../util/sort.ts';

/** One record's ranges for one package. */
export interface Claim {
  readonly advisory: AdvisoryRow;
  readonly ranges: readonly AffectedRow[];
  /** Names of the vulnerabilities that the record names as related. */
  readonly related: ReadonlySet<string>;
}

/** Advisories of one ecosystem by source package; withdrawn records are not among them. */
export interface AdvisoryIndex {
  claimsOn(sourcePackage: string): readonly Claim[];
  /** The name under which a vulnerability is known: its CVE id where exactly one is claimed, else the smallest of its ids. */
  canonical(id: string): string;
  /** True when not one row is of this ecosystem: then no answer can be given. */
  readonly empty: boolean;
}

const NONE: ReadonlySet<string> = new Set();
const CVE = /^CVE-\d{4}-\d{4,}$/;

/** Builds the index once; look-ups then cost the rows of one package. */
export function indexAdvisories(
  advisories: readonly AdvisoryRow[],
  affected: readonly AffectedRow[],
  ecosystem: string,
): AdvisoryIndex {
  const live = new Map(advisories.filter((a) => a.withdrawn === null).map((a) => [a.advisory, a]));
  const byPackage = new Map<string, Map<string, AffectedRow[]>>();
  let rows = 0;
  for (const row of affected) {
    if (row.ecosystem !== ecosystem) continue;
    rows += 1;
    if (!live.has(row.advisory)) continue;
    const records = entry(byPackage, row.package, () => new Map<string, AffectedRow[]>());
    entry(records, row.advisory, () => []).push(row);
  }
  const names = canonicalNames([...live.values()]);
  const canonical = (id: string): string => names.get(id) ?? id;
  const related = new Map<string, ReadonlySet<string>>();
  const claims = new Map<string, readonly Claim[]>();
  const claimsOf = (name: string): readonly Claim[] =>
    [...(byPackage.get(name) ?? [])].flatMap(([id, ranges]) => {
      const advisory = live.get(id);
      if (!advisory) return [];
      return [
        {
          advisory,
          ranges,
          related: entry(related, id, () =>
            advisory.related.length === 0 ? NONE : new Set(advisory.related.map(canonical)),
          ),
        },
      ];
    });
  return {
    empty: rows === 0,
    canonical,
    claimsOn: (name) => entry(claims, name, () => claimsOf(name)),
  };
}

/**
 * Only exact aliases of vulnerabilities merge records, and never two CVE ids into one: an id that several CVEs claim, or
 * that claims several, stays what it is.
 */
function canonicalNames(advisories: readonly AdvisoryRow[]): ReadonlyMap<string, string> {
  const claimed = new Map<string, Set<string>>();
  const link = (id: string, other: string): void => {
    entry(claimed, id, () => new Set()).add(other);
  };
  for (const a of advisories) {
    if (a.kind !== 'vulnerability') continue;
    for (const alias of a.aliases) {
      link(a.advisory, alias);
      link(alias, a.advisory);
    }
  }
  const names = new Map<string, string>();
  for (const [id, others] of claimed) {
    if (CVE.test(id)) continue;
    const cves = [...others].filter((o) => CVE.test(o));
    if (cves.length === 1 && cves[0] !== undefined) names.set(id, cves[0]);
    else if (cves.length === 0) {
      const smallest = [id, ...others].sort(compareCodePoints)[0];
      if (smallest !== undefined) names.set(id, smallest);
    }
  }
  return names;
}
