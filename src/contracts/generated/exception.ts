/** Generated from schemas/exception.schema.json by npm run generate; do not edit. */

/**
 * A risk accepted for a time: findings that it matches on the assets that it selects are shown as excepted, never as passed.
 */
export interface Exception {
  $schema?: string;
  apiVersion: 'patchwarden/v1';
  kind: 'Exception';
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  /**
   * Who answers for it: team:<id> or person:<id>.
   */
  owner: string;
  reason: string;
  ticket: string;
  /**
   * Which findings: every key that is present must match.
   */
  match: {
    /**
     * @minItems 1
     */
    advisories?: string[];
    component?: {
      /**
       * Source package name.
       */
      name: string;
      /**
       * Only source versions lower than this one.
       */
      before?: string;
    };
  };
  select: Selector;
  /**
   * Calendar day (UTC), YYYY-MM-DD.
   */
  validFrom: string;
  /**
   * Calendar day (UTC), YYYY-MM-DD.
   */
  validUntil: string;
  decision: 'accept-risk' | 'mitigated' | 'vendor-pending' | 'false-positive';
  /**
   * Of a false positive, in the words of OpenVEX; without it the reason stands for it.
   */
  justification?:
    | 'component_not_present'
    | 'vulnerable_code_not_present'
    | 'vulnerable_code_not_in_execute_path'
    | 'vulnerable_code_cannot_be_controlled_by_adversary'
    | 'inline_mitigations_already_exist';
  /**
   * Compensating controls in force; needed for a known exploited vulnerability.
   */
  controls?: string[];
  /**
   * The exception stops to hold when it would cover more assets than this.
   */
  maxAssets?: number;
}
/**
 * all: every term holds; any: at least one; none: not one. An empty selector selects every asset.
 */
export interface Selector {
  all?: Term[];
  /**
   * @minItems 1
   */
  any?: Term[];
  none?: Term[];
}
/**
 * A condition on one label; exactly one of in, notIn, exists, prefix.
 */
export interface Term {
  label: string;
  /**
   * @minItems 1
   */
  in?: string[];
  /**
   * @minItems 1
   */
  notIn?: string[];
  exists?: boolean;
  prefix?: string;
}
