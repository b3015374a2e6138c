import type { OpeningSchedule } from '../domain/opening-schedule.ts';
import type { Proposal } from '../domain/proposal.ts';
import { addDays, type Day } from '../domain/time.ts';

/** How many pull requests people are asked to look at. */
export interface ProposalLimits {
  readonly open: number;
  /** Open ones of one owner. */
  readonly perOwner?: number | undefined;
  /** New ones within an hour. */
  readonly perHour?: number | undefined;
  /** When new ones may be opened; always where it is missing. */
  readonly schedule?: OpeningSchedule | undefined;
}

/** Why there is no place for a new proposal. */
export type NoPlace = 'limit' | 'owner-limit' | 'hour-limit' | 'schedule';
/** Why one is opened although there is none. */
export type Pass = 'deadline' | 'asked' | 'rollback' | 'expedited';

/** A proposal that is due within so many days passes every limit. */
const URGENT_DAYS = 3;
const PASSES: readonly (NoPlace | Pass)[] = ['deadline', 'asked', 'rollback', 'expedited'];
/** Kinds that no schedule holds back. */
const ANY_TIME: readonly Proposal['kind'][] = ['rollback', 'expedited'];

export const isPass = (reason: NoPlace | Pass): reason is Pass => PASSES.includes(reason);

export interface Places {
  /** Why there is none for a new proposal, or why it passes all the same; null where there simply is one. */
  ask(proposal: Proposal): NoPlace | Pass | null;
  take(proposal: Proposal): void;
}

/**
 * The places that limits leave.
 * @param taken proposals that are open now; `strangers` counts the open ones that nobody wants any more, and the duplicates
 * @param lastHour how many were opened within the last hour
 * @param asked branches that people want to be opened now
 */
export function placesFor(
  limits: ProposalLimits,
  {
    taken,
    strangers,
    lastHour,
    today,
    asked = new Set(),
  }: {
    readonly taken: readonly Proposal[];
    readonly strangers: number;
    readonly lastHour: number;
    readonly today: Day;
    readonly asked?: ReadonlySet<string>;
  },
): Places {
  let open = taken.length + strangers;
  let hour = lastHour;
  const owners = new Map<string, number>();
  const count = ({ owner }: Proposal): void => {
    if (owner !== undefined) owners.set(owner, (owners.get(owner) ?? 0) + 1);
  };
  for (const proposal of taken) count(proposal);
  const full = ({ owner }: Proposal): Exclude<NoPlace, 'schedule'> | null => {
    if (open >= limits.open) return 'limit';
    if (hour >= (limits.perHour ?? Number.POSITIVE_INFINITY)) return 'hour-limit';
    const mine = owner === undefined ? 0 : (owners.get(owner) ?? 0);
    return mine >= (limits.perOwner ?? Number.POSITIVE_INFINITY) ? 'owner-limit' : null;
  };
  return {
    ask: (proposal) => {
      const { kind, due, branch, askedBy = [] } = proposal;
      const reason = full(proposal);
      const closed = limits.schedule?.open === false;
      if (reason === null && !closed) return null;
      if (due !== undefined && due <= addDays(today, URGENT_DAYS)) return 'deadline';
      if (asked.has(branch) || askedBy.length > 0) return 'asked';
      const anyTime = ANY_TIME.includes(kind);
      if (closed && !anyTime) return 'schedule';
      return reason ?? (kind === 'rollback' ? kind : 'expedited');
    },
    take: (proposal) => {
      open += 1;
      hour += 1;
      count(proposal);
    },
  };
}
