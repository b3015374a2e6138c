import type { DriftStays, ForeignPackage } from '../domain/foreign-package.ts';
import { inlineCode } from '../util/markdown.ts';
import { plural } from './proposal-sections.ts';

const MOST = 100;

const WHY: Readonly<Record<ForeignPackage['why'], string>> = {
  'on-hold': 'it is on hold',
  'not-offered': 'no declared origin of these hosts offers it',
};

/** Why hosts are not taken back from a foreign version, and what would help. */
export const STAYS: Readonly<Record<DriftStays, string>> = {
  'newer-on-offer':
    'an origin of these hosts offers a newer version, and patching replaces it; to have it sooner, approve that version',
  'offered-to-others':
    'other hosts of the ring have it from a declared origin, and a lock cannot tell them apart; give these hosts that origin, or a ring of their own',
  'newer-wanted': 'a newer version is approved and on its way',
  'bytes-gone':
    "nobody keeps the file of the lock's version any more; lock a version that can be had, or put the file into the artifact store",
  'lock-is-bad': "the lock's version is on hold itself; merge its rollback first",
  'sources-are-older':
    'the package sources were read before the hosts, so nobody can tell; run sync after scan',
};

/** What is foreign, what happens to it, and what else a person may choose. No host is named; bounded in size. */
export function driftStory(foreign: readonly ForeignPackage[]): readonly string[] {
  const told = foreign
    .slice(0, MOST)
    .map(
      ({ name, version, assets, ring, why, locked, stays }) =>
        `${inlineCode(name)} ${inlineCode(version)} on ${plural(assets, 'host')} of ring ${inlineCode(ring)}: ${WHY[why]}. ${
          stays === null ? `It goes back to ${inlineCode(locked)}.` : `It stays for now: ${STAYS[stays]}.`
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
