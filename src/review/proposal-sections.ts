import { createTwoFilesPatch } from 'diff';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import { goesBackFrom } from '../domain/lock-entries.ts';
import { parseLockKey } from '../domain/purl.ts';
import { SEVERITIES, type Severity, worst } from '../domain/severity.ts';
import type { WantedPatch } from '../domain/wanted-patch.ts';
import { codeBlock, escapeMarkdown, inlineCode } from '../util/markdown.ts';
import { compareCodePoints, sortedBy } from '../util/sort.ts';
import type { LockChange, ProposalFacts } from './proposal-facts.ts';

const MAX_ROWS = 200;
const MAX_DIFF = 24_000;

/** The change of a lock file as a unified diff, cut at a whole line when it is very long. */
export function unifiedDiff(change: Pick<LockChange, 'path' | 'before' | 'after'>): string {
  const patch = createTwoFilesPatch(
    `a/${change.path}`,
    `b/${change.path}`,
    change.before,
    change.after,
    '',
    '',
    {
      context: 2,
    },
  );
  const text = patch.replace(/^=+\n/, '');
  if (text.length <= MAX_DIFF) return text;
  return `${text.slice(0, text.lastIndexOf('\n', MAX_DIFF))}\n… ${plural(text.split('\n').length, 'line')} in all, see the commit`;
}

export const diffSections = ({ changes }: Pick<ProposalFacts, 'changes'>): string =>
  changes
    .map(
      (c) =>
        `<details><summary>${inlineCode(c.path)}</summary>\n\n${codeBlock(unifiedDiff(c), 'diff')}\n\n</details>`,
    )
    .join('\n\n');

export function whyNow(facts: ProposalFacts): string {
  const { wanted } = facts;
  const severities = SEVERITIES.map((s): [Severity, number] => [s, countAdvisories(wanted, s)]).filter(
    ([, n]) => n > 0,
  );
  const dues = wanted.flatMap((w) => (w.due === null ? [] : [w.due])).sort(compareCodePoints);
  const exploited = sorted(wanted.filter((w) => w.kev).map((w) => w.name)).map(inlineCode);
  const approvals = sorted(wanted.map((w) => w.approvedBy)).map(inlineCode);
  const lines = [
    ...facts.story.map((line) => `- ${line}`),
    severities.length > 0
      ? `- Packages by worst severity: ${severities.map(([s, n]) => `${n} ${s}`).join(', ')}.`
      : '',
    exploited.length > 0 ? `- Known exploited: ${exploited.join(', ')}.` : '',
    dues[0] ? `- First deadline: ${dues[0]}.` : wanted.length > 0 ? '- No deadline applies.' : '',
    approvals.length > 0 ? `- Approved by ${approvals.join(', ')} of the baseline.` : '',
  ];
  return `### Why now\n\n${lines.filter((l) => l !== '').join('\n')}`;
}

const countAdvisories = (wanted: readonly WantedPatch[], severity: Severity): number =>
  new Set(wanted.filter((w) => w.severity === severity).map((w) => w.name)).size;

export function hostTable(facts: ProposalFacts): string {
  if (facts.hosts.length === 0) return '';
  const rows = facts.hosts.map((h) => `| ${escapeMarkdown(h.ring)} | ${h.assets} |`);
  return `### Where\n\n| ring | hosts that miss at least one |\n| --- | ---: |\n${rows.join('\n')}`;
}

/** One row a package, even where several rings get it; `from` is what the first of them has. */
export function packageTable(facts: ProposalFacts): string {
  const all = facts.changes.flatMap((c) => c.diff.changed);
  const changed = sortedBy(new Map(all.reverse().map((c) => [c.key, c])).values(), (c) => c.key);
  const rows = changed.slice(0, MAX_ROWS).map(({ key, from, to }) => {
    const name = parseLockKey(key)?.name ?? key;
    const mine = facts.wanted.filter((w) => w.name === name);
    const back = to ? goesBackFrom(to) : [];
    const now = back.length > 0 ? back : from ? [from.version] : sorted(mine.map((w) => w.installed));
    const installed = now.join(', ');
    const severity = worst(mine.map((w) => w.severity));
    const due = mine.flatMap((w) => (w.due === null ? [] : [w.due])).sort(compareCodePoints)[0] ?? '';
    const why = whyChanged(to, severity);
    const hosts = mine.reduce((n, w) => n + w.assets, 0);
    return `| ${inlineCode(name)} | ${inlineCode(installed || '–')} | ${inlineCode(to?.version ?? '–')} | ${escapeMarkdown(why)}${mine.some((w) => w.kev) ? ' **KEV**' : ''} | ${advisoryCell(to?.advisories ?? [])} | ${hosts || ''} | ${due} |`;
  });
  const more = changed.length - rows.length;
  return `### Packages\n\n| package | from | to | why | advisories | hosts | due |\n| --- | --- | --- | --- | --- | ---: | --- |\n${rows.join('\n')}${more > 0 ? `\n\n… and ${more} more, see the commit.` : ''}`;
}

function whyChanged(to: PatchLock['entries'][string] | null, severity: Severity): string {
  if (to === null) return 'leaves the lock';
  if (to.downgradeFrom !== undefined) return 'goes back';
  const why = to.role === 'upgrade' ? severity : to.approvedBy;
  return to.untested === true ? `${why}, untested` : why;
}

function advisoryCell(ids: readonly string[]): string {
  const shown = ids.slice(0, 4).map(escapeMarkdown).join(', ');
  return ids.length > 4 ? `${shown} and ${ids.length - 4} more` : shown;
}

export function leftOut(facts: ProposalFacts): string {
  if (facts.leftOut.length === 0) return '';
  const rows = facts.leftOut
    .slice(0, MAX_ROWS)
    .map((l) => `- ${inlineCode(l.name)} ${inlineCode(l.version)}: ${escapeMarkdown(l.reason)}`);
  return `### Wanted, but left out\n\n${rows.join('\n')}`;
}

export const closureText = (closure: PatchLock['closure']): string =>
  closure === 'checked'
    ? 'checked: a real package manager confirmed that these packages install completely on every component set.'
    : closure === 'sampled'
      ? 'sampled: a real package manager confirmed a part of the component sets, the rest is unchecked.'
      : 'unchecked: no package manager could be asked here; a host that needs more than this lock stops untouched and says what it needs.';

const sorted = (items: readonly string[]): readonly string[] => [...new Set(items)].sort(compareCodePoints);
export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
