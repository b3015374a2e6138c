import type { GitAccess } from './access.ts';
import type { GitBackend } from './backend.ts';
import type { Settings } from './call.ts';
import type { ContractViolation } from './contract.ts';
import type { FaultHook } from './faults.ts';
import { Hub } from './hub.ts';
import type { Limits, RateLimiter } from './limits.ts';
import type { State } from './state.ts';
import type { World } from './world.ts';

export interface LogEntry {
  readonly index: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Of the answer that was sent; 0: the connection was dropped. */
  readonly status: number;
  /** Of the answer that would have been sent without a fault. */
  readonly done: number | null;
  /** Milliseconds. */
  readonly at: number;
  readonly user: string | null;
  /** GitHub's name of the operation, such as `pulls/create`. */
  readonly operation: string | null;
}

export interface StandInOptions {
  readonly world: World;
  readonly backend: GitBackend;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly fault?: FaultHook;
  readonly limits?: Partial<Limits>;
  /** Moments that are kept for stale reads. */
  readonly history?: number;
  /** Off: nothing is checked against the description and repositories are shown short. On unless told. */
  readonly validate?: boolean;
}

export interface StandIn {
  /** @throws ContractViolation; TypeError for a dropped connection, as `fetch` does. */
  handle(request: Request): Promise<Response>;
  /** Takes in what was pushed to Git as that person's doing; without it the next request finds it as nobody's. */
  pushedBy(login: string): Promise<void>;
  /** Whose token it is and what its owner may do with the Git repository. @throws Refusal 401. */
  whoHas(authorization: string | null): GitAccess;
  readonly log: readonly LogEntry[];
  /** Also thrown by `handle`, where a client may swallow them. */
  readonly violations: readonly ContractViolation[];
  /** What happened; people, tokens and rules may be changed by a test between two requests. */
  readonly state: State;
  readonly world: Settings;
  readonly limiter: RateLimiter;
}

/**
 * GitHub's REST API over one repository, in memory and without sockets: the same requests at the same times get the
 * same answers. It stands for what GitHub documents; what only GitHub's servers know (search, notifications, forks,
 * webhooks, merge queues) isn't there.
 */
export function githubStandIn(options: StandInOptions): StandIn {
  return new Hub(options);
}
