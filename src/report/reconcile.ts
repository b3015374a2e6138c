import type { Observation } from '../domain/observation.ts';
import { waitWords } from '../domain/wait-words.ts';
import { printable } from '../util/printable.ts';

/** What reconcile did, as the report shows it. */
export interface ReconcileFacts {
  readonly head: string;
  readonly actions: readonly {
    readonly action: string;
    readonly kind: string;
    readonly scope: string;
    readonly number: number | null;
    readonly contentDigest: string;
    readonly reason: string | null;
    readonly detail?: string;
  }[];
  readonly leftOut: readonly {
    readonly baseline: string;
    readonly name: string;
    readonly version: string;
    readonly reason: string;
  }[];
  readonly observations: readonly Observation[];
}

const DID: Readonly<Record<string, string>> = {
  open: 'opened',
  refresh: 'refreshed',
  close: 'closed',
  keep: 'is up to date',
  grown: 'waits for people',
  yield: 'is left alone',
  refused: 'stays closed: a person closed this content',
  defer: 'waits',
  failed: 'could not be written',
};

const TOLD = ['open', 'defer', 'grown', 'yield', 'failed', 'refresh', 'close'];

export const reconcileJson = (facts: ReconcileFacts): string => `${JSON.stringify(facts, null, 2)}\n`;

/** One line for each pull request, then what could not be locked and why, then what to look at. */
export function reconcileText({ actions, leftOut, observations }: ReconcileFacts): string {
  const lines = actions.map((a) => {
    const pull = a.number === null ? 'a pull request' : `pull request ${a.number}`;
    const reason = a.reason === 'content' ? null : a.reason;
    const why = TOLD.includes(a.action) && reason !== null ? `: ${waitWords(reason, a.detail)}` : '';
    return `${pull} (${a.kind} ${a.scope}) ${DID[a.action] ?? a.action}${why}`;
  });
  const out = leftOut.map((l) => `left out of ${l.baseline}: ${l.name} ${l.version}: ${l.reason}`);
  const all = [...(lines.length > 0 ? lines : ['nothing to propose']), ...out, ...toLookAt(observations)];
  return `${all.map(printable).join('\n')}\n`;
}

function toLookAt(observations: readonly Observation[]): readonly string[] {
  if (observations.length === 0) return [];
  const rows = observations.map(({ code, subject, owner, assets, names, sentence }) => {
    const hosts = assets === 0 ? '' : `, ${assets} host${assets === 1 ? '' : 's'}`;
    const which = names.length === 0 ? '' : ` (${names.join(', ')}${assets > names.length ? ', …' : ''})`;
    return `  ${code} ${subject} [${owner ?? 'unowned'}${hosts}]: ${sentence}${which}`;
  });
  return ['To look at:', ...rows];
}
