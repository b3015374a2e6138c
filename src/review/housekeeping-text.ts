import type { Leftover, LeftoverException } from '../domain/leftover-exception.ts';
import { escapeMarkdown, inlineCode } from '../util/markdown.ts';
import { boundedBody, boundedTitle, plural, table } from './bounded.ts';
import { boundTo } from './proposal-sections.ts';

export interface HousekeepingFacts {
  readonly owner: string;
  readonly leftovers: readonly LeftoverException[];
  readonly contentDigest: string;
}

const WORDS: Readonly<Record<Leftover, string>> = {
  expired: 'its last day is over',
  dead: 'it selects no asset',
  unused: 'no asset that it selects has a finding that it matches',
};

/** Title of the pull request that removes what an owner does not need any more. */
export const housekeepingTitle = ({ owner, leftovers }: Omit<HousekeepingFacts, 'contentDigest'>): string =>
  boundedTitle(
    `Remove ${plural(leftovers.length, 'exception')} of ${owner} that ${leftovers.length === 1 ? 'does' : 'do'} nothing`,
  );

/** What is removed and why, and how to say no. No asset is named; bounded in size. */
export const housekeepingBody = (facts: HousekeepingFacts): string =>
  boundedBody((most) => {
    const parts = [
      'These exceptions change no decision today. Removing them accepts no risk and asks nothing new of any host; their history stays in Git.',
      leftoverTable(facts, most),
      boundTo(facts.contentDigest),
      'To keep them, close the pull request: it returns only when the list changes. To keep one, change its selector, its match or its days.',
    ];
    return `${parts.join('\n\n')}\n`;
  });

function leftoverTable({ leftovers }: HousekeepingFacts, most: number): string {
  const row = ({ exception: { id, ticket, validUntil }, why }: LeftoverException): string =>
    `| ${inlineCode(id)} | ${WORDS[why]} | ${escapeMarkdown(validUntil)} | ${escapeMarkdown(ticket)} |`;
  const head = '| exception | why | valid until | ticket |\n| --- | --- | --- | --- |';
  return table(head, leftovers, row, most, {
    one: 'further exception',
    where: 'the commit removes them all',
  });
}
