import type { Leftover, LeftoverException } from '../domain/leftover-exception.ts';
import type { LockCleanup } from '../domain/lock-cleanup.ts';
import { parseLockKey } from '../domain/purl.ts';
import { escapeMarkdown, inlineCode } from '../util/markdown.ts';
import { plural } from './proposal-sections.ts';

export interface HousekeepingFacts {
  readonly owner: string;
  readonly leftovers: readonly LeftoverException[];
  /** Locks with entries that no host has. */
  readonly locks: readonly LockCleanup[];
  readonly contentDigest: string;
}

/** Rows of the table; a text that no forge takes helps nobody. */
const MOST = 200;

const WORDS: Readonly<Record<Leftover, string>> = {
  expired: 'its last day is over',
  dead: 'it selects no asset',
  unused: 'no asset that it selects has a finding that it matches',
};

/** Title of the pull request that removes what an owner does not need any more. */
export function housekeepingTitle({
  owner,
  leftovers,
  locks,
}: Omit<HousekeepingFacts, 'contentDigest'>): string {
  const entries = locks.reduce((n, l) => n + l.gone.length, 0);
  const what = [
    ...(leftovers.length > 0 ? [plural(leftovers.length, 'exception')] : []),
    ...(entries > 0 ? [plural(entries, 'lock entry', 'lock entries')] : []),
  ];
  return `Remove ${what.join(' and ')} of ${owner} that ${leftovers.length + entries === 1 ? 'does' : 'do'} nothing`;
}

/** What is removed and why, and how to say no. No asset is named; bounded in size. */
export function housekeepingBody(facts: HousekeepingFacts): string {
  const parts = [
    ...exceptionParts(facts),
    ...lockParts(facts),
    `**Content digest:** ${inlineCode(facts.contentDigest)}  \nApprovals bind to this digest and to the number of this pull request.`,
    `To keep them, close the pull request: it returns only when the list changes.${facts.leftovers.length > 0 ? ' To keep one exception, change its selector, its match or its days.' : ''}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function exceptionParts({ leftovers }: HousekeepingFacts): readonly string[] {
  if (leftovers.length === 0) return [];
  const rows = leftovers.map(
    ({ exception: { id, ticket, validUntil }, why }) =>
      `| ${inlineCode(id)} | ${WORDS[why]} | ${validUntil} | ${escapeMarkdown(ticket)} |`,
  );
  return [
    'These exceptions change no decision today. Removing them accepts no risk and asks nothing new of any host; their history stays in Git.',
    table(['exception', 'why', 'valid until', 'ticket'], rows, 'further exception', 'further exceptions'),
  ];
}

function lockParts({ locks }: HousekeepingFacts): readonly string[] {
  if (locks.length === 0) return [];
  const rows = locks.flatMap(({ before, gone }) =>
    gone.map(
      (key) =>
        `| ${inlineCode(before.baseline)} | ${inlineCode(before.ring)} | ${inlineCode(parseLockKey(key)?.name ?? key)} | ${inlineCode(before.entries[key]?.version ?? '')} |`,
    ),
  );
  const several = locks.length > 1 ? ' Several locks at once need two approvers of two teams.' : '';
  return [
    `No host that their baseline selects has these packages any more, in whatever ring. Removing the entries does nothing to a host and removes no package; a host that gets the package again is patched as before.${several}`,
    table(['baseline', 'ring', 'package', 'locked'], rows, 'further entry', 'further entries'),
  ];
}

function table(head: readonly string[], rows: readonly string[], one: string, many: string): string {
  const shown = rows.slice(0, MOST);
  const more = rows.length - shown.length;
  const top = `| ${head.join(' | ')} |\n|${' --- |'.repeat(head.length)}`;
  return `${top}\n${shown.join('\n')}${more > 0 ? `\n\n… and ${plural(more, one, many)}.` : ''}`;
}
