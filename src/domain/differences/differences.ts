import type { ChangeInput, Difference } from '../../contracts/generated/change-input.ts';
import type { Change, Compare, Effect } from './compare.ts';
import { baselineShape, configShape, exceptionShape, holdShape, rolesShape, signersShape } from './shapes.ts';

type PathClass = ChangeInput['proposal']['paths'][number]['class'];

interface Rule {
  /** null: it is not looked into. */
  readonly shape: Compare | null;
  readonly added: Effect;
  readonly removed: Effect;
}

/** What cannot be looked into is loosened as a whole. */
const OPAQUE: Rule = { shape: null, added: 'loosened', removed: 'loosened' };

const RULES: Readonly<Partial<Record<PathClass, Rule>>> = {
  exception: { shape: exceptionShape, added: 'loosened', removed: 'tightened' },
  baseline: { ...OPAQUE, shape: baselineShape },
  roles: { ...OPAQUE, shape: rolesShape },
  config: { ...OPAQUE, shape: configShape },
  signers: { ...OPAQUE, shape: signersShape },
  hold: { shape: holdShape, added: 'tightened', removed: 'loosened' },
  calendar: OPAQUE,
  policy: OPAQUE,
  workflow: OPAQUE,
};

/** A changed document: null where it was or is absent; undefined where nobody can read it. */
export interface ChangedDocument {
  readonly document: string;
  readonly class: PathClass;
  readonly before: unknown;
  readonly after: unknown;
}

/** Locks, pins and other files have no differences of this kind: their content is approved entry by entry or as bytes. */
export const hasDifferences = (of: PathClass): boolean => RULES[of] !== undefined;

/** What a change of one document means, key by key; several rows when several keys changed. */
export function differencesOf({ document, before, after, ...rest }: ChangedDocument): readonly Difference[] {
  const rule = RULES[rest.class];
  return rule ? changes(rule, before, after).map((c) => ({ document, class: rest.class, ...c })) : [];
}

function changes({ shape, added, removed }: Rule, before: unknown, after: unknown): readonly Change[] {
  const whole = (effect: Effect): readonly Change[] => [
    { ...WHOLE, effect, from: presence(before), to: presence(after) },
  ];
  if (before === undefined || after === undefined) return whole('loosened');
  if (before === null) return whole(added);
  if (after === null) return whole(removed);
  if (shape === null) return whole('loosened');
  return shape(before, after).map((c) => (c.change === '' ? { ...c, ...WHOLE } : c));
}

const WHOLE = { change: 'document', item: null } as const;

const presence = (of: unknown): string | null =>
  of === null ? null : of === undefined ? 'unreadable' : 'present';
