import { type ForeignPackage, WHY_FOREIGN, WHY_STAYS } from '../domain/foreign-package.ts';
import { inlineCode } from '../util/markdown.ts';
import { plural } from './bounded.ts';

const MOST = 100;

/** What is foreign, what happens to it, and what else a person may choose. No host is named; bounded in size. */
export function driftStory(foreign: readonly ForeignPackage[]): readonly string[] {
  const told = foreign
    .slice(0, MOST)
    .map(
      ({ name, version, assets, ring, why, locked, stays }) =>
        `${inlineCode(name)} ${inlineCode(version)} on ${plural(assets, 'host')} of ring ${inlineCode(ring)}: ${WHY_FOREIGN[why]}. ${
          stays === null ? `It goes back to ${inlineCode(locked)}.` : `It stays for now: ${WHY_STAYS[stays]}.`
        }`,
    );
  const more = foreign.length - told.length;
  return [
    ...told,
    ...(more > 0 ? [`… and ${more} more, see the commit.`] : []),
    'To accept a version instead, declare its origin among the package sources of `patchwarden.json`, or remove its document from `holds/`; or close this pull request, which refuses exactly this content.',
    'Only a person can merge this; several rings at once need two approvers of two teams.',
  ];
}
