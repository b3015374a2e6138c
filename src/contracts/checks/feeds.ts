import { feedLabel } from '../../domain/intel-feed.ts';
import { quote } from '../../util/printable.ts';
import type { IntelFeed } from '../generated/config.ts';
import { at, type Loaded, type LoadedTree, ofKind } from '../loaded.ts';
import type { Problem } from '../problem.ts';

/** Feeds that are nowhere or in two places, and keys that say nothing where they stand. */
export function checkFeeds(tree: LoadedTree): Problem[] {
  return ofKind(tree, 'Config').flatMap((doc) => {
    const seen = new Set<string>();
    return doc.value.intel.feeds.flatMap((feed, i) => {
      const label = feedLabel(feed);
      const twice = label !== '' && seen.has(label);
      seen.add(label);
      return [...(twice ? [again(doc, i, label)] : []), ...checkFeed(doc, feed, i)];
    });
  });
}

const again = (doc: Loaded<'Config'>, i: number, label: string): Problem =>
  at(doc, `/intel/feeds/${i}`, 'duplicate-id', `the feed ${quote(label)} is there twice; remove one`);

function checkFeed(doc: Loaded<'Config'>, feed: IntelFeed, i: number): Problem[] {
  const place = `/intel/feeds/${i}`;
  const name = `"intel.feeds[${i}]"`;
  const { kind, path, url, maxBytes, modelDate, trust } = feed;
  if (path === undefined && url === undefined)
    return [at(doc, place, 'schema', `${name} needs the key "path" or "url"; add one`)];
  return [
    ...(path !== undefined && url !== undefined
      ? [at(doc, place, 'schema', `${name} has "path" and "url"; remove one`)]
      : []),
    ...(maxBytes !== undefined && url === undefined
      ? [
          at(
            doc,
            `${place}/maxBytes`,
            'ambiguous',
            `"maxBytes" of ${name} bounds what a server sends; remove it`,
          ),
        ]
      : []),
    ...(modelDate !== undefined && kind !== 'epss'
      ? [
          at(
            doc,
            `${place}/modelDate`,
            'ambiguous',
            `"modelDate" of ${name} is for scores, but it has the kind ${kind}; remove it`,
          ),
        ]
      : []),
    ...(trust !== undefined && kind !== 'csaf' && kind !== 'openvex'
      ? [
          at(
            doc,
            `${place}/trust`,
            'ambiguous',
            `"trust" of ${name} is for statements of csaf and openvex, but it has the kind ${kind}; remove it`,
          ),
        ]
      : []),
  ];
}
