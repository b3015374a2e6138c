/** Generated from schemas/approve-output.schema.json by npm run generate; do not edit. */

/**
 * Verdict on one candidate patch. waitDays: full days still to wait from asOf; 0 unless waiting.
 */
export interface ApproveOutput {
  verdict: 'approved' | 'waiting' | 'rejected' | 'unmatched';
  /**
   * Id of the approve or reject rule that decided; hold for a hold; null when unmatched.
   */
  rule: string | null;
  action?: 'block' | 'allow-as-dependency';
  waitDays: number;
  reasons: Reason[];
}
/**
 * A fact that a rule emitted. The words are rendered from it, never by the rule.
 */
export interface Reason {
  rule: string;
  effect: string;
  subject?: string;
  params?: {
    [k: string]: string | number | boolean | null;
  };
}
