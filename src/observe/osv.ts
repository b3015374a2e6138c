import type { AdvisoryRow, AffectedRow } from '../contracts/generated/fleet-rows.ts';
import type { Severity } from '../domain/severity.ts';
import { asArray, asObject, asString, asStrings } from '../util/json-data.ts';
import { compareCodePoints } from '../util/sort.ts';
import { rateVectors } from './cvss.ts';
import { type Ecosystem, parseEcosystem } from './osv-ecosystem.ts';
import { rangesOf } from './osv-ranges.ts';

type Json = Readonly<Record<string, unknown>>;

export interface OsvRows {
  readonly advisory: AdvisoryRow;
  readonly affected: readonly AffectedRow[];
  /** Affected packages of ecosystems that are no distribution release known here. */
  readonly otherEcosystems: number;
  /** Ranges that no comparator can judge; each is a row with the scheme `unknown`. */
  readonly unknownRanges: number;
}

export interface OsvOptions {
  readonly feed: string;
  /** Keep affected rows of these ecosystems only, such as `debian:12`; all where absent. */
  readonly ecosystems?: ReadonlySet<string>;
}

/** Grammar of advisory ids: they become parts of messages, keys and documents. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:+-]{0,127}$/;
const BULLETIN =
  /^(DSA|DLA|DTSA|ELA|USN|LSN|RHSA|RHBA|RHEA|ALSA|ALBA|ALEA|RLSA|RLBA|RLEA|RXSA|ELSA|ELBA|ALAS\w*|SUSE-\w\w|openSUSE-\w\w|FEDORA|MGASA|CESA)[-:]/;
/** A distribution's own record of exactly one CVE: the id says of which. */
const OF_CVE = /^(?:DEBIAN|UBUNTU|ALPINE|ALMA|RHEL|SUSE)-(CVE-\d{4}-\d{4,})$/;

/**
 * How errata of Red Hat and of those who rebuild it begin, where they have a severity.
 * @see https://access.redhat.com/security/updates/classification
 */
const BY_TITLE: Readonly<Record<string, Severity | undefined>> = Object.assign(Object.create(null), {
  Critical: 'critical',
  Important: 'high',
  Moderate: 'medium',
  Low: 'low',
});

/** True for a document that is an OSV record by its shape. @see https://ossf.github.io/osv-schema/ */
export const isOsvRecord = (document: Json): boolean =>
  typeof document.id === 'string' && typeof document.modified === 'string';

/** A bulletin closes many vulnerabilities and is a record of its own; everything else is one vulnerability. */
export const advisoryKind = (id: string): AdvisoryRow['kind'] =>
  BULLETIN.test(id) ? 'bulletin' : 'vulnerability';

/**
 * The rows of one OSV record; a sentence without a name where it is damaged.
 * Ecosystems and ranges that are not known are counted, never fatal.
 */
export function readOsv(record: Json, options: OsvOptions): OsvRows | string {
  const id = asString(record.id) ?? '';
  if (!ID.test(id)) return 'its id is no advisory id';
  if (record.affected !== undefined && !Array.isArray(record.affected)) return '"affected" is no list';
  const rows = new Map<string, AffectedRow>();
  let otherEcosystems = 0;
  let unknownRanges = 0;
  for (const item of asArray(record.affected)) {
    const affected = asObject(item);
    const pkg = asObject(affected?.package);
    const name = asString(pkg?.name) ?? '';
    const ecosystem = parseEcosystem(asString(pkg?.ecosystem) ?? '');
    if (affected === undefined || ecosystem === undefined || name === '') {
      otherEcosystems += 1;
      continue;
    }
    if (options.ecosystems && !options.ecosystems.has(ecosystem.id)) continue;
    for (const row of affectedRows(id, name, ecosystem, affected)) {
      if (row.scheme === 'unknown') unknownRanges += 1;
      rows.set(rowKey(row), row);
    }
  }
  return {
    advisory: advisoryRow(id, record, options.feed),
    affected: [...rows.values()],
    otherEcosystems,
    unknownRanges,
  };
}

const rowKey = (r: AffectedRow): string =>
  JSON.stringify([
    r.ecosystem,
    r.package,
    r.scheme,
    r.introduced,
    r.fixed,
    r.lastAffected,
    r.versions,
    r.urgency,
  ]);

function affectedRows(advisory: string, name: string, ecosystem: Ecosystem, affected: Json): AffectedRow[] {
  const specific = asObject(affected.ecosystem_specific);
  const urgency = asString(specific?.urgency) ?? null;
  const common = { advisory, ecosystem: ecosystem.id, package: name, urgency };
  const ranges = asArray(affected.ranges).map((r) => asObject(r) ?? {});
  // Commits say nothing about packages; beside them the distribution's own ranges count.
  const own = ranges.filter((r) => r.type !== 'GIT');
  if (own.length === 0) {
    const versions = [...new Set(asStrings(affected.versions))].sort(compareCodePoints);
    const scheme = versions.length === 0 ? 'unknown' : ecosystem.scheme;
    return [{ ...common, scheme, introduced: null, fixed: null, lastAffected: null, versions }];
  }
  return own.flatMap((range) =>
    rangesOf(range, ecosystem.scheme).map((r) => ({ ...common, ...r, versions: [] })),
  );
}

function advisoryRow(id: string, record: Json, feed: string): AdvisoryRow {
  const kind = advisoryKind(id);
  const rating = rateVectors(
    asArray(record.severity).flatMap((s) => {
      const severity = asObject(s);
      const score = asString(severity?.score);
      return score !== undefined && /^CVSS_V[234]$/.test(asString(severity?.type) ?? '') ? [score] : [];
    }),
  );
  const cve = OF_CVE.exec(id)?.[1];
  const aliases = [...asStrings(record.aliases), ...(cve === undefined ? [] : [cve])];
  const related = [...asStrings(record.related), ...asStrings(record.upstream)];
  const summary = asString(record.summary) ?? asString(record.details) ?? '';
  const titled = kind === 'bulletin' ? BY_TITLE[/^(\w+): /.exec(summary)?.[1] ?? ''] : undefined;
  return {
    advisory: id,
    kind,
    // What a bulletin calls aliases are the vulnerabilities it closes: it never merges them.
    aliases: ids(id, kind === 'bulletin' ? [] : aliases),
    related: ids(id, kind === 'bulletin' ? [...related, ...aliases] : related),
    summary: summary.split('\n')[0]?.slice(0, 300) ?? '',
    published: asString(record.published) ?? null,
    modified: asString(record.modified) ?? null,
    withdrawn: asString(record.withdrawn) ?? null,
    severity: rating?.severity ?? titled ?? 'unknown',
    severitySource: rating?.vector ?? (titled === undefined ? 'none' : 'title'),
    score: rating?.score ?? null,
    feed,
  };
}

const ids = (own: string, list: readonly string[]): string[] =>
  [...new Set(list)].filter((i) => i !== own && ID.test(i)).sort(compareCodePoints);
