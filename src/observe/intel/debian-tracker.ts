import type { AdvisoryRow, AffectedRow } from '../../contracts/generated/fleet-rows.ts';
import { asObject, asString } from '../../util/json-data.ts';
import { sortedBy } from '../../util/sort.ts';
import { debianAdvisory } from './debian-advisory.ts';
import { debianEcosystem } from './debian-release.ts';
import { type Reading, type ReadOptions, shortText } from './reading.ts';

type Json = Readonly<Record<string, unknown>>;

const ID = /^(CVE-\d{4}-(\d{4,19}|X{4})|TEMP-\d+-[0-9A-F]+)$/;
const PACKAGE = /^[a-z0-9][a-z0-9.+-]+$/;

/** True for the whole data of Debian's security tracker: package → vulnerability → releases. */
export function isDebianTracker(document: Json): boolean {
  const [name, of] = firstEntry(document);
  const [id, entry] = firstEntry(asObject(of));
  return PACKAGE.test(name) && ID.test(id) && releasesOf(asObject(entry)) !== undefined;
}

/**
 * Vulnerabilities of the tracker, each with the releases it concerns. `resolved` with version 0 was never affected;
 * `undetermined` is a range that nobody can judge, not a clean bill.
 * @see https://security-tracker.debian.org/tracker/data/json
 */
export function readDebianTracker(document: Json, { feed, ecosystems }: ReadOptions): Reading {
  const found = new Map<string, { readonly advisory: AdvisoryRow; readonly affected: AffectedRow[] }>();
  const problems: string[] = [];
  let otherEcosystems = 0;
  let unknownRanges = 0;
  for (const [name, vulnerabilities] of sortedBy(Object.entries(document), ([n]) => n))
    for (const [id, value] of sortedBy(Object.entries(asObject(vulnerabilities) ?? {}), ([n]) => n)) {
      const entry = asObject(value);
      const releases = releasesOf(entry);
      if (!PACKAGE.test(name) || !ID.test(id) || !releases) {
        if (problems.length < 3)
          problems.push(`its entry ${JSON.stringify(shortText(`${name} ${id}`, 100))} has no releases`);
        continue;
      }
      const kept = found.get(id) ?? {
        advisory: debianAdvisory({
          advisory: id,
          kind: 'vulnerability',
          summary: asString(entry?.description) ?? '',
          published: null,
          feed,
        }),
        affected: [],
      };
      found.set(id, kept);
      for (const [release, status] of sortedBy(Object.entries(releases), ([n]) => n)) {
        const ecosystem = debianEcosystem(release);
        if (ecosystem === undefined) otherEcosystems += 1;
        else if (!ecosystems || ecosystems.has(ecosystem)) {
          const row = affectedRow(id, name, ecosystem, asObject(status) ?? {});
          if (row?.scheme === 'unknown') unknownRanges += 1;
          if (row) kept.affected.push(row);
        }
      }
    }
  const items = sortedBy(found.values(), (i) => i.advisory.advisory);
  return {
    kind: 'debian-security-tracker',
    records: items.length,
    newest: null,
    parts: [{ kind: 'advisories', items }],
    problems,
    otherEcosystems,
    unknownRanges,
  };
}

/** An entry of no release has an empty list in place of a map. */
const releasesOf = (entry: Json | undefined): Json | undefined =>
  Array.isArray(entry?.releases) && entry.releases.length === 0 ? {} : asObject(entry?.releases);

const firstEntry = (object: Json | undefined): readonly [string, unknown] => {
  for (const key in object) return [key, object[key]];
  return ['', undefined];
};

function affectedRow(
  advisory: string,
  name: string,
  ecosystem: string,
  status: Json,
): AffectedRow | undefined {
  const fixed = asString(status.fixed_version) ?? null;
  const resolved = status.status === 'resolved';
  if (resolved && fixed === '0') return undefined;
  const known = (resolved && fixed !== null) || status.status === 'open';
  return {
    advisory,
    ecosystem,
    package: name,
    scheme: known ? 'dpkg' : 'unknown',
    introduced: known ? '0' : null,
    fixed: resolved ? fixed : null,
    lastAffected: null,
    versions: [],
    urgency: asString(status.urgency) ?? null,
  };
}
