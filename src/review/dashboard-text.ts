import { type DashboardFacts, type DashboardLine, EXPIRY_DAYS } from '../domain/dashboard.ts';
import { box, openRequest } from '../domain/pull-boxes.ts';
import { waitWords } from '../domain/wait-words.ts';
import { escapeMarkdown, inlineCode } from '../util/markdown.ts';
import { boundedBody, lines, table } from './bounded.ts';

/** The text of the one issue that shows everything. The same facts are the same bytes. */
export const dashboardBody = (facts: DashboardFacts): string =>
  boundedBody((most) => {
    const parts = [
      fleet(facts),
      section('Open', facts.open, most),
      section('Waiting', facts.waiting, most),
      section('Yours: edited by people, or held', facts.left, most),
      section('Refused: closed by a person', facts.refused, most),
      section('Failing', facts.failed, most),
      halts(facts, most),
      expiring(facts, most),
      observations(facts, most),
      HOW,
    ];
    return `${parts.filter((p) => p !== '').join('\n\n')}\n`;
  });

function fleet({ fleet: { assets, findings, overdue, unknown } }: DashboardFacts): string {
  const rows: readonly (readonly [string, number])[] = [
    ['assets', assets],
    ['findings', findings],
    ['overdue', overdue],
    ['unknown', unknown],
  ];
  return `| | |\n| --- | ---: |\n${rows.map(([what, n]) => `| ${what} | ${n} |`).join('\n')}`;
}

function section(title: string, items: readonly DashboardLine[], most: number): string {
  if (items.length === 0) return '';
  const row = ({ kind, scope, number, reason, detail, box: boxed }: DashboardLine): string => {
    // A number of our own: the forge may link it.
    const pull = number === null ? '' : `#${number} `;
    const more = detail === undefined ? '' : ` (${inlineCode(detail)})`;
    const why = reason === null ? '' : `: ${escapeMarkdown(waitWords(reason))}${more}`;
    const words = `${pull}${inlineCode(kind)} ${inlineCode(scope)}${why}`;
    const request = boxed ? openRequest(kind, scope) : undefined;
    return box(request, request === undefined ? words : `open now: ${words}`);
  };
  // A heading counts as no row, so that it goes with the first of its lines.
  const grouped = (item: DashboardLine, i: number): string =>
    items[i - 1]?.owner === item.owner && i > 0
      ? row(item)
      : `${i > 0 ? '\n' : ''}**${item.owner === null ? 'nobody in particular' : inlineCode(item.owner)}**\n\n${row(item)}`;
  const rest = { one: 'more line', where: '`patchwarden reconcile` lists them all' };
  return `### ${title}\n\n${lines(items.map(grouped), (line) => line, most, rest)}`;
}

function halts({ halts: all }: DashboardFacts, most: number): string {
  if (all.length === 0) return '';
  const row = ({ scope, by, reason }: (typeof all)[number]): string =>
    `- ${inlineCode(scope)} by ${inlineCode(by)}: ${escapeMarkdown(reason)}`;
  const rest = { one: 'more halt', where: '`patchwarden audit log` lists them all' };
  return `### Halts in force\n\n${lines(all, row, most, rest)}`;
}

function expiring({ expiring: all }: DashboardFacts, most: number): string {
  if (all.length === 0) return '';
  const row = ({ id, owner, validUntil }: (typeof all)[number]): string =>
    `| ${inlineCode(id)} | ${inlineCode(owner)} | ${escapeMarkdown(validUntil)} |`;
  const head = '| exception | owner | valid until |\n| --- | --- | --- |';
  const rest = { one: 'more exception', where: '`exceptions/` has them all' };
  return `### Exceptions that end within ${EXPIRY_DAYS} days\n\n${table(head, all, row, most, rest)}`;
}

function observations({ observations: all }: DashboardFacts, most: number): string {
  if (all.length === 0) return '';
  const row = ({ owner, sentence, names }: (typeof all)[number]): string => {
    const who = owner === null ? '' : ` (${inlineCode(owner)})`;
    const hosts = names.length === 0 ? '' : ` ${names.map(inlineCode).join(', ')}`;
    return `- ${escapeMarkdown(sentence)}${hosts}${who}`;
  };
  const rest = { one: 'more line', where: '`patchwarden reconcile` lists them all' };
  return `### To look at\n\n${lines(all, row, most, rest)}`;
}

const HOW = [
  '### Labels of a pull request',
  '- `patchwarden/hold`: it is left alone.\n- `patchwarden/rebase`: it is made anew from the protected branch, over whatever is on its branch; so does the box below its text.\n- `patchwarden/expedite` at a patch or a promotion, set by an operator who is in a team: what it brings goes to all rings at once, in a pull request of its own.',
  'A box above opens what waits for a limit or a calendar with the next run. Close it to refuse exactly its content.',
].join('\n\n');
