import { unreachable } from '../domain/errors.ts';
import { escapeMarkdown, inlineCode } from '../util/markdown.ts';
import { boundedBody, boundedTitle, listed, plural } from './bounded.ts';
import type { LockChange, ProposalFacts } from './proposal-facts.ts';
import { changedEntries, packageTable } from './proposal-packages.ts';
import { firstDue, whyNow, worstReason } from './proposal-reasons.ts';
import { effectSection, rolloutSection } from './proposal-rollout.ts';
import {
  boundTo,
  closureText,
  diffSections,
  exceptionSection,
  holdList,
  leftOut,
  unifiedDiff,
} from './proposal-sections.ts';

/** Characters of lock diff for each row that a list may have. */
const DIFF_PER_ROW = 120;

/** Title of the pull request of a lock change: where, how much, and the worst reason. No text from outside. */
export function renderTitle(facts: ProposalFacts): string {
  const { scope, baseline } = facts;
  const entries = changedEntries(facts.changes);
  const advisories = new Set(entries.flatMap((c) => c.to?.advisories ?? [])).size;
  const reason = worstReason(facts.wanted);
  const closes = advisories > 0 ? `, ${plural(advisories, 'advisory', 'advisories')}` : '';
  const packages = `${plural(entries.length, 'package')}${closes}${reason === null ? '' : `, ${reason}`}`;
  switch (facts.kind) {
    case 'remediate':
      return boundedTitle(`Patch ${scope}: ${packages}`);
    case 'promote':
      return boundedTitle(`Promote to ${scope}: ${packages}`);
    case 'expedited':
      return boundedTitle(`Patch all rings of ${baseline} now: ${packages}`);
    case 'rollback':
      return boundedTitle(`Roll back ${scope}: ${plural(entries.length, 'package')}`);
    case 'drift':
      return boundedTitle(`Take ${scope} back to its lock: ${plural(entries.length, 'package')}`);
    default:
      return unreachable(facts.kind);
  }
}

/** What, why now, how many hosts where, by when, how to decide, and the exact change. Bounded in size. */
export function renderBody(facts: ProposalFacts): string {
  const diffs = facts.changes.map((c) => ({ path: c.path, text: unifiedDiff(c) }));
  return boundedBody((most) => {
    const parts = [
      introduction(facts, most),
      summary(facts),
      whyNow(facts, most),
      effectSection(facts, most),
      packageTable(facts, most),
      rolloutSection(facts, firstDue(facts.wanted), most),
      exceptionSection(facts, most),
      holdList(facts, most),
      leftOut(facts, most),
      `**Closure:** ${closureText(facts.changes[0]?.lock.closure ?? 'unchecked')}`,
      decision(facts),
      boundTo(facts.contentDigest),
      diffSections(diffs, most * DIFF_PER_ROW),
    ];
    return `${parts.filter((p) => p !== '').join('\n\n')}\n`;
  });
}

function introduction({ baseline, changes }: ProposalFacts, most: number): string {
  const word = (c: LockChange) => `generation ${c.lock.generation} of ring ${inlineCode(c.ring)}`;
  const locks = changes.length === 1 ? 'the patch lock' : 'the patch locks';
  return `${capital(listed(changes, word, Math.max(1, most)))} in ${locks} of baseline ${inlineCode(baseline)}. Merging it authorises exactly these packages, nothing else.`;
}

function summary(facts: ProposalFacts): string {
  const entries = changedEntries(facts.changes);
  const untested = entries.filter((e) => e.to?.untested === true).length;
  const advisories = new Set(entries.flatMap((e) => e.to?.advisories ?? [])).size;
  const due = firstDue(facts.wanted);
  const ends = facts.rollout.map((r) => r.finish);
  const last = ends.includes(null) ? null : ([...ends].sort().at(-1) ?? null);
  const rows: readonly (readonly [string, string])[] = [
    ['packages', untested === 0 ? `${entries.length}` : `${entries.length}, of them ${untested} untested`],
    ['advisories closed', `${advisories}`],
    ['worst reason', worstReason(facts.wanted) ?? '–'],
    ['first deadline', due === null ? 'none' : escapeMarkdown(due)],
    ['hosts', `${facts.effect.hosts} of ${facts.effect.fleet}`],
    ...(facts.rollout.length === 0
      ? []
      : [
          [
            'finished at the earliest',
            last === null ? 'not within 400 windows' : escapeMarkdown(last),
          ] as const,
        ]),
  ];
  return `| | |\n| --- | --- |\n${rows.map(([what, value]) => `| ${what} | ${value} |`).join('\n')}`;
}

/** How to say yes, no, and not yet. */
function decision({ merge, kind }: Pick<ProposalFacts, 'merge' | 'kind'>): string {
  const yes =
    kind === 'expedited'
      ? 'two people of two teams, each with `patchwarden pr approve` and the number of this pull request, or with a review of exactly this head on a forge server'
      : '`patchwarden pr approve` with the number of this pull request, or a review of exactly this head on a forge server; nobody approves a commit of their own';
  return [
    '### Your decision',
    [
      merge === 'auto'
        ? '- **Yes:** nothing to do: this ring merges by itself as soon as the change rules allow it.'
        : `- **Yes:** ${yes}.`,
      '- **No:** close the pull request: it returns only when the content changes. To never install a package version, add a document to `holds/`.',
      '- **Not yet:** leave it open: it is kept up to date.',
    ].join('\n'),
  ].join('\n\n');
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
