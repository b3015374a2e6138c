const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * A form of a moment or day that sorts by time, whatever its zone and however fine; a time without a zone is UTC.
 * Undefined for what is neither.
 * @see RFC 3339
 */
export function momentKey(text: string): string | undefined {
  const m = MOMENT.exec(text);
  if (!m) return undefined;
  const [, day = '', time = '00:00:00', fraction = '', zone = 'Z'] = m;
  const utc = zone === 'Z' || zone === '+00:00' || zone === '+0000';
  if (utc) return plausible(day, time) ? `${day}T${time}.${fraction.padEnd(9, '0')}` : undefined;
  const ms = Date.parse(`${day}T${time}${zone.replace(/(\d\d):?(\d\d)$/, '$1:$2')}`);
  if (Number.isNaN(ms)) return undefined;
  return `${new Date(ms).toISOString().slice(0, 19)}.${fraction.padEnd(9, '0')}`;
}

/** Feeds have hundreds of thousands of these, so digits are compared as they stand. */
const plausible = (day: string, time: string): boolean =>
  day.slice(5, 7) >= '01' &&
  day.slice(5, 7) <= '12' &&
  day.slice(8) >= '01' &&
  day.slice(8) <= '31' &&
  time < '24' &&
  time.slice(3, 5) < '60' &&
  time.slice(6) <= '60';

/** The latest of several moments as it was given; null when none of them is one. */
export function latestOf(moments: Iterable<string | null | undefined>): string | null {
  let latest: string | null = null;
  let key = '';
  for (const moment of moments) {
    const own = typeof moment === 'string' ? momentKey(moment) : undefined;
    if (own !== undefined && own > key) [latest, key] = [moment ?? null, own];
  }
  return latest;
}
