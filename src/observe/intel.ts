import type { IntelKind } from '../contracts/generated/config.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { IntelFeed } from '../ports/intel-feed.ts';
import { latestOf } from '../util/moment.ts';
import { printable } from '../util/printable.ts';
import { readIntelFile } from './intel/read-file.ts';
import type { Reading } from './intel/reading.ts';
import { type IntelRows, intelTables } from './intel/tables.ts';

/** What the feeds say, as rows, and what could not be read of them. */
export interface Intel extends IntelRows {
  /** One for each feed, in the order of the feeds. */
  readonly feeds: readonly FeedReading[];
  /** Number of records of all feeds. */
  readonly records: number;
  /** Files of none of the known forms. */
  readonly ignored: number;
  readonly otherEcosystems: number;
  readonly unknownRanges: number;
  /** Damaged files, each a sentence that names it: what is concluded from the rest is incomplete. */
  readonly problems: readonly string[];
}

/** What was read of one feed. */
interface FeedReading {
  readonly label: string;
  /** What the config says it is; null where nothing does. */
  readonly kind: IntelKind | null;
  /** Advisories, CVE records, entries of the catalogue, scores and documents together. */
  readonly records: number;
  /** The latest moment of its content, RFC 3339 or a day; null when it tells none. */
  readonly newest: string | null;
}

export interface IntelOptions {
  /** Keep what concerns these ecosystems (such as `debian:12`) only; everything where absent. */
  readonly ecosystems?: ReadonlySet<string>;
  /** Advisories that were known as withdrawn before, with the moment: an older copy does not revive them. */
  readonly withdrawn?: ReadonlyMap<string, string>;
}

const MAX_PROBLEMS = 100;

/**
 * Reads feeds, each file by its content: advisories (OSV, Debian's security tracker), the KEV catalogue, EPSS scores,
 * CVE and NVD records, CSAF and OpenVEX, in any mixture. With `ecosystems`, advisories without an affected row left are
 * dropped too. Rows are sorted, distinct, and do not depend on the order of feeds and files.
 * @throws PatchwardenError `source-failed` when a feed has not one record, or none of the kind that it is said to be of
 */
export async function observeIntel(feeds: readonly IntelFeed[], options: IntelOptions = {}): Promise<Intel> {
  const tables = intelTables({
    concernedOnly: options.ecosystems !== undefined,
    withdrawn: options.withdrawn ?? new Map(),
  });
  const problems: string[] = [];
  const readings: FeedReading[] = [];
  const counts = { ignored: 0, otherEcosystems: 0, unknownRanges: 0 };
  for (const feed of feeds) readings.push(await readFeed(feed));
  return {
    ...tables.rows(),
    ...counts,
    feeds: readings,
    records: readings.reduce((sum, feed) => sum + feed.records, 0),
    problems,
  };

  async function readFeed(feed: IntelFeed): Promise<FeedReading> {
    const records = new Map<IntelKind, number>();
    const newest = new Map<IntelKind, string | null>();
    for await (const file of feed.files()) {
      const reading = take(feed, file.path, file.bytes);
      if (!reading) continue;
      const { kind } = reading;
      records.set(kind, (records.get(kind) ?? 0) + reading.records);
      newest.set(kind, latestOf([newest.get(kind), reading.newest]));
    }
    // Of lists that replace one another only what is left counts.
    const kept = tables.endFeed();
    for (const kind of ['kev', 'epss'] as const) if (records.has(kind)) records.set(kind, kept[kind]);
    const kind = feed.kind ?? null;
    const total = [...records.values()].reduce((sum, n) => sum + n, 0);
    if (total === 0 || (kind !== null && !records.get(kind))) throw nothingIn(feed, problems[0]);
    return {
      label: feed.label,
      kind,
      records: total,
      newest: kind === null ? latestOf(newest.values()) : (newest.get(kind) ?? null),
    };
  }

  function take(feed: IntelFeed, path: string, bytes: Uint8Array): Reading | undefined {
    const { label, modelDate } = feed;
    const where = path === '' ? label : `${label}/${path}`;
    const read = readIntelFile(bytes, {
      feed: label,
      path: where,
      ...(modelDate === undefined ? {} : { modelDate }),
      ...(options.ecosystems ? { ecosystems: options.ecosystems } : {}),
    });
    if (read === undefined) counts.ignored += 1;
    else if (typeof read === 'string') tell(`${where}${read.startsWith(':') ? '' : ' '}${read}`);
    else {
      for (const part of read.parts) tables.add(part);
      for (const problem of read.problems) tell(`${where}: ${problem}`);
      counts.otherEcosystems += read.otherEcosystems ?? 0;
      counts.unknownRanges += read.unknownRanges ?? 0;
      return read;
    }
    return undefined;
  }

  /** Names of files and pieces of their content come from outside. */
  function tell(problem: string): void {
    if (problems.length < MAX_PROBLEMS) problems.push(printable(problem));
  }
}

function nothingIn({ label, kind }: IntelFeed, problem: string | undefined): PatchwardenError {
  const what = kind === undefined ? 'record of intelligence' : `record of the kind ${kind}`;
  return new PatchwardenError(
    'source-failed',
    `${label} has no ${what}${problem === undefined ? '' : ` (${problem})`}`,
  );
}
