import type { Exception } from '../contracts/generated/exception.ts';
import { acceptance, type ExceptionVersion, sameRisk } from './acceptance.ts';
import { exceptionShape } from './differences/shapes.ts';
import { exceptionPath } from './document-paths.ts';
import type { Day } from './time.ts';

/** How long a risk has been accepted already, by the days that exceptions name. */
export interface ExceptionHistory {
  /** First day on which it ever was, whatever days without an exception came after. */
  readonly firstAccepted: Day;
  /** First day of the time without a break, as the change rules count it. */
  readonly since: Day;
  /** How many earlier last days of that time it goes past, as the change rules count them. */
  readonly renewals: number;
  /** It is not certain that it covers at most what was accepted first. */
  readonly widened: boolean;
}

/**
 * What the history of the protected branch tells of exceptions, by id; those that it never had are missing.
 * @param merges the versions that each merge brought, oldest first
 */
export function exceptionHistories(
  merges: readonly (readonly ExceptionVersion[])[],
  current: readonly Exception[],
): ReadonlyMap<string, ExceptionHistory> {
  const documents = new Set(merges.flatMap((versions) => versions.map((v) => v.document)));
  return new Map(
    current.flatMap((value) => {
      const now = { document: exceptionPath(value.id), value };
      return documents.has(now.document) ? [[value.id, historyOf(now, merges)] as const] : [];
    }),
  );
}

function historyOf(
  now: ExceptionVersion,
  merges: readonly (readonly ExceptionVersion[])[],
): ExceptionHistory {
  const brought = merges.map((versions) => versions.filter((v) => sameRisk(v, now)));
  const same = brought.flat();
  const first = brought.find((versions) => versions.length > 0) ?? [];
  return {
    firstAccepted: [now, ...same].map((v) => v.value.validFrom).reduce((a, b) => (b < a ? b : a)),
    ...acceptance(now, same),
    widened: first.every((then) => isWider(now.value, then.value)),
  };
}

/** What an exception may cover; its days and its decision are another matter. */
const COVER: readonly string[] = ['match', 'select', 'maxAssets'];

/** True unless it is certain that it covers at most what the other one does: documents are compared, not fleets. */
const isWider = (now: Exception, then: Exception): boolean =>
  exceptionShape(then, now).some((d) => d.effect === 'loosened' && COVER.includes(d.change));
