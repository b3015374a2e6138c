import type { LogHead } from '../domain/evidence.ts';
import type { Instant } from '../domain/time.ts';
import { inlineCode } from '../util/markdown.ts';

/** What a decision to close came from: enough to decide it again. */
export interface CloseBasis {
  readonly at: Instant;
  /** Verified commit of the protected branch. */
  readonly head: string;
  /** Digests of what was decided from, such as `intel` and `fleet`. */
  readonly digests: Readonly<Record<string, string>>;
  /** State of the evidence log at that moment. */
  readonly evidence: LogHead;
}

export const duplicateText = (of: number): string => `duplicate: #${of} is the same proposal`;

/** Why nobody wants a pull request any more, in one line, with what shows it. */
export function obsoleteText({ at, head, digests, evidence }: CloseBasis): string {
  const from = Object.entries(digests)
    .toSorted()
    .map(([what, digest]) => `${what} ${inlineCode(short(digest))}`);
  const sources = from.length === 0 ? '' : ` from ${from.join(', ')}`;
  return [
    `obsolete: nothing of it is wanted any more, decided on ${at} at commit ${inlineCode(short(head))}${sources}.`,
    `Evidence: ${evidence.size} entries on branch ${inlineCode('patchwarden/evidence')}, root ${inlineCode(short(evidence.root))}.`,
  ].join(' ');
}

const short = (id: string): string => id.replace(/^sha256:/, '').slice(0, 12);
