import type { PinnedMoves } from '../domain/pinned-moves.ts';
import { escapeMarkdown, inlineCode } from '../util/markdown.ts';
import { boundedBody, boundedTitle, plural, table } from './bounded.ts';
import { boundTo } from './proposal-sections.ts';

/** What the text of a `pins` proposal is made of. No asset is named. */
export interface PinsFacts extends PinnedMoves {
  /** What pins.json names before and after; null before the first. */
  readonly pins: readonly {
    readonly pin: string;
    readonly before: string | null;
    readonly after: string;
    /** When the one before was last the current one. */
    readonly since: string | null;
  }[];
  readonly contentDigest: string;
}

const WORDS: Readonly<Record<string, string>> = {
  intel: 'intelligence',
  firstSeen: 'first sight',
  labels: 'labels',
};

/** Title of the pull request that moves pins.json. */
export function pinsTitle({ pins, matrix }: Pick<PinsFacts, 'pins' | 'matrix'>): string {
  const words = pins.map((p) => WORDS[p.pin] ?? p.pin).join(', ');
  const looser = matrix.reduce((n, m) => n + m.findings, 0);
  const what = looser > 0 ? `${plural(looser, 'finding')} judged less strictly` : 'no decision moves';
  return boundedTitle(`Pin current ${words}: ${what}`);
}

/** What merging it would move: the matrix, the most urgent ones, and the exact digests. Bounded in size. */
export const pinsBody = (facts: PinsFacts): string =>
  boundedBody((most) => {
    const parts = [
      introduction(facts),
      matrixTable(facts, most),
      worstTable(facts, most),
      digestTable(facts),
      boundTo(facts.contentDigest),
      'To go on judging strictly, leave it open or close the pull request: it returns when the snapshots change. To stop pinning, remove a digest from `pins.json`.',
    ];
    return `${parts.filter((p) => p !== '').join('\n\n')}\n`;
  });

function introduction({ pins, matrix }: PinsFacts): string {
  if (pins.every((p) => p.before === null))
    return 'Nothing is pinned yet, so every new fact counts at once, also one that makes a decision looser. From this merge on looser facts wait for a merge of `pins.json`; stricter ones go on counting at once. No decision moves now.';
  if (matrix.length === 0)
    return 'What is new since these snapshots were pinned makes nothing looser. Merging it pins what grew stricter since, so that it cannot be taken back unseen. No decision moves now.';
  return 'Newer facts make these decisions looser. Until this is merged the stricter answers count. Whatever newer facts make stricter counts already and does not move here.';
}

const IN_FULL = '`patchwarden explain` and `patchwarden status` show every one';

function matrixTable({ matrix }: PinsFacts, most: number): string {
  if (matrix.length === 0) return '';
  const row = (m: PinsFacts['matrix'][number]): string =>
    `| ${m.from} | ${m.to === null ? 'gone' : m.to === m.from ? `${m.to}, due later` : m.to} | ${m.findings} | ${m.assets} | ${m.overdue} | ${m.overdueAfter} |`;
  const head =
    '| now | after the merge | findings | assets | past their day now | and afterwards |\n| --- | --- | ---: | ---: | ---: | ---: |';
  return `### Decisions that move\n\n${table(head, matrix, row, most, { one: 'further move', where: IN_FULL })}`;
}

function worstTable({ matrix, worst }: PinsFacts, most: number): string {
  if (worst.length === 0) return '';
  const shown = worst.slice(0, most);
  const row = (w: PinsFacts['worst'][number]): string =>
    `| ${escapeMarkdown(w.advisory ?? 'update')}${w.kev ? ' **KEV**' : ''} | ${inlineCode(w.name ?? '')} | ${escapeMarkdown(w.stream)} | ${w.severity} | ${standing(w.from, w.due)} | ${w.to === null ? 'gone' : standing(w.to, w.nextDue)} | ${w.assets} |`;
  const more = matrix.reduce((n, m) => n + m.findings, 0) - shown.reduce((n, w) => n + w.assets, 0);
  const head =
    '| advisory | package | stream | severity | now | after the merge | assets |\n| --- | --- | --- | --- | --- | --- | ---: |';
  const rest = more > 0 ? `\n\n… and ${plural(more, 'further finding')}: ${IN_FULL}.` : '';
  return `### The most urgent of them\n\n${table(head, shown, row, most, { one: 'row', where: IN_FULL })}${rest}`;
}

const standing = (status: string, due: string | null): string =>
  due === null ? `${status}, no day` : `${status}, ${escapeMarkdown(due)}`;

function digestTable({ pins }: PinsFacts): string {
  const rows = pins.map(
    (p) =>
      `| ${WORDS[p.pin] ?? p.pin} | ${p.before === null ? '–' : inlineCode(p.before)} | ${p.since === null ? '–' : escapeMarkdown(p.since)} | ${inlineCode(p.after)} |`,
  );
  return `### Snapshots\n\n| what | pinned | current until | to be pinned |\n| --- | --- | --- | --- |\n${rows.join('\n')}`;
}
