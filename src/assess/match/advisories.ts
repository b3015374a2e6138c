import type { AdvisoryRow, AffectedRow } from '../../contracts/generated/fleet-rows.ts';
import { compareCodePoints } from '../../util/sort.ts';

/** One record's ranges for one package. */
export interface Claim {
  readonly advisory: AdvisoryRow;
  readonly ranges: readonly AffectedRow[];
}

/** Advisories of one ecosystem by source package; withdrawn records are not among them. */
export interface AdvisoryIndex {
  claimsOn(sourcePackage: string): readonly Claim[];
  /** The name under which a vulnerability is known: its CVE id where exactly one is claimed, else the smallest of its ids. */
  canonical(id: string): string;
  /** True when not one row is of this ecosystem: then no answer can be given. */
  readonly empty: boolean;
}

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
    const records = byPackage.get(row.package) ?? new Map<string, AffectedRow[]>();
    byPackage.set(row.package, records.set(row.advisory, [...(records.get(row.advisory) ?? []), row]));
  }
  const names = canonicalNames([...live.values()]);
  return {
    empty: rows === 0,
    canonical: (id) => names.get(id) ?? id,
    claimsOn: (name) =>
      [...(byPackage.get(name) ?? [])].flatMap(([id, ranges]) => {
        const advisory = live.get(id);
        return advisory ? [{ advisory, ranges }] : [];
      }),
  };
}

/**
 * Only exact aliases of vulnerabilities merge records, and never two CVE ids into one: an id that several CVEs claim, or
 * that claims several, stays what it is.
 */
function canonicalNames(advisories: readonly AdvisoryRow[]): ReadonlyMap<string, string> {
  const claimed = new Map<string, Set<string>>();
  const link = (id: string, other: string): void => {
    claimed.set(id, (claimed.get(id) ?? new Set()).add(other));
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
