import type { ChangeInput } from '../contracts/generated/change-input.ts';

/** What a path of the policy repository is to the change rules. */
type PathClass = ChangeInput['proposal']['paths'][number]['class'];

const classes: readonly (readonly [RegExp, PathClass])[] = [
  [/^locks\//, 'lock'],
  [/^holds\//, 'hold'],
  [/^pins\.json$/, 'pins'],
  [/^exceptions\//, 'exception'],
  [/^baselines\//, 'baseline'],
  [/^calendars\//, 'calendar'],
  [/^roles\.json$/, 'roles'],
  [/^allowed-signers$/, 'signers'],
  [/^patchwarden\.json$/, 'config'],
  [/^policies\//, 'policy'],
  [/^\.github\//, 'workflow'],
];

export const classOfPath = (path: string): PathClass =>
  classes.find(([pattern]) => pattern.test(path))?.[1] ?? 'other';

/** A change to anything but `other` needs verified approvals (R4). */
export const isGoverned = (path: string): boolean => classOfPath(path) !== 'other';
