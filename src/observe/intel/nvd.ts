import type { ClaimRow } from '../../contracts/generated/fleet-rows.ts';
import { asArray, asObject, asString } from '../../util/json-data.ts';
import { latestOf } from '../../util/moment.ts';
import { scoreOfVector } from '../cvss.ts';
import { CVE_ID, type Part, type Reading, shortText } from './reading.ts';

type Json = Readonly<Record<string, unknown>>;

/** True for an answer or a yearly file of NVD's API 2.0. @see https://nvd.nist.gov/developers/vulnerabilities */
export const isNvd = (document: Json): boolean =>
  document.format === 'NVD_CVE' && Array.isArray(document.vulnerabilities);

/** Every metric of every record, with who says so and whether NVD calls that source primary. */
export function readNvd(document: Json): Reading {
  const parts: Part[] = [];
  const problems: string[] = [];
  const moments: (string | null)[] = [];
  const items = asArray(document.vulnerabilities);
  items.forEach((item, i) => {
    const record = asObject(asObject(item)?.cve) ?? {};
    const cve = asString(record.id) ?? '';
    if (!CVE_ID.test(cve)) return void problems.push(`entry ${i + 1} has no CVE id`);
    const at = inUtc(asString(record.lastModified));
    moments.push(at);
    if (record.vulnStatus === 'Rejected') parts.push({ kind: 'rejected', cve, at });
    else {
      const claims = claimsOf(cve, at, asObject(record.metrics) ?? {}, problems);
      if (claims.length > 0)
        parts.push({
          kind: 'claims',
          units: [{ cve, unit: 'nvd', at, recordAt: at, ssvc: null, claims }],
        });
    }
  });
  return { kind: 'nvd', records: items.length, newest: latestOf(moments), parts, problems };
}

function claimsOf(cve: string, at: string | null, metrics: Json, problems: string[]): readonly ClaimRow[] {
  const claims: ClaimRow[] = [];
  for (const [key, list] of Object.entries(metrics))
    for (const item of key.startsWith('cvssMetricV') ? asArray(list) : []) {
      const metric = asObject(item) ?? {};
      const vector = asString(asObject(metric.cvssData)?.vectorString) ?? '';
      const score = scoreOfVector(vector);
      if (score === undefined) problems.push(`a metric of ${cve} has no CVSS vector that is known`);
      else claims.push({ cve, source: sourceOf(metric), kind: 'cvss', value: String(score), vector, at });
    }
  return claims;
}

function sourceOf(metric: Json): string {
  const by = shortText(asString(metric.source) ?? 'unknown', 100);
  if (metric.type === 'Primary') return `nvd-primary:${by}`;
  return metric.type === 'Secondary' ? `nvd-secondary:${by}` : `nvd:${by}`;
}

/** NVD writes UTC without saying so. */
const inUtc = (time: string | undefined): string | null =>
  time === undefined ? null : latestOf([/(Z|[+-]\d\d:?\d\d)$/.test(time) ? time : `${time}Z`]);
