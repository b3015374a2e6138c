import type { ChangeInput, Difference, Value } from '../contracts/generated/change-input.ts';
import { line } from './pr-list.ts';

/** What the documents of a pull request say otherwise than before, and why. */
export type PullMeaning = Pick<
  ChangeInput['proposal'],
  'reasons' | 'differences' | 'exceptions' | 'coverage'
>;

const EFFECTS = { loosened: 'loosens', tightened: 'tightens', changed: 'alters' } as const;

/** For people: one line each, the first word in a column of ten. */
export const meaningLines = ({ reasons, differences, exceptions, coverage }: PullMeaning): string[] => [
  ...reasons.map((r) => row('reason', r)),
  ...differences.map((d) => row(EFFECTS[d.effect], differenceText(d))),
  ...exceptions.map(({ document, days, renewals }) =>
    row('accepts', `${document}: ${days} days without a break, ${renewals} renewals`),
  ),
  ...coverage.map(({ kind, baselines, labels }) =>
    row(kind === 'none' ? 'uncovers' : 'doubles', `assets with ${labels ?? 'some labels'} (${baselines})`),
  ),
];

const differenceText = ({ document, change, item, from, to }: Difference): string =>
  `${document}: ${change}${item === null ? '' : ` of ${item}`} ${shown(from)} → ${shown(to)}`;

const shown = (value: Value): string => (value === null ? 'none' : String(value));
const row = (word: string, text: string): string => `${word.padEnd(9)} ${line(text)}`;
