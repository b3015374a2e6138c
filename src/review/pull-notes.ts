import { GROWTH_CODE, type Growth } from '../domain/growth.ts';
import type { Proposal } from '../domain/proposal.ts';
import { plural } from './bounded.ts';

/** What the text of one pull request says beside what its proposal says: its own past. */
export interface PullPast {
  /** Generation that it proposed before. */
  readonly supersedes?: number | undefined;
  readonly growth?: Growth | undefined;
}

/** The text of a proposal with what became of its pull request before it. */
export function pullBody({ kind, body, generation }: Proposal, { supersedes, growth }: PullPast): string {
  const parts = [
    growth ? growthNote(growth) : '',
    supersedes === undefined || generation === undefined ? '' : supersedesNote(kind, supersedes, generation),
    body,
  ];
  return parts.filter((p) => p !== '').join('\n\n');
}

const supersedesNote = (kind: Proposal['kind'], before: number, now: number): string =>
  kind === 'promote'
    ? `It copies generation ${now} of the ring before it, and supersedes generation ${before}, which it was to copy until then: approvals of that do not count for this.`
    : `It is generation ${now}, and supersedes generation ${before}, which it was until then: approvals of that do not count for this.`;

const growthNote = ({ from, to }: Growth): string =>
  [
    `<!-- patchwarden:growth ${from} ${to} -->`,
    `**It would touch more hosts now: ${to}, and ${plural(from, 'host')} when it was made** (\`${GROWTH_CODE}\`). ` +
      'Approvals so far were given for the smaller number, so it cannot be merged. Set the label `patchwarden/rebase` to have it made anew: then they do not count any more, and the new number is what is approved.',
  ].join('\n');

/** Only at the start of our own part: further down, text from outside is shown. */
const TOLD = /(?:^|<!-- patchwarden:begin [^\n]* -->\n)<!-- patchwarden:growth (\d{1,9}) (\d{1,9}) -->\n/;

/** What a text says of growth. */
export function toldGrowth(text: string): Growth | undefined {
  const [, from, to] = TOLD.exec(text.replace(/\r\n/g, '\n')) ?? [];
  return from === undefined ? undefined : { from: Number(from), to: Number(to) };
}
