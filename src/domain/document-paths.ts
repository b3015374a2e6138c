/** Where the documents of a policy repository lie. */

export const baselinePath = (id: string): string => `baselines/${id}.json`;

export const exceptionPath = (id: string): string => `exceptions/${id}.json`;

export const calendarPath = (id: string): string => `calendars/${id}.json`;

export const holdPath = (id: string): string => `holds/${id}.json`;

export const lockPath = (baseline: string, ring: string): string => `locks/${baseline}/${ring}.lock.json`;

const LOCK = /^locks\/([^/]+)\/([^/]+)\.lock\.json$/;

/** Baseline and ring that a lock path names; undefined for any other path. */
export function lockPathOf(path: string): { readonly baseline: string; readonly ring: string } | undefined {
  const [, baseline, ring] = LOCK.exec(path) ?? [];
  return baseline && ring ? { baseline, ring } : undefined;
}
