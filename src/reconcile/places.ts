import type { Proposal } from '../domain/proposal.ts';
import { addDays, type Day } from '../domain/time.ts';

/** How many pull requests people are asked to look at. */
export interface ProposalLimits {
  readonly open: number;
  /** Open ones of one owner. */
  readonly perOwner?: number | undefined;
  /** New ones within an hour. */
  readonly perHour?: number | undefined;
}

/** A proposal that is due within so many days passes every limit. */
const URGENT_DAYS = 3;

export interface Places {
  /** Why there is none for a new proposal; `deadline` where it passes a limit; null where there simply is one. */
  ask(proposal: Proposal): 'limit' | 'owner-limit' | 'hour-limit' | 'deadline' | null;
  take(proposal: Proposal): void;
}

/**
 * The places that limits leave.
 * @param taken proposals that are open now; `strangers` counts the open ones that nobody wants any more, and the duplicates
 * @param lastHour how many were opened within the last hour
 */
export function placesFor(
  limits: ProposalLimits,
  {
    taken,
    strangers,
    lastHour,
    today,
  }: {
    readonly taken: readonly Proposal[];
    readonly strangers: number;
    readonly lastHour: number;
    readonly today: Day;
  },
): Places {
  let open = taken.length + strangers;
  let hour = lastHour;
  const owners = new Map<string, number>();
  const count = ({ owner }: Proposal): void => {
    if (owner !== undefined) owners.set(owner, (owners.get(owner) ?? 0) + 1);
  };
  for (const proposal of taken) count(proposal);
  const full = ({ owner }: Proposal): 'limit' | 'owner-limit' | 'hour-limit' | null => {
    if (open >= limits.open) return 'limit';
    if (hour >= (limits.perHour ?? Number.POSITIVE_INFINITY)) return 'hour-limit';
    const mine = owner === undefined ? 0 : (owners.get(owner) ?? 0);
    return mine >= (limits.perOwner ?? Number.POSITIVE_INFINITY) ? 'owner-limit' : null;
  };
  return {
    ask: (proposal) => {
      const reason = full(proposal);
      if (reason === null) return null;
      return proposal.due !== undefined && proposal.due <= addDays(today, URGENT_DAYS) ? 'deadline' : reason;
    },
    take: (proposal) => {
      open += 1;
      hour += 1;
      count(proposal);
    },
  };
}
