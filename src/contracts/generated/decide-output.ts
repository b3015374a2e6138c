/** Generated from schemas/decide-output.schema.json by npm run generate; do not edit. */

/**
 * Status of a finding class in a context, why, and what has to happen within which time.
 */
export interface DecideOutput {
  /**
   * The closed set; the first that holds wins, in this order.
   */
  status:
    | 'unknown'
    | 'ungoverned'
    | 'not-affected'
    | 'fixed'
    | 'pending-reboot'
    | 'mitigated'
    | 'excepted'
    | 'pinned'
    | 'rejected'
    | 'no-fix'
    | 'waiting'
    | 'missing';
  /**
   * @minItems 1
   */
  reasons: Reason[];
  obligations: {
    /**
     * <category>/<rule>:<deadline id>
     */
    rule: string;
    /**
     * Which moment of the advisory or patch the days are counted from.
     */
    clock: 'published' | 'fixAvailable' | 'firstSeen' | 'kevAdded';
    days: number;
  }[];
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
