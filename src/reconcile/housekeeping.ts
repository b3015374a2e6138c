import type { Exception } from '../contracts/generated/exception.ts';
import { isLeftover, type Leftover, type LeftoverException } from '../domain/leftover-exception.ts';
import { type Day, fullDaysBetween, type Instant } from '../domain/time.ts';
import { compareCodePoints, sortedBy } from '../util/sort.ts';

/** What an exception does on the day of a run. */
interface Use {
  readonly exception: string;
  readonly state: string;
}

interface HousekeepingWorld {
  readonly exceptions: readonly Exception[];
  readonly uses: readonly Use[];
  /** First day of the time without a break on which each is accepted; those that history does not know are missing. */
  readonly since: ReadonlyMap<string, Day>;
  readonly now: Instant;
}

/** Days that an exception may do nothing: it may have been accepted ahead of what it is for. */
const IDLE_DAYS = 30;

/** Exceptions that may go, by owner; owners and exceptions sorted. */
export function leftoverExceptions(
  world: HousekeepingWorld,
): ReadonlyMap<string, readonly LeftoverException[]> {
  const states = new Map(world.uses.map((u) => [u.exception, u.state]));
  const left = sortedBy(world.exceptions, (e) => e.id).flatMap((exception) => {
    const why = leftover(states.get(exception.id), exception, world);
    return why ? [{ exception, why }] : [];
  });
  const owners = [...new Set(left.map((l) => l.exception.owner))].sort(compareCodePoints);
  return new Map(owners.map((owner) => [owner, left.filter((l) => l.exception.owner === owner)]));
}

function leftover(
  state: string | undefined,
  { id, validFrom }: Exception,
  { since, now }: HousekeepingWorld,
): Leftover | undefined {
  if (state === undefined || !isLeftover(state)) return undefined;
  const first = since.get(id) ?? validFrom;
  const idle = fullDaysBetween(`${first}T00:00:00Z`, now) >= IDLE_DAYS;
  return state === 'expired' || idle ? state : undefined;
}
