import type { Exception } from '../../contracts/generated/exception.ts';
import type { Day } from '../../domain/time.ts';
import { canonicalJson } from '../../util/digest.ts';

/** The exceptions of the protected branch from a day on. */
export interface AcceptedState {
  readonly day: Day;
  readonly exceptions: readonly Exception[];
}

/** How long a risk has been accepted already. */
export interface ExceptionHistory {
  /** Day of the merge that first brought it. */
  readonly firstAccepted: Day;
  /** How often its last day was moved to a later one than ever before. */
  readonly renewals: number;
  /** It is not certain that it covers at most what was accepted first. */
  readonly widened: boolean;
}

interface Risk {
  readonly firstAccepted: Day;
  readonly accepted: Exception;
  renewals: number;
  until: Day;
}

/**
 * What the history of the protected branch tells of exceptions, by id; those that it never had are missing.
 *
 * A risk is known by the id of its exception and by its scope, so that neither deleting and writing it again nor giving
 * it a new name starts anew.
 * @param states oldest first
 */
export function exceptionHistories(
  states: readonly AcceptedState[],
  current: readonly Exception[],
): ReadonlyMap<string, ExceptionHistory> {
  const byId = new Map<string, Risk>();
  const byScope = new Map<string, Risk>();
  for (const { day, exceptions } of states)
    for (const exception of exceptions) {
      const { id, validUntil } = exception;
      const scope = scopeOf(exception);
      const risk = byId.get(id) ??
        byScope.get(scope) ?? { firstAccepted: day, accepted: exception, renewals: 0, until: validUntil };
      if (validUntil > risk.until) {
        risk.renewals += 1;
        risk.until = validUntil;
      }
      byId.set(id, risk);
      byScope.set(scope, risk);
    }
  return new Map(
    current.flatMap((exception) => {
      const risk = byId.get(exception.id);
      if (!risk) return [];
      const { firstAccepted, renewals, accepted } = risk;
      return [[exception.id, { firstAccepted, renewals, widened: isWider(exception, accepted) }] as const];
    }),
  );
}

const scopeOf = ({ match, select }: Exception): string => canonicalJson({ match, select });

/** True unless it is certain that it covers at most what the other one does: documents are compared, not fleets. */
function isWider(now: Exception, then: Exception): boolean {
  if (then.maxAssets !== undefined && (now.maxAssets ?? Number.POSITIVE_INFINITY) > then.maxAssets)
    return true;
  return widerMatch(now.match, then.match) || widerSelect(now.select, then.select);
}

function widerMatch(now: Exception['match'], then: Exception['match']): boolean {
  const known = then.advisories;
  if (known && !(now.advisories?.every((a) => known.includes(a)) ?? false)) return true;
  if (!then.component) return false;
  const { name, before } = then.component;
  return now.component?.name !== name || (before !== undefined && now.component.before !== before);
}

/** Terms that are added to `all` or `none`, or taken from `any`, make a selector narrower. */
function widerSelect(now: Exception['select'], then: Exception['select']): boolean {
  const keep = (list: readonly object[] = [], from: readonly object[] = []): boolean => {
    const terms = new Set(from.map(canonicalJson));
    return list.every((term) => terms.has(canonicalJson(term)));
  };
  if (!keep(then.all, now.all) || !keep(then.none, now.none)) return true;
  return then.any !== undefined && (now.any === undefined || !keep(now.any, then.any));
}
