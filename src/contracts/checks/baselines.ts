import { ties } from '../../domain/coverage.ts';
import { canonicalJson } from '../../util/digest.ts';
import { quote } from '../../util/printable.ts';
import type { Baseline, Selector } from '../generated/baseline.ts';
import { at, type Loaded, type LoadedTree, ofKind } from '../loaded.ts';
import type { Problem } from '../problem.ts';

/** What is legal and decides less than it seems to: certain ties, rings and rules that nothing reaches. */
export function checkBaselines(tree: LoadedTree): Problem[] {
  const baselines = ofKind(tree, 'Baseline');
  return [
    ...checkTies(baselines),
    ...baselines.flatMap((d) => [
      ...checkRings(d),
      ...checkRingRules(d),
      ...checkApprovals(d),
      ...checkWaits(d),
    ]),
  ];
}

/** Of two baselines the later one is told. */
function checkTies(baselines: readonly Loaded<'Baseline'>[]): Problem[] {
  return ties(baselines.map((d) => d.value)).flatMap(({ pair: [first, second], labels }) => {
    const doc = baselines.find((d) => d.value.id === second);
    return doc
      ? [
          at(
            doc,
            '/priority',
            'ambiguous',
            `has the same priority as the baseline ${quote(first)}, and both select assets with ${labels ?? 'some labels'}, so that neither governs them; change one priority or selector`,
          ),
        ]
      : [];
  });
}

function checkRings(doc: Loaded<'Baseline'>): Problem[] {
  return shadowed(doc.value.rings, (r) => selectorKey(r.select), selectorKey({})).map(({ index, by }) =>
    at(
      doc,
      `/rings/${index}`,
      'ambiguous',
      `no asset reaches the ring ${quote(doc.value.rings[index]?.id ?? '')}: the ring ${quote(by.id)} in front of it takes them all; change the order or a selector`,
    ),
  );
}

/** Rules of rings that have nothing to bear on. */
function checkRingRules(doc: Loaded<'Baseline'>): Problem[] {
  const { rings, expedited } = doc.value;
  const [first] = rings;
  return [
    ...(first?.untested === 'hold'
      ? [
          at(
            doc,
            '/rings/0/untested',
            'ambiguous',
            `the ring ${quote(first.id)} is the first, where everything is tried, so "untested" holds nothing back; remove it`,
          ),
        ]
      : []),
    ...(expedited && rings.length === 1
      ? [
          at(
            doc,
            '/expedited',
            'ambiguous',
            'with one ring there is nothing that an expedited proposal could go past; remove "expedited" or add a ring',
          ),
        ]
      : []),
  ];
}

function checkApprovals(doc: Loaded<'Baseline'>): Problem[] {
  const { approve, reject = [] } = doc.value;
  // What a rule with a last day passes over comes to the rules behind it.
  const keyOf = (r: (typeof approve)[number]) => (r.untilDate === undefined ? matchKey(r.match) : r.id);
  const behind = shadowed(approve, keyOf, matchKey({})).map(({ index, by }) =>
    at(
      doc,
      `/approve/${index}`,
      'ambiguous',
      `no patch reaches the rule ${quote(approve[index]?.id ?? '')}: the rule ${quote(by.id)} in front of it matches them all; change the order or a match`,
    ),
  );
  const rejected = new Map(reject.toReversed().map((r) => [matchKey(r.match), r]));
  const against = approve.flatMap((rule, index) => {
    const by = rejected.get(matchKey({})) ?? rejected.get(matchKey(rule.match));
    return by
      ? [
          at(
            doc,
            `/approve/${index}`,
            'contradiction',
            `the rule ${quote(rule.id)} approves nothing: the reject rule ${quote(by.id)} matches all of it, and rejection beats approval; remove one of them or narrow a match`,
          ),
        ]
      : [];
  });
  return [...behind, ...against];
}

function checkWaits(doc: Loaded<'Baseline'>): Problem[] {
  return doc.value.approve.flatMap(({ id, afterDays = 0, maxTotalDays }, index) =>
    maxTotalDays !== undefined && maxTotalDays < afterDays
      ? [
          at(
            doc,
            `/approve/${index}/maxTotalDays`,
            'contradiction',
            `the rule ${quote(id)} waits ${afterDays} days and ends every wait after ${maxTotalDays}; make "maxTotalDays" at least "afterDays"`,
          ),
        ]
      : [],
  );
}

/** Items behind one that matches everything, or behind an equal one. First match wins, so they never do. */
function shadowed<T>(
  list: readonly T[],
  keyOf: (item: T) => string,
  everything: string,
): { readonly index: number; readonly by: T }[] {
  const seen = new Map<string, T>();
  return list.flatMap((item, index) => {
    const key = keyOf(item);
    const by = seen.get(everything) ?? seen.get(key);
    if (!by) seen.set(key, item);
    return by ? [{ index, by }] : [];
  });
}

/** Equal for selectors that say the same apart from the order of terms and values; empty lists say nothing. */
function selectorKey(select: Selector): string {
  const terms = (list: Selector['all']) =>
    (list ?? []).map((t) => canonicalJson({ ...t, ...sortedLists(t) })).sort();
  const parts = { all: terms(select.all), any: terms(select.any), none: terms(select.none) };
  return canonicalJson(Object.fromEntries(Object.entries(parts).filter(([, list]) => list.length > 0)));
}

const matchKey = (match: Baseline['approve'][number]['match']): string =>
  canonicalJson({ ...match, ...sortedLists(match) });

const sortedLists = (of: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(of).flatMap(([k, v]) => (Array.isArray(v) ? [[k, [...new Set(v)].sort()]] : [])),
  );
