import type { KevRow } from '../contracts/generated/fleet-rows.ts';
import { asArray, asObject, asString } from '../util/json-data.ts';
import { latestOf } from '../util/moment.ts';

type Json = Readonly<Record<string, unknown>>;

/** True for CISA's catalog of known exploited vulnerabilities. */
export const isKevCatalog = (document: Json): boolean =>
  Array.isArray(document.vulnerabilities) &&
  (typeof document.catalogVersion === 'string' ||
    typeof asObject(document.vulnerabilities[0])?.cveID === 'string');

export interface KevRows {
  readonly rows: readonly KevRow[];
  /** Entries that could not be read, each a sentence. */
  readonly problems: readonly string[];
}

/**
 * When the catalogue was released: the day of its version (2024.10.24), or finer where it tells the moment of that day.
 * Null where it tells neither.
 */
export function kevVersion(document: Json): string | null {
  const day = /^(\d{4})\.(\d{2})\.(\d{2})$/
    .exec(asString(document.catalogVersion) ?? '')
    ?.slice(1)
    .join('-');
  const released = asString(document.dateReleased);
  if (day === undefined) return latestOf([released]);
  return released?.startsWith(day) ? latestOf([released, day]) : latestOf([day]);
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Entries of the catalog. @see https://www.cisa.gov/known-exploited-vulnerabilities-catalog */
export function readKev(document: Json): KevRows {
  const rows: KevRow[] = [];
  const problems: string[] = [];
  asArray(document.vulnerabilities).forEach((item, i) => {
    const entry = asObject(item) ?? {};
    const cve = asString(entry.cveID) ?? '';
    const dateAdded = asString(entry.dateAdded) ?? '';
    const dueDate = asString(entry.dueDate) ?? '';
    if (!/^CVE-\d{4}-\d{4,}$/.test(cve) || !DAY.test(dateAdded))
      problems.push(`entry ${i + 1} has no CVE id or no day on which it was added`);
    else
      rows.push({
        cve,
        dateAdded,
        dueDate: DAY.test(dueDate) ? dueDate : null,
        ransomware: entry.knownRansomwareCampaignUse === 'Known',
      });
  });
  return { rows, problems };
}
