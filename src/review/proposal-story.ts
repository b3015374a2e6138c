import { REVIEW_DAYS } from '../domain/expedited-review.ts';
import type { RingState } from '../domain/generations.ts';
import { escapeMarkdown, inlineCode } from '../util/markdown.ts';
import { plural } from './bounded.ts';

/** Which generation is copied, and what proves it. */
export function promoteStory({ generation, evidence }: NonNullable<RingState['proven']>): readonly string[] {
  const others = evidence.others === 0 ? '' : ` (${plural(evidence.others, 'other')} ended without it)`;
  return [
    `Generation ${generation.generation} of ring ${inlineCode(generation.ring)} is proven: ${plural(evidence.patched, 'host')} patched${others} and its bake passed, recorded on ${escapeMarkdown(evidence.time)}.`,
    `Its entries are copied as merge ${inlineCode(generation.merge.slice(0, 12))} brought them, lock ${inlineCode(generation.digest)}.`,
  ];
}

/** What failed, as it was recorded. */
export const rollbackStory = (
  bad: readonly { readonly package: string; readonly version: string; readonly reason: string }[],
): readonly string[] => [
  'What failed and what belongs to it goes back to the version before; entries of other packages stay. Until this is merged, no new host of the ring starts.',
  ...bad.map((b) => `${inlineCode(b.package)} ${inlineCode(b.version)}: ${escapeMarkdown(b.reason)}`),
];

/** Why several rings at once, and under which conditions. */
export const expeditedStory = (
  withinDays: number,
  bakeMinutes: number,
  asked: readonly { readonly pull: number; readonly person: string }[] = [],
): readonly string[] => [
  ...asked.map(
    ({ pull, person }) =>
      `${inlineCode(person)} asked for it with the label \`patchwarden/expedite\` at #${pull}: what that brings goes to all rings at once.`,
  ),
  `${asked.length > 0 ? 'The rest, if any, is due' : 'Due'} within ${plural(withinDays, 'day')}: too soon to prove it ring after ring by a proposal each.`,
  `Needs two approvers of two teams. The rings still follow one another, in waves, with a bake of ${plural(bakeMinutes, 'minute')}.`,
  `A review of this change falls due ${REVIEW_DAYS} days after its merge.`,
];
