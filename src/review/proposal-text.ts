import { holdPath } from '../domain/document-paths.ts';
import { unreachable } from '../domain/errors.ts';
import { inlineCode } from '../util/markdown.ts';
import type { ProposalFacts } from './proposal-facts.ts';
import {
  closureText,
  diffSections,
  hostTable,
  leftOut,
  packageTable,
  plural,
  whyNow,
} from './proposal-sections.ts';

/** A forge cuts or refuses longer texts; the commit holds everything. */
const MAX_BODY = 60_000;

/** Title of the pull request of a lock change. */
export function renderTitle(facts: ProposalFacts): string {
  const { scope, baseline, changes } = facts;
  const entries = new Map(changes.flatMap((c) => c.diff.changed).map((c) => [c.key, c.to]));
  const advisories = new Set([...entries.values()].flatMap((to) => to?.advisories ?? [])).size;
  const kev = facts.wanted.some((w) => w.kev) ? ', known exploited' : '';
  const closes = advisories > 0 ? `, ${plural(advisories, 'advisory', 'advisories')}` : '';
  const packages = plural(entries.size, 'package');
  switch (facts.kind) {
    case 'remediate':
      return `Patch ${scope}: ${packages}${closes}${kev}`;
    case 'promote':
      return `Promote to ${scope}: ${packages}${closes}${kev}`;
    case 'expedited':
      return `Patch all rings of ${baseline} now: ${packages}${closes}${kev}`;
    case 'rollback':
      return `Roll back ${scope}: ${packages}`;
    case 'drift':
      return `Take ${scope} back to its lock: ${packages}`;
    default:
      return unreachable(facts.kind);
  }
}

/** What, why now, how many hosts where, by when, and the exact change. Bounded in size. */
export function renderBody(facts: ProposalFacts): string {
  const closure = facts.changes[0]?.lock.closure ?? 'unchecked';
  const parts = [
    introduction(facts),
    whyNow(facts),
    hostTable(facts),
    packageTable(facts),
    holdList(facts),
    leftOut(facts),
    `**Closure:** ${closureText(closure)}`,
    `**Content digest:** ${inlineCode(facts.contentDigest)}  \nApprovals bind to this digest and to the number of this pull request.`,
    diffSections(facts),
    'To refuse this content, close the pull request: it returns only when the content changes. To wait, leave it open. To never install a package version, add a document to `holds/`.',
  ];
  const body = `${parts.filter((p) => p !== '').join('\n\n')}\n`;
  return body.length <= MAX_BODY
    ? body
    : `${body.slice(0, MAX_BODY)}\n\n… cut here; the commit holds the whole change.\n`;
}

function introduction({ baseline, changes }: ProposalFacts): string {
  const rings = changes
    .map((c) => `generation ${c.lock.generation} of ring ${inlineCode(c.ring)}`)
    .join(', ');
  const locks = changes.length === 1 ? 'the patch lock' : 'the patch locks';
  return `${capital(rings)} in ${locks} of baseline ${inlineCode(baseline)}. Merging it authorises exactly these packages, nothing else.`;
}

function holdList({ holds }: ProposalFacts): string {
  if (holds.length === 0) return '';
  const rows = holds.map(
    (h) =>
      `- ${inlineCode(h.package)} ${inlineCode(h.version)} of ${inlineCode(h.stream)}: ${inlineCode(holdPath(h.id))}`,
  );
  return `### Held from now on\n\n${rows.join('\n')}`;
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
