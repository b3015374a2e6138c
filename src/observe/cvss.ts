import cvss from 'ae-cvss-calculator';
import type { Severity } from '../domain/severity.ts';

/** What a CVSS vector says. */
export interface CvssRating {
  readonly severity: Severity;
  /** Base score, 0 to 10. */
  readonly score: number;
  readonly vector: string;
}

const rated = new Map<string, CvssRating | undefined>();
const MAX_CACHED = 50_000;

/**
 * Base score and severity of a vector of CVSS 2, 3.0, 3.1 or 4.0; undefined when it is incomplete or none of these.
 * @see https://www.first.org/cvss/specification-document (qualitative scale); NVD's scale for version 2, which has no critical
 */
export function rateVector(vector: string): CvssRating | undefined {
  if (vector.length > 500) return undefined;
  if (rated.has(vector)) return rated.get(vector);
  const rating = computeRating(vector);
  if (rated.size < MAX_CACHED) rated.set(vector, rating);
  return rating;
}

function computeRating(vector: string): CvssRating | undefined {
  try {
    const parsed = cvss.fromVector(vector);
    if (parsed === null || !parsed.isBaseFullyDefined()) return undefined;
    const score = (parsed.calculateScores() as { readonly base?: number }).base;
    if (score === undefined || Number.isNaN(score)) return undefined;
    return { severity: severityOfScore(score, versionOf(vector)), score, vector };
  } catch {
    return undefined;
  }
}

/** 4, 3.1, 3 or 2: a record with several vectors is rated by the newest version. */
export function versionOf(vector: string): number {
  const m = /^CVSS:(\d)\.(\d)\//.exec(vector);
  return m ? Number(`${m[1]}.${m[2]}`) : 2;
}

function severityOfScore(score: number, version: number): Severity {
  if (score <= 0) return 'none';
  if (score < 4) return 'low';
  if (score < 7) return 'medium';
  return score < 9 || version < 3 ? 'high' : 'critical';
}

/** The rating of the newest CVSS version among several vectors; of equals the worst. */
export function rateVectors(vectors: readonly string[]): CvssRating | undefined {
  return vectors
    .flatMap((v) => {
      const rating = rateVector(v);
      return rating ? [rating] : [];
    })
    .sort((a, b) => versionOf(b.vector) - versionOf(a.vector) || b.score - a.score)[0];
}
