import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import { afterInstall } from '../domain/after-install.ts';
import { goesBackFrom } from '../domain/lock-entries.ts';
import { parseLockKey } from '../domain/purl.ts';
import { type Severity, worst } from '../domain/severity.ts';
import type { WantedPatch } from '../domain/wanted-patch.ts';
import { entry } from '../util/entry.ts';
import { escapeMarkdown, inlineCode } from '../util/markdown.ts';
import { compareCodePoints, sortedBy } from '../util/sort.ts';
import { listed, table } from './bounded.ts';
import type { ProposalFacts } from './proposal-facts.ts';

type Changed = ProposalFacts['changes'][number]['diff']['changed'][number];

/** Where a list that is cut can be read whole. */
const IN_FULL = 'the lock diff of the commit has them all, as `patchwarden pr show` lists it';

/** One entry a package, even where several rings get it, as the first of them has it; what is untested comes first. */
export function changedEntries(changes: ProposalFacts['changes']): readonly Changed[] {
  const all = changes.flatMap((c) => c.diff.changed);
  return sortedBy(
    new Map([...all].reverse().map((c) => [c.key, c])).values(),
    (c) => (c.to?.untested === true ? '0' : '1'),
    (c) => c.key,
  );
}

export function packageTable(facts: ProposalFacts, most: number): string {
  const wanted = new Map<string, WantedPatch[]>();
  for (const w of facts.wanted) entry(wanted, w.name, () => []).push(w);
  let asks = false;
  const row = ({ key, from, to }: Changed): string => {
    const name = parseLockKey(key)?.name ?? key;
    const mine = wanted.get(name) ?? [];
    const then = to === null ? null : afterInstall(name);
    asks ||= then !== null;
    const back = to === null ? [] : goesBackFrom(to);
    const now = back.length > 0 ? back : from ? [from.version] : sorted(mine.map((w) => w.installed));
    const installed = listed(now, (v) => v, 3);
    const severity = worst(mine.map((w) => w.severity));
    const due = mine.flatMap((w) => (w.due === null ? [] : [w.due])).sort(compareCodePoints)[0] ?? '';
    const why = `${escapeMarkdown(whyChanged(to, severity))}${mine.some((w) => w.kev) ? ' **KEV**' : ''}`;
    const hosts = mine.reduce((n, w) => n + w.assets, 0);
    const cells = [
      inlineCode(name),
      inlineCode(installed),
      inlineCode(to?.version ?? ''),
      why,
      listed(to?.advisories ?? [], escapeMarkdown, 4),
      hosts || '',
      due && escapeMarkdown(due),
      then ?? '',
      to === null ? '' : bytesWords(to.size),
    ];
    return `| ${cells.join(' | ')} |`;
  };
  const head =
    '| package | from | to | why | advisories | hosts | due | then | size |\n| --- | --- | --- | --- | --- | ---: | --- | --- | ---: |';
  const all = { one: 'more package', where: IN_FULL };
  const rows = table(head, changedEntries(facts.changes), row, most, all);
  const note = asks
    ? '\n\n`then` is what such a package usually asks for; each host tells for itself after the install.'
    : '';
  return `### Packages\n\n${rows}${note}`;
}

function whyChanged(to: PatchLock['entries'][string] | null, severity: Severity): string {
  if (to === null) return 'leaves the lock';
  if (to.downgradeFrom !== undefined) return 'goes back';
  const why = to.role === 'upgrade' ? severity : to.approvedBy;
  return to.untested === true ? `${why}, untested` : why;
}

function bytesWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

const sorted = (items: readonly string[]): readonly string[] => [...new Set(items)].sort(compareCodePoints);
