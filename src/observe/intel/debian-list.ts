import type { AdvisoryRow, AffectedRow } from '../../contracts/generated/fleet-rows.ts';
import { compareCodePoints } from '../../util/sort.ts';
import { debianAdvisory } from './debian-advisory.ts';
import { debianEcosystem } from './debian-release.ts';
import { CVE_ID, type Reading, type ReadOptions } from './reading.ts';

const HEAD = /^\[([^\]]{6,24})\] ((?:DSA|DLA|DTSA|ELA)-\d+(?:-\d+)?) +(\S.*)$/;
const FIX = /^\[([a-z]+)\] - ([a-z0-9][a-z0-9.+-]+) +(\S+)/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MAX_PROBLEMS = 3;

/** True for a list of bulletins as Debian's security tracker keeps them: data/DSA/list, data/DLA/list, data/DTSA/list. */
export const isDebianList = (text: string): boolean =>
  HEAD.test(text.slice(0, 400).trimStart().split('\n')[0] ?? '');

/**
 * The bulletins of a list. As in OSV form each is a record of its own that closes the CVEs it names, with one range for
 * each release and source package. A regression update without CVEs closes none.
 * @see https://security-team.debian.org/security_tracker.html#the-dsa-list
 */
export function readDebianList(text: string, { feed, ecosystems }: ReadOptions): Reading {
  const items: { readonly advisory: AdvisoryRow; readonly affected: AffectedRow[] }[] = [];
  const problems: string[] = [];
  let otherEcosystems = 0;
  let bad = 0;
  let current: (typeof items)[number] | undefined;
  text.split('\n').forEach((raw, i) => {
    const line = raw.trim();
    if (line === '') return;
    if (/^\S/.test(raw)) {
      const advisory = headOf(line, feed);
      current = advisory && { advisory, affected: [] };
      if (current) items.push(current);
      else if (++bad <= MAX_PROBLEMS) problems.push(`line ${i + 1} does not begin a bulletin`);
    } else if (line.startsWith('{'))
      current?.advisory.related.push(
        ...line
          .replace(/[{}]/g, ' ')
          .split(/\s+/)
          .filter((id) => CVE_ID.test(id)),
      );
    else {
      const row = current && affectedRow(current.advisory.advisory, line);
      if (row === undefined || row === null) return;
      if (row === 'other') otherEcosystems += 1;
      else if (!ecosystems || ecosystems.has(row.ecosystem)) current?.affected.push(row);
    }
  });
  if (bad > MAX_PROBLEMS) problems.push(`${bad - MAX_PROBLEMS} more of its lines begin no bulletin`);
  for (const { advisory } of items) advisory.related = [...new Set(advisory.related)].sort(compareCodePoints);
  const [newest = null] = items
    .map((i) => i.advisory.published ?? '')
    .sort(compareCodePoints)
    .reverse();
  return {
    kind: 'debian-security-tracker',
    records: items.length,
    newest,
    parts: [{ kind: 'advisories', items }],
    problems,
    otherEcosystems,
  };
}

function headOf(line: string, feed: string): AdvisoryRow | undefined {
  const [, date = '', id = '', title = ''] = HEAD.exec(line) ?? [];
  const published = dayOf(date);
  if (published === undefined) return undefined;
  return debianAdvisory({
    advisory: id,
    kind: 'bulletin',
    summary: title,
    published: `${published}T00:00:00Z`,
    feed,
  });
}

/** `29 Mar 2023`, or `August 26th, 2005` of the oldest list. */
function dayOf(date: string): string | undefined {
  const [, d1, m1, y1] = /^(\d{1,2}) ([A-Z][a-z]{2})[a-z]* (\d{4})$/.exec(date) ?? [];
  const [, m2, d2, y2] = /^([A-Z][a-z]{2})[a-z]* (\d{1,2})[a-z]{0,2},? (\d{4})$/.exec(date) ?? [];
  const month = MONTHS.indexOf(m1 ?? m2 ?? '') + 1;
  const [day, year] = [d1 ?? d2, y1 ?? y2];
  return month === 0 || day === undefined
    ? undefined
    : `${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** Undefined for a note, null where a release is not affected. */
function affectedRow(advisory: string, line: string): AffectedRow | 'other' | null | undefined {
  const [, release = '', name = '', version = ''] = FIX.exec(line) ?? [];
  if (release === '') return undefined;
  const ecosystem = debianEcosystem(release);
  if (ecosystem === undefined) return 'other';
  if (version === '<not-affected>') return null;
  return {
    advisory,
    ecosystem,
    package: name,
    scheme: 'dpkg',
    introduced: '0',
    // <unfixed>, <end-of-life>, <no-dsa>: affected, and nothing to install.
    fixed: version.startsWith('<') ? null : version,
    lastAffected: null,
    versions: [],
    urgency: null,
  };
}
