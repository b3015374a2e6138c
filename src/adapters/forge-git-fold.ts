import type { PullEvent } from '../contracts/generated/pull-event.ts';
import { fail, ok, type Result } from '../domain/result.ts';
import type { PullAsk, PullRequest } from '../ports/forge.ts';

/** What a chain alone tells: not where the branch is now. */
export interface ChainedPull extends Omit<PullRequest, 'tip' | 'foreign'> {
  /** The commit of each request that stands. */
  readonly askedIn: ReadonlyMap<PullAsk, string>;
}

/** One event as its commit holds it. */
export interface StoredEvent {
  readonly commit: string;
  readonly event: PullEvent;
  /** Markdown of open and refresh. */
  readonly body: string;
  /** Principal of the committer. */
  readonly by: string;
}

/**
 * The state of a pull request from its events, oldest first. Pure: the same chain is the same pull request everywhere.
 * A chain that no honest writer makes (no start, another pull request's event, something after the end) is an error.
 * An approval of other content than the present one stays in the chain and does not count.
 */
export function foldPull(number: number, events: readonly StoredEvent[]): Result<ChainedPull, string> {
  const [first, ...rest] = events;
  if (first?.event.type !== 'open') return fail('it does not start with its opening');
  const stray = events.find((e) => e.event.pull !== number);
  if (stray) return fail(`an event of pull request ${stray.event.pull} is in it`);
  let pull = opened(first.event, first);
  let approvals: { readonly commit: string; readonly contentDigest: string }[] = [];
  const asked = new Map<PullAsk, string>();
  for (const stored of rest) {
    const { event } = stored;
    if (pull.state !== 'open') return fail(`it goes on after it was ${pull.state}`);
    switch (event.type) {
      case 'open':
        return fail('it is opened twice');
      case 'refresh':
        pull = {
          ...pull,
          head: event.head,
          title: event.title,
          body: stored.body,
          contentDigest: event.contentDigest,
        };
        if (event.anew) {
          approvals = [];
          asked.delete('rebase');
        }
        break;
      case 'label':
        if (event.set) asked.set(event.ask, stored.commit);
        else asked.delete(event.ask);
        break;
      case 'approve':
        approvals.push({ commit: stored.commit, contentDigest: event.contentDigest });
        break;
      case 'close':
        pull = { ...pull, state: 'closed', closeReason: event.reason, closedBy: stored.by };
        break;
      case 'merge':
        pull = { ...pull, state: 'merged', merge: event.merge };
        break;
      default:
        event satisfies never;
    }
  }
  const { contentDigest } = pull;
  return ok({
    ...pull,
    asks: ASKS.filter((ask) => asked.has(ask)),
    askedIn: asked,
    approvals: approvals.filter((a) => a.contentDigest === contentDigest).map((a) => a.commit),
  });
}

const ASKS: readonly PullAsk[] = ['hold', 'rebase', 'expedite'];

const opened = (event: Extract<PullEvent, { type: 'open' }>, stored: StoredEvent): ChainedPull => ({
  number: event.pull,
  kind: event.kind,
  scope: event.scope,
  branch: event.branch,
  base: event.base,
  head: event.head,
  title: event.title,
  body: stored.body,
  contentDigest: event.contentDigest,
  state: 'open',
  openedBy: stored.by,
  openedAt: event.at,
  asks: [],
  askedIn: new Map(),
  approvals: [],
  merge: null,
  closeReason: null,
  closedBy: null,
});
