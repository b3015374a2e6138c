import cvss from 'ae-cvss-calculator';
import type { Severity } from '../domain/severity.ts';

/** What a CVSS vector says. */
export interface CvssRating {
  readonly severity: Severity;
  /** Base score, 0 to 10. */
  readonly score: number;
  readonly vector: string;
}

/** Base metrics and their values, by the beginning of a vector, in the order of the specification. */
const BASE: readonly (readonly [prefix: string, metrics: Readonly<Record<string, string>>])[] = [
  [
    'CVSS:4.0/',
    {
      AV: 'NALP',
      AC: 'LH',
      AT: 'NP',
      PR: 'NLH',
      UI: 'NPA',
      VC: 'HLN',
      VI: 'HLN',
      VA: 'HLN',
      SC: 'HLN',
      SI: 'HLN',
      SA: 'HLN',
    },
  ],
  ['CVSS:3.1/', { AV: 'NALP', AC: 'LH', PR: 'NLH', UI: 'NR', S: 'UC', C: 'NLH', I: 'NLH', A: 'NLH' }],
  ['CVSS:3.0/', { AV: 'NALP', AC: 'LH', PR: 'NLH', UI: 'NR', S: 'UC', C: 'NLH', I: 'NLH', A: 'NLH' }],
  ['', { AV: 'LAN', AC: 'HML', Au: 'MSN', C: 'NPC', I: 'NPC', A: 'NPC' }],
];

const rated = new Map<string, CvssRating | undefined>();
const MAX_CACHED = 50_000;

/**
 * Base score and severity of a vector of CVSS 2, 3.0, 3.1 or 4.0; undefined when it is incomplete or none of these.
 * @see https://www.first.org/cvss/specification-document (qualitative scale); NVD's scale for version 2, which has no critical
 */
function rateVector(vector: string): CvssRating | undefined {
  if (vector.length > 500) return undefined;
  if (rated.has(vector)) return rated.get(vector);
  const rating = computeRating(vector);
  if (rated.size < MAX_CACHED) rated.set(vector, rating);
  return rating;
}

function computeRating(vector: string): CvssRating | undefined {
  const base = baseVector(vector);
  if (base === undefined) return undefined;
  const scores = cvss.fromVector(base)?.calculateScores() as { readonly base?: number } | undefined;
  const score = scores?.base;
  if (score === undefined || Number.isNaN(score)) return undefined;
  return { severity: severityOfScore(score, versionOf(vector)), score, vector };
}

/** The base metrics alone, each once and with a known value: the calculator only sees words of the specification. */
function baseVector(vector: string): string | undefined {
  const [prefix, metrics] = BASE.find(([p]) =>
    p === '' ? !vector.startsWith('CVSS:') : vector.startsWith(p),
  ) ?? ['', {}];
  const given = vector
    .slice(prefix.length)
    .split('/')
    .map((p) => p.split(':'));
  const parts = Object.entries(metrics).map(([metric, values]) => {
    const own = given.filter(([name]) => name === metric);
    const value = own[0]?.[1] ?? '';
    return own.length === 1 && value.length === 1 && values.includes(value)
      ? `${metric}:${value}`
      : undefined;
  });
  return parts.includes(undefined) ? undefined : `${prefix}${parts.join('/')}`;
}

/** 4, 3.1, 3 or 2: a record with several vectors is rated by the newest version. */
function versionOf(vector: string): number {
  const m = /^CVSS:(\d)\.(\d)\//.exec(vector);
  return m ? Number(`${m[1]}.${m[2]}`) : 2;
}

function severityOfScore(score: number, version: number): Severity {
  if (score <= 0) return 'none';
  if (score < 4) return 'low';
  if (score < 7) return 'medium';
  return score < 9 || version < 3 ? 'high' : 'critical';
}

/** Base score of one vector; undefined when it is incomplete or of no version that is known. */
export const scoreOfVector = (vector: string): number | undefined => rateVector(vector)?.score;

/** The rating of the newest CVSS version among several vectors; of equals the worst. */
export function rateVectors(vectors: readonly string[]): CvssRating | undefined {
  return vectors
    .flatMap((v) => {
      const rating = rateVector(v);
      return rating ? [rating] : [];
    })
    .sort((a, b) => versionOf(b.vector) - versionOf(a.vector) || b.score - a.score)[0];
}
