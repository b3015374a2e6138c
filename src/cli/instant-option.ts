import { PatchwardenError } from '../domain/errors.ts';
import { type Instant, instantOf } from '../domain/time.ts';

/** RFC 3339 with a zone; nothing that only a lenient parser would take. @see RFC 3339 section 5.6 */
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * The moment that an option names, in UTC.
 * @throws PatchwardenError `usage`
 */
export function instantOption(name: string, value: string): Instant {
  const ms = RFC_3339.test(value) ? Date.parse(value.replace(' ', 'T').toUpperCase()) : Number.NaN;
  if (Number.isNaN(ms))
    throw new PatchwardenError(
      'usage',
      `--${name} "${value}" is no RFC 3339 moment with a zone, such as 2024-10-24T00:00:00Z`,
    );
  return instantOf(ms);
}
