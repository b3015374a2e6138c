import type { AssetList, StatusReport } from '../contracts/generated/status-report.ts';
import { selectorText } from '../contracts/selector-text.ts';
import { printable } from '../util/printable.ts';
import { textTable } from './table.ts';

const assets = (n: number): string => `${n} asset${n === 1 ? '' : 's'}`;

const isEverything = (select: StatusReport['select']): boolean => Object.keys(select).length === 0;

/** Assets that nobody governs, baselines that reach nothing, and who answers for the findings. */
export function governanceTexts({ select, governance, responsibility }: StatusReport): string[] {
  const { noBaseline, noRing, ties, reach } = governance;
  // That a baseline governs none of a few chosen assets is no news.
  const shadowed = isEverything(select)
    ? reach.filter((r) => r.governs === 0 && r.shadowedBy.length > 0)
    : [];
  const lines = [
    ...listText(noBaseline, 'in no baseline'),
    ...listText(noRing, 'in a baseline and in none of its rings'),
    ...ties.flatMap((t) =>
      listText(
        t,
        `claimed by ${printable(t.baselines.join(' and '))}, of one priority, so that none governs`,
      ),
    ),
    ...shadowed.map(
      (r) =>
        `The baseline ${printable(r.baseline)} selects ${assets(r.selects)} and governs none: ${printable(r.shadowedBy.join(', '))} goes first\n`,
    ),
  ];
  return [...(responsibility.length > 0 ? [responsibleText(responsibility)] : []), ...lines];
}

const listText = (list: AssetList, what: string): string[] =>
  list.count === 0
    ? []
    : [
        `${assets(list.count)} ${what}: ${printable(list.assets.join(', '))}${list.count > list.assets.length ? ', …' : ''}\n`,
      ];

const responsibleText = (rows: StatusReport['responsibility']): string =>
  `Who answers\n${textTable(
    [
      ['owner', 'document', 'approved by', 'findings', 'open', 'overdue', 'excepted'],
      ...rows.map((r) => [
        r.owner ?? 'nobody',
        r.document ?? '-',
        r.document === null ? '-' : r.approvers.join(', ') || 'nobody',
        String(r.findings),
        String(r.open),
        String(r.overdue),
        String(r.excepted),
      ]),
    ],
    [3, 4, 5, 6],
  )}`;

/** Counts by control, where they were asked for. */
export const controlTexts = ({ controls }: StatusReport): string[] =>
  controls === undefined
    ? []
    : [
        `Controls\n${textTable(
          [
            ['standard', 'control', 'open', 'overdue', 'unmitigated', 'asks for, in our words'],
            ...controls.map((c) => [
              c.title,
              c.control,
              String(c.open),
              String(c.overdue),
              String(c.unmitigated),
              c.asks,
            ]),
          ],
          [2, 3, 4],
        )}`,
      ];

/** Whose counts these are; nothing where they are everybody's. */
export const selectedText = ({ select }: StatusReport): string[] =>
  isEverything(select) ? [] : [`Only assets with ${printable(selectorText(select))}\n`];
