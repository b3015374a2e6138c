import type { ChangeOutput } from '../contracts/generated/change-output.ts';
import type { PullRequest } from '../ports/forge.ts';
import { line } from './pr-list.ts';
import { verdictWords } from './pr-show.ts';

export interface PullChangeFacts {
  readonly action: 'open' | 'approve' | 'label' | 'merge' | 'close';
  readonly dryRun: boolean;
  readonly pull: PullRequest;
  /** False when nothing was to be done. */
  readonly written: boolean;
  readonly verdict: ChangeOutput | null;
}

const DONE = {
  open: 'opened',
  approve: 'approved',
  label: 'labelled',
  merge: 'merged',
  close: 'closed',
} as const;

/** For people: what was done, and what is missing still. */
export function pullChangeText(facts: PullChangeFacts): string {
  const { action, pull, verdict } = facts;
  const what = `pull request ${pull.number}: ${line(pull.title)}`;
  if (facts.dryRun) return `would have ${DONE[action]} ${what}\n`;
  if (!facts.written) return `nothing to do for ${what}\n`;
  const commit = action === 'merge' && pull.merge !== null ? `merge ${pull.merge}\n` : '';
  const next = verdict !== null && action === 'approve' ? `${verdictWords(verdict)}\n` : '';
  return `${DONE[action]} ${what}\n${commit}${next}`;
}

/** For programs: `{action, dryRun, written, pull, verdict}`. */
export const pullChangeJson = ({ action, dryRun, written, pull, verdict }: PullChangeFacts): string =>
  `${JSON.stringify({ action, dryRun, written, pull, verdict }, null, 2)}\n`;
