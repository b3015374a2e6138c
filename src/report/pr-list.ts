import type { PullRequest } from '../ports/forge.ts';
import { quote } from '../util/printable.ts';

/** For people: one line a pull request. */
export function pullsText(pulls: readonly PullRequest[]): string {
  if (pulls.length === 0) return 'no pull requests\n';
  return pulls
    .map((p) => `#${p.number}  ${p.state.padEnd(6)}  ${p.kind} ${line(p.scope)}  ${line(p.title)}\n`)
    .join('');
}

/** For programs: `{pulls: [PullRequest]}`, by number. */
export const pullsJson = (pulls: readonly PullRequest[]): string => `${JSON.stringify({ pulls }, null, 2)}\n`;

/** Text from a pull request on one line of a terminal. */
export const line = (text: string): string => quote(text, 200).slice(1, -1);
