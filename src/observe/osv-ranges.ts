import type { AffectedRow } from '../contracts/generated/fleet-rows.ts';
import { compareVersions, hasComparator } from '../domain/version/compare.ts';
import { asArray, asObject, asString } from '../util/json-data.ts';

/** One stretch of versions: from `introduced` to before `fixed`, or to `lastAffected` inclusive, or without an end. */
export type VersionRange = Pick<AffectedRow, 'scheme' | 'introduced' | 'fixed' | 'lastAffected'>;

type EventKind = 'introduced' | 'fixed' | 'last_affected' | 'limit';
interface RangeEvent {
  readonly kind: EventKind;
  readonly version: string;
}

const KINDS: readonly EventKind[] = ['introduced', 'fixed', 'last_affected', 'limit'];
const UNKNOWN: VersionRange = { scheme: 'unknown', introduced: null, fixed: null, lastAffected: null };

/**
 * The stretches of one OSV range. A range of another type than the ecosystem's own, a limit, or a version that has no
 * order gives one stretch with the scheme `unknown`, so that whoever matches it says so instead of "not affected".
 * @see https://ossf.github.io/osv-schema/#affectedrangesevents-fields
 */
export function rangesOf(
  range: Readonly<Record<string, unknown>>,
  scheme: AffectedRow['scheme'],
): readonly VersionRange[] {
  const events = asArray(range.events).map(eventOf);
  if (range.type !== 'ECOSYSTEM' || events.length === 0 || !events.every((e) => e !== undefined))
    return [UNKNOWN];
  const known = events.filter((e) => e.kind !== 'limit' || e.version !== '*');
  const ordered = inOrder(known, scheme);
  if (ordered === undefined || known.some((e) => e.kind === 'limit')) return [UNKNOWN];
  const ranges: VersionRange[] = [];
  let introduced: string | null = null;
  let open = false;
  for (const { kind, version } of ordered) {
    if (kind === 'introduced') {
      if (!open) introduced = version;
      open = true;
    } else if (open || ranges.length === 0) {
      ranges.push({
        scheme,
        introduced,
        fixed: kind === 'fixed' ? version : null,
        lastAffected: kind === 'last_affected' ? version : null,
      });
      open = false;
    }
  }
  if (open) ranges.push({ scheme, introduced, fixed: null, lastAffected: null });
  return ranges;
}

function eventOf(value: unknown): RangeEvent | undefined {
  const event = asObject(value);
  const kinds = KINDS.filter((k) => event?.[k] !== undefined);
  const [kind] = kinds;
  const version = kind === undefined ? undefined : asString(event?.[kind]);
  return kind !== undefined && kinds.length === 1 && version !== undefined && version !== ''
    ? { kind, version }
    : undefined;
}

/** By version where a comparator is there (of equals the end comes before the next start), else as given. Undefined when a version has no order. */
function inOrder(
  events: readonly RangeEvent[],
  scheme: AffectedRow['scheme'],
): readonly RangeEvent[] | undefined {
  if (!hasComparator(scheme)) return events;
  const rank = (e: RangeEvent): number => (e.kind === 'introduced' ? 1 : 0);
  try {
    for (const e of events) if (e.version !== '0') compareVersions(scheme, e.version, e.version);
    return [...events].sort((a, b) => {
      // "0" stands for before every version, also before those that begin with a tilde.
      if (a.version === '0' || b.version === '0')
        return Number(b.version === '0') - Number(a.version === '0') || rank(b) - rank(a);
      return compareVersions(scheme, a.version, b.version) || rank(a) - rank(b);
    });
  } catch {
    return undefined;
  }
}
