import type { ProposalKind } from '../../../src/domain/proposal.ts';

export const MINUTE = 60_000;
export const HOUR = 3_600_000;

/** A world as a value: everything that will happen in it is listed, so that parts can be taken away to find the cause. */
export interface Scenario {
  readonly seed: number;
  /** Milliseconds since the epoch at which the world starts. */
  readonly start: number;
  readonly clones: readonly CloneSpec[];
  readonly topics: readonly TopicSpec[];
  readonly people: readonly PersonAct[];
  readonly faults: readonly Fault[];
  readonly settings: Settings;
  /** Milliseconds after the start when faults end and people rest. */
  readonly restAt: number;
}

interface Settings {
  readonly openLimit: number;
  /** Items that the forge puts on a page. */
  readonly pageSize: number;
  readonly writesAMinute: number;
  readonly writesAnHour: number;
}

/** One reconciler: a clone with a clock, in which a process runs again and again. */
export interface CloneSpec {
  readonly name: string;
  readonly every: number;
  readonly offset: number;
  /** Milliseconds that its snapshots are behind. */
  readonly lag: number;
  /** Still runs when all is at rest. */
  readonly stays: boolean;
}

/** What is wanted of one (kind, scope): from `at` on, until the next. */
export interface TopicSpec {
  readonly kind: ProposalKind;
  readonly scope: string;
  readonly path: string;
  readonly wishes: readonly {
    readonly at: number;
    /** Number of the content; null: nothing is wanted. */
    readonly content: number | null;
    readonly waits: boolean;
  }[];
}

/** `pick` chooses among what there is then. */
export interface PersonAct {
  readonly at: number;
  readonly who: string;
  readonly pick: number;
  /** It happens while the next fitting call of a reconciler is under way, so that it meets what the bot is doing; null: at its time. */
  readonly meets: ApiTarget | GitTarget | null;
  readonly act: PersonActKind;
}

export type PersonActKind =
  | 'push'
  | 'push-unwanted'
  | 'push-as-bot'
  | 'amend'
  | 'update-branch'
  | 'reset-to-base'
  | 'take-name'
  | 'close'
  | 'close-and-delete'
  | 'reopen'
  | 'merge'
  | 'squash'
  | 'rebase-merge'
  | 'title'
  | 'body-append'
  | 'body-replace'
  | 'body-clear'
  | 'delete-branch'
  | 'comment'
  | 'label'
  | 'hold'
  | 'unhold'
  | 'ask-rebase'
  | 'check-box'
  | 'own-pull'
  | 'adopt'
  | 'retarget'
  | 'commit'
  | 'commit-same-path'
  | 'commit-wanted';

export type ApiFault =
  | '502-after'
  | '504-after'
  | '502-before'
  | 'drop-before'
  | 'drop-after'
  | 'primary-limit'
  | 'secondary-limit'
  | 'secondary-limit-silent'
  | 'too-many-requests'
  | 'stale'
  | 'shift'
  | 'old-answer'
  | 'slow'
  | 'crash-before'
  | 'crash-after';

export type PortFault = 'fail-before' | 'fail-after' | 'stale' | 'slow' | 'crash-before' | 'crash-after';

export type ApiTarget =
  | 'any'
  | 'read'
  | 'list'
  | 'next-page'
  | 'branch'
  | 'one'
  | 'write'
  | 'create'
  | 'update'
  | 'comment';
export type GitTarget = 'any' | 'fetch' | 'push' | 'local';

/** From `at` on the next so many fitting calls of a clone (null: of any) go wrong. */
export type Fault =
  | {
      readonly on: 'api';
      readonly at: number;
      readonly clone: number | null;
      readonly target: ApiTarget;
      readonly kind: ApiFault;
      readonly times: number;
      /** Seconds of a limit; changes that a stale answer is behind. */
      readonly size: number;
    }
  | {
      readonly on: 'git';
      readonly at: number;
      readonly clone: number | null;
      readonly target: GitTarget;
      readonly kind: PortFault;
      readonly times: number;
      readonly size: number;
    }
  | {
      readonly on: 'log' | 'store';
      readonly at: number;
      readonly clone: number | null;
      readonly target: 'any';
      readonly kind: PortFault;
      readonly times: number;
      readonly size: number;
    }
  /** The token of the bot is replaced: the old one is refused from then on. */
  | { readonly on: 'token'; readonly at: number }
  /** The clock of a clone jumps by so many milliseconds. */
  | { readonly on: 'clock'; readonly at: number; readonly clone: number; readonly by: number };
