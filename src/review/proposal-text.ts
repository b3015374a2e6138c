import { createTwoFilesPatch } from 'diff';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import type { LockDiff } from '../domain/content-digest.ts';
import { parseLockKey } from '../domain/purl.ts';
import { SEVERITIES, type Severity, worst } from '../domain/severity.ts';
import type { WantedPatch } from '../domain/wanted-patch.ts';
import { codeBlock, escapeMarkdown, inlineCode } from '../util/markdown.ts';
import { compareCodePoints } from '../util/sort.ts';

/** A forge cuts or refuses longer texts; the commit holds everything. */
const MAX_BODY = 60_000;
const MAX_ROWS = 200;
const MAX_DIFF = 24_000;

export interface ProposalFacts {
  readonly baseline: string;
  readonly ring: string;
  readonly branch: string;
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly lock: PatchLock;
  readonly diff: LockDiff;
  readonly contentDigest: string;
  readonly wanted: readonly WantedPatch[];
  readonly leftOut: readonly { readonly name: string; readonly version: string; readonly reason: string }[];
  /** Hosts of the baseline that at least one changed entry would touch, by ring. */
  readonly hosts: readonly { readonly ring: string; readonly assets: number }[];
}

/** Title of the pull request of a lock change. */
export function renderTitle(facts: ProposalFacts): string {
  const count = facts.diff.changed.length;
  const advisories = new Set(facts.diff.changed.flatMap((c) => c.to?.advisories ?? [])).size;
  const kev = facts.wanted.some((w) => w.kev) ? ', known exploited' : '';
  const closes = advisories > 0 ? `, ${plural(advisories, 'advisory', 'advisories')}` : '';
  return `Patch ${facts.baseline}/${facts.ring}: ${plural(count, 'package')}${closes}${kev}`;
}

/** What, why now, how many hosts where, by when, and the exact change. Bounded in size. */
export function renderBody(facts: ProposalFacts): string {
  const parts = [
    `Generation ${facts.lock.generation} of the patch lock of baseline ${inlineCode(facts.baseline)}, ring ${inlineCode(facts.ring)}. Merging it authorises exactly these packages, nothing else.`,
    whyNow(facts),
    hostTable(facts),
    packageTable(facts),
    leftOut(facts),
    `**Closure:** ${closureText(facts.lock.closure)}`,
    `**Content digest:** ${inlineCode(facts.contentDigest)}  \nApprovals bind to this digest and to the number of this pull request.`,
    `<details><summary>${inlineCode(facts.path)}</summary>\n\n${codeBlock(unifiedDiff(facts), 'diff')}\n\n</details>`,
    'To refuse this content, close the pull request: it returns only when the content changes. To wait, leave it open. To never install a package version, add a document to `holds/`.',
  ];
  const body = `${parts.filter((p) => p !== '').join('\n\n')}\n`;
  return body.length <= MAX_BODY
    ? body
    : `${body.slice(0, MAX_BODY)}\n\n… cut here; the commit holds the whole change.\n`;
}

/** The change of the lock file as a unified diff, cut at a whole line when it is very long. */
export function unifiedDiff(facts: Pick<ProposalFacts, 'path' | 'before' | 'after'>): string {
  const patch = createTwoFilesPatch(`a/${facts.path}`, `b/${facts.path}`, facts.before, facts.after, '', '', {
    context: 2,
  });
  const text = patch.replace(/^=+\n/, '');
  if (text.length <= MAX_DIFF) return text;
  return `${text.slice(0, text.lastIndexOf('\n', MAX_DIFF))}\n… ${plural(text.split('\n').length, 'line')} in all, see the commit`;
}

function whyNow(facts: ProposalFacts): string {
  const severities = SEVERITIES.map((s): [Severity, number] => [s, countAdvisories(facts.wanted, s)]).filter(
    ([, n]) => n > 0,
  );
  const dues = facts.wanted.flatMap((w) => (w.due === null ? [] : [w.due])).sort(compareCodePoints);
  const lines = [
    severities.length > 0
      ? `- Packages by worst severity: ${severities.map(([s, n]) => `${n} ${s}`).join(', ')}.`
      : '',
    facts.wanted.some((w) => w.kev)
      ? `- Known exploited: ${sorted(facts.wanted.filter((w) => w.kev).map((w) => w.name))
          .map(inlineCode)
          .join(', ')}.`
      : '',
    dues[0] ? `- First deadline: ${dues[0]}.` : '- No deadline applies.',
    `- Approved by ${sorted(facts.wanted.map((w) => w.approvedBy))
      .map(inlineCode)
      .join(', ')} of the baseline.`,
  ];
  return `### Why now\n\n${lines.filter((l) => l !== '').join('\n')}`;
}

const countAdvisories = (wanted: readonly WantedPatch[], severity: Severity): number =>
  new Set(wanted.filter((w) => w.severity === severity).map((w) => w.name)).size;

function hostTable(facts: ProposalFacts): string {
  const rows = facts.hosts.map((h) => `| ${escapeMarkdown(h.ring)} | ${h.assets} |`);
  return `### Where\n\n| ring | hosts that miss at least one |\n| --- | ---: |\n${rows.join('\n')}`;
}

function packageTable(facts: ProposalFacts): string {
  const rows = facts.diff.changed.slice(0, MAX_ROWS).map(({ key, from, to }) => {
    const name = parseLockKey(key)?.name ?? key;
    const mine = facts.wanted.filter((w) => w.name === name);
    const installed = from?.version ?? sorted(mine.map((w) => w.installed)).join(', ');
    const severity = worst(mine.map((w) => w.severity));
    const due = mine.flatMap((w) => (w.due === null ? [] : [w.due])).sort(compareCodePoints)[0] ?? '';
    const why = to?.role === 'upgrade' ? severity : (to?.approvedBy ?? 'no longer wanted');
    const hosts = mine.reduce((n, w) => n + w.assets, 0);
    return `| ${inlineCode(name)} | ${inlineCode(installed || '–')} | ${inlineCode(to?.version ?? '–')} | ${escapeMarkdown(why)}${mine.some((w) => w.kev) ? ' **KEV**' : ''} | ${advisoryCell(to?.advisories ?? [])} | ${hosts || ''} | ${due} |`;
  });
  const more = facts.diff.changed.length - rows.length;
  return `### Packages\n\n| package | from | to | why | advisories | hosts | due |\n| --- | --- | --- | --- | --- | ---: | --- |\n${rows.join('\n')}${more > 0 ? `\n\n… and ${more} more, see the commit.` : ''}`;
}

function advisoryCell(ids: readonly string[]): string {
  const shown = ids.slice(0, 4).map(escapeMarkdown).join(', ');
  return ids.length > 4 ? `${shown} and ${ids.length - 4} more` : shown;
}

function leftOut(facts: ProposalFacts): string {
  if (facts.leftOut.length === 0) return '';
  const rows = facts.leftOut
    .slice(0, MAX_ROWS)
    .map((l) => `- ${inlineCode(l.name)} ${inlineCode(l.version)}: ${escapeMarkdown(l.reason)}`);
  return `### Wanted, but left out\n\n${rows.join('\n')}`;
}

const closureText = (closure: PatchLock['closure']): string =>
  closure === 'checked'
    ? 'checked: a real package manager confirmed that these packages install completely on every component set.'
    : closure === 'sampled'
      ? 'sampled: a real package manager confirmed a part of the component sets, the rest is unchecked.'
      : 'unchecked: no package manager could be asked here; a host that needs more than this lock stops untouched and says what it needs.';

const sorted = (items: readonly string[]): readonly string[] => [...new Set(items)].sort(compareCodePoints);
const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
