import type { Leftover, LeftoverException } from '../domain/leftover-exception.ts';
import { escapeMarkdown, inlineCode } from '../util/markdown.ts';
import { plural } from './proposal-sections.ts';

export interface HousekeepingFacts {
  readonly owner: string;
  readonly leftovers: readonly LeftoverException[];
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
export const housekeepingTitle = ({ owner, leftovers }: Omit<HousekeepingFacts, 'contentDigest'>): string =>
  `Remove ${plural(leftovers.length, 'exception')} of ${owner} that ${leftovers.length === 1 ? 'does' : 'do'} nothing`;

/** What is removed and why, and how to say no. No asset is named; bounded in size. */
export function housekeepingBody(facts: HousekeepingFacts): string {
  const parts = [
    'These exceptions change no decision today. Removing them accepts no risk and asks nothing new of any host; their history stays in Git.',
    table(facts),
    `**Content digest:** ${inlineCode(facts.contentDigest)}  \nApprovals bind to this digest and to the number of this pull request.`,
    'To keep them, close the pull request: it returns only when the list changes. To keep one, change its selector, its match or its days.',
  ];
  return `${parts.join('\n\n')}\n`;
}

function table({ leftovers }: HousekeepingFacts): string {
  const rows = leftovers
    .slice(0, MOST)
    .map(
      ({ exception: { id, ticket, validUntil }, why }) =>
        `| ${inlineCode(id)} | ${WORDS[why]} | ${validUntil} | ${escapeMarkdown(ticket)} |`,
    );
  const more = leftovers.length - rows.length;
  const head = '| exception | why | valid until | ticket |\n| --- | --- | --- | --- |';
  return `${head}\n${rows.join('\n')}${more > 0 ? `\n\n… and ${plural(more, 'further exception')}.` : ''}`;
}
