import type { Selector, Term } from '../../contracts/generated/baseline.ts';
import { isLabelName } from '../../domain/labels/name.ts';
import { compareCodePoints } from '../../util/sort.ts';

/** What can be told of one label: any value by rules that read it, these values and beginnings by selectors. */
export interface LabelUse {
  readonly label: string;
  readonly whole: boolean;
  readonly values: readonly string[];
  readonly prefixes: readonly string[];
}

/**
 * Every label that a selector or a rule looks at, sorted. Two assets that differ in nothing of it are alike to all. A rule may say
 * that it reads what is no name of a label; no asset has one.
 */
export function labelUses(selectors: readonly Selector[], reads: readonly string[]): readonly LabelUse[] {
  const terms = new Map<string, Term[]>(reads.filter(isLabelName).map((label) => [label, []]));
  for (const { all = [], any = [], none = [] } of selectors)
    for (const term of [...all, ...any, ...none])
      terms.set(term.label, [...(terms.get(term.label) ?? []), term]);
  return [...terms]
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([label, list]) => ({
      label,
      whole: reads.includes(label),
      values: [...new Set(list.flatMap((t) => t.in ?? t.notIn ?? []))],
      prefixes: [...new Set(list.flatMap((t) => t.prefix ?? []))],
    }));
}

/** A value that stands for all that no selector tells apart: in none of its lists, with none of its beginnings. */
export function otherValue({ values, prefixes }: Pick<LabelUse, 'values' | 'prefixes'>): string {
  for (let at = 0xe000; ; at += 1) {
    const other = String.fromCodePoint(at);
    if (!values.includes(other) && !prefixes.some((p) => p === other)) return other;
  }
}
