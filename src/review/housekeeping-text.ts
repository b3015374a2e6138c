import type { Leftover, LeftoverException } from '../domain/leftover-exception.ts';
import type { LockCleanup } from '../domain/lock-cleanup.ts';
import { parseLockKey } from '../domain/purl.ts';
import { escapeMarkdown, inlineCode } from '../util/markdown.ts';
import { boundedBody, boundedTitle, plural, table } from './bounded.ts';
import { boundTo } from './proposal-sections.ts';

export interface HousekeepingFacts {
  readonly owner: string;
  readonly leftovers: readonly LeftoverException[];
  /** Locks with entries that no host has. */
  readonly locks: readonly LockCleanup[];
  readonly contentDigest: string;
}

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
  return boundedTitle(
    `Remove ${what.join(' and ')} of ${owner} that ${leftovers.length + entries === 1 ? 'does' : 'do'} nothing`,
  );
}

/** What is removed and why, and how to say no. No asset is named; bounded in size. */
export const housekeepingBody = (facts: HousekeepingFacts): string =>
  boundedBody((most) => {
    const parts = [
      ...exceptionParts(facts, most),
      ...lockParts(facts, most),
      boundTo(facts.contentDigest),
      `To keep them, close the pull request: it returns only when the list changes.${facts.leftovers.length > 0 ? ' To keep one exception, change its selector, its match or its days.' : ''}`,
    ];
    return `${parts.join('\n\n')}\n`;
  });

function exceptionParts({ leftovers }: HousekeepingFacts, most: number): readonly string[] {
  if (leftovers.length === 0) return [];
  const row = ({ exception: { id, ticket, validUntil }, why }: LeftoverException): string =>
    `| ${inlineCode(id)} | ${WORDS[why]} | ${escapeMarkdown(validUntil)} | ${escapeMarkdown(ticket)} |`;
  const head = '| exception | why | valid until | ticket |\n| --- | --- | --- | --- |';
  const where = 'the commit removes them all';
  return [
    'These exceptions change no decision today. Removing them accepts no risk and asks nothing new of any host; their history stays in Git.',
    table(head, leftovers, row, most, { one: 'further exception', where }),
  ];
}

function lockParts({ locks }: HousekeepingFacts, most: number): readonly string[] {
  if (locks.length === 0) return [];
  const entries = locks.flatMap(({ before, gone }) => gone.map((key) => ({ before, key })));
  const row = ({ before, key }: (typeof entries)[number]): string =>
    `| ${inlineCode(before.baseline)} | ${inlineCode(before.ring)} | ${inlineCode(parseLockKey(key)?.name ?? key)} | ${inlineCode(before.entries[key]?.version ?? '')} |`;
  const head = '| baseline | ring | package | locked |\n| --- | --- | --- | --- |';
  const several = locks.length > 1 ? ' Several locks at once need two approvers of two teams.' : '';
  const all = { one: 'further entry', many: 'further entries', where: 'the commit removes them all' };
  return [
    `No host that their baseline selects has these packages any more, in whatever ring. Removing the entries does nothing to a host and removes no package; a host that gets the package again is patched as before.${several}`,
    table(head, entries, row, most, all),
  ];
}
