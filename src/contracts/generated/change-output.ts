/** Generated from schemas/change-output.schema.json by npm run generate; do not edit. */

/**
 * Whether a change is allowed; every reason that denies it, or why it is allowed.
 */
export interface ChangeOutput {
  allowed: boolean;
  /**
   * @minItems 1
   */
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
