import type { AdvisoryRow, AffectedRow, KevRow } from '../contracts/generated/fleet-rows.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { IntelFeed } from '../ports/intel-feed.ts';
import { asObject, parseJsonData } from '../util/json-data.ts';
import { compareCodePoints, sortedBy } from '../util/sort.ts';
import { isKevCatalog, readKev } from './kev.ts';
import { isOsvRecord, readOsv } from './osv.ts';

/** What the feeds say, as rows, and what could not be read of them. */
export interface Intel {
  readonly advisories: readonly AdvisoryRow[];
  readonly affected: readonly AffectedRow[];
  readonly kev: readonly KevRow[];
  /** Number of records that were read. */
  readonly records: number;
  /** Files that are neither advisory nor catalog. */
  readonly ignored: number;
  readonly otherEcosystems: number;
  readonly unknownRanges: number;
  /** Damaged files, each a sentence that names it: what is concluded from the rest is incomplete. */
  readonly problems: readonly string[];
}

export interface IntelOptions {
  /** Keep what concerns these ecosystems (such as `debian:12`) only; everything where absent. */
  readonly ecosystems?: ReadonlySet<string>;
}

const MAX_PROBLEMS = 100;

/**
 * Reads feeds, each file by its content: OSV records and the KEV catalog, in any mixture.
 * With `ecosystems`, advisories without an affected row left are dropped too. Rows are sorted and distinct.
 * @throws PatchwardenError `source-failed` when a feed has not one record
 */
export async function observeIntel(feeds: readonly IntelFeed[], options: IntelOptions = {}): Promise<Intel> {
  const advisories = new Map<string, AdvisoryRow>();
  const affected = new Map<string, { readonly modified: string; readonly rows: readonly AffectedRow[] }>();
  const kev = new Map<string, KevRow>();
  const problems: string[] = [];
  const counts = { records: 0, ignored: 0, otherEcosystems: 0, unknownRanges: 0 };
  for (const feed of feeds) {
    const before = counts.records;
    for await (const file of feed.files()) {
      const problem = readFile(file.path, file.bytes, feed.label);
      if (problem !== undefined && problems.length < MAX_PROBLEMS) problems.push(problem);
    }
    if (counts.records === before)
      throw new PatchwardenError(
        'source-failed',
        `${feed.label} has no advisory in OSV form and no KEV catalog${problems[0] === undefined ? '' : ` (${problems[0]})`}`,
      );
  }
  return {
    ...counts,
    advisories: sortedBy(advisories.values(), (a) => a.advisory),
    affected: [...affected.entries()]
      .sort((a, b) => compareCodePoints(a[0], b[0]))
      .flatMap(([, kept]) => kept.rows),
    kev: sortedBy(kev.values(), (k) => k.cve),
    problems,
  };

  function readFile(path: string, bytes: Uint8Array, label: string): string | undefined {
    const parsed = parseJsonData(bytes, `${label}/${path}`, { maxBytes: 64 << 20 });
    if (!parsed.ok) return parsed.message;
    const document = asObject(parsed.value);
    if (document && isKevCatalog(document)) {
      const { rows, problems: found } = readKev(document);
      for (const row of rows) kev.set(row.cve, row);
      counts.records += 1;
      return found[0] === undefined ? undefined : `${label}/${path}: ${found[0]}`;
    }
    if (!document || !isOsvRecord(document)) {
      counts.ignored += 1;
      return undefined;
    }
    const read = readOsv(document, { feed: label, ...options });
    if (typeof read === 'string') return `${label}/${path}: ${read}`;
    counts.records += 1;
    counts.otherEcosystems += read.otherEcosystems;
    counts.unknownRanges += read.unknownRanges;
    keep(read.advisory, read.affected);
    return undefined;
  }

  /** Of records with one id, the one modified last counts, for each ecosystem: feeds of two distributions share CVE ids. */
  function keep(advisory: AdvisoryRow, rows: readonly AffectedRow[]): void {
    if (options.ecosystems && rows.length === 0) return;
    const id = advisory.advisory;
    const modified = advisory.modified ?? '';
    const other = advisories.get(id);
    if (other === undefined || (other.modified ?? '') <= modified) advisories.set(id, advisory);
    for (const ecosystem of new Set(rows.map((r) => r.ecosystem))) {
      const key = `${id} ${ecosystem}`;
      const before = affected.get(key);
      if (before === undefined || before.modified <= modified)
        affected.set(key, { modified, rows: rows.filter((r) => r.ecosystem === ecosystem) });
    }
  }
}
