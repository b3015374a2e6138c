import type { Matching } from '../../src/assess/fleet/matches.ts';
import { compareVersions } from '../../src/domain/version/compare.ts';

const cmp = (a: string, b: string): number => compareVersions('dpkg', a, b);

/** Rules of matching, as short as they can be. */
export const simpleMatching: Matching = {
  matchRange: (range, version) => {
    if (range.scheme !== 'dpkg') return 'unknown';
    if (range.introduced !== null && range.introduced !== '0' && cmp(version, range.introduced) < 0)
      return 'not-affected';
    return range.fixed !== null && cmp(version, range.fixed) >= 0 ? 'fixed' : 'affected';
  },
  severityOf: (recorded, urgency) =>
    recorded === 'unknown' && (urgency === 'low' || urgency === 'high') ? urgency : recorded,
  advisorySource: (name, version) => ({ name, version }),
};
