import type { Difference, Value } from '../../contracts/generated/change-input.ts';
import { canonicalJson } from '../../util/digest.ts';
import { compareCodePoints } from '../../util/sort.ts';

export type Effect = Difference['effect'];
/** A difference inside of a document, which does not know its document. */
export type Change = Omit<Difference, 'document' | 'class'>;
/** Finds what a value says otherwise than before; undefined: it was, or is, not there. */
export type Compare = (from: unknown, to: unknown) => readonly Change[];

/** One value as a whole; the effect is asked only where it changed. */
export const value =
  (effectOf: (from: unknown, to: unknown) => Effect): Compare =>
  (from, to) =>
    textOf(from) === textOf(to) ? [] : [change('', effectOf(from, to), from, to)];

/** What cannot be classified counts as loosened. */
const unclassified = value(() => 'loosened');
/** Words for people, that no decision reads. */
export const words = value(() => 'changed');

/** Numbers, days or other things in order, of which more is looser; where it is absent another value holds. */
export const moreLoosens = <T extends number | string>(absent: T): Compare =>
  value((from, to) => (((to ?? absent) as T) > ((from ?? absent) as T) ? 'loosened' : 'tightened'));

export const lessLoosens = <T extends number | string>(absent: T): Compare =>
  value((from, to) => (((to ?? absent) as T) < ((from ?? absent) as T) ? 'loosened' : 'tightened'));

/** Words from the loosest to the strictest; one that is not among them is never stricter. */
export const ranked = (loosestFirst: readonly string[], absent: string): Compare =>
  value((from, to) =>
    rank(loosestFirst, to, absent) > rank(loosestFirst, from, absent) ? 'tightened' : 'loosened',
  );

const rank = (order: readonly string[], word: unknown, absent: string): number =>
  order.indexOf(String(word ?? absent));

/** An object key by key. */
export const fields =
  (rows: Readonly<Record<string, Compare>>, others: Compare = unclassified): Compare =>
  (from, to) => {
    const [before, after] = [objectOf(from), objectOf(to)];
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(compareCodePoints);
    return keys.flatMap((key) =>
      ((Object.hasOwn(rows, key) && rows[key]) || others)(before[key], after[key]).map((c) => ({
        ...c,
        change: c.change === '' ? key : `${key}.${c.change}`,
      })),
    );
  };

/** A list of objects with ids, of which each is there once. Another order is unclassified. */
export const items =
  (each: Compare, { added, removed }: { readonly added: Effect; readonly removed: Effect }): Compare =>
  (from, to) => {
    const [before, after] = [byId(from), byId(to)];
    if (!before || !after) return unclassified(from, to);
    const kept = [before, after].map((list) =>
      [...list.keys()].filter((id) => before.has(id) && after.has(id)),
    );
    const ids = [...new Set([...before.keys(), ...after.keys()])].sort(compareCodePoints);
    return [
      ...unclassified(kept[0], kept[1]),
      ...ids.flatMap((id) => {
        const [was, is] = [before.get(id), after.get(id)];
        if (was === undefined) return [{ ...change('', added, was, is), item: id }];
        if (is === undefined) return [{ ...change('', removed, was, is), item: id }];
        return each(was, is).map((c) => ({ ...c, item: c.item ?? id }));
      }),
    ];
  };

/** A list of which only the members count. */
export const members = ({ added, removed }: { readonly added: Effect; readonly removed: Effect }): Compare =>
  value((from, to) => {
    const [before, after] = [listOf(from), listOf(to)];
    const more = after.some((m) => !before.includes(m));
    const fewer = before.some((m) => !after.includes(m));
    if (more && fewer) return 'loosened';
    return more ? added : fewer ? removed : 'changed';
  });

const change = (key: string, effect: Effect, from: unknown, to: unknown): Change => ({
  ...{ change: key, item: null, effect, from: shown(from), to: shown(to) },
});

const shown = (of: unknown): Value =>
  of === undefined || of === null
    ? null
    : typeof of === 'string' || typeof of === 'number' || typeof of === 'boolean'
      ? of
      : clipped(canonicalJson(of));

/** Enough for people; what decides is the effect. */
const clipped = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text);

const textOf = (of: unknown): string => (of === undefined ? '' : canonicalJson(of));
const objectOf = (of: unknown): Record<string, unknown> => (of ?? {}) as Record<string, unknown>;
const listOf = (of: unknown): readonly string[] => ((of ?? []) as unknown[]).map(textOf);

/** Undefined when an id is there twice: which of them counts is not ours to say. */
function byId(of: unknown): ReadonlyMap<string, unknown> | undefined {
  const list = (of ?? []) as readonly { readonly id: string }[];
  const map = new Map(list.map((item) => [item.id, item]));
  return map.size === list.length ? map : undefined;
}
