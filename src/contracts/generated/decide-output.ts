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
     * mitigate: there is no fix within reach, and until then a control has to be in place.
     */
    kind: 'patch' | 'mitigate';
    /**
     * Which moment of the advisory or patch the days are counted from; kevDue is the catalogue's own due date.
     */
    clock: 'published' | 'fixAvailable' | 'firstSeen' | 'kevAdded' | 'kevDue';
    days: number;
    /**
     * What the rule read, such as the row of its table and what it had to assume.
     */
    params?: {};
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
