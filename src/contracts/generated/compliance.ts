/** Generated from schemas/compliance.schema.json by npm run generate; do not edit. */

/**
 * Which rules of the policy serve which controls of a standard. The wording is this product's own: read the standard for what it says.
 */
export interface Compliance {
  $schema?: string;
  apiVersion: 'patchwarden/v1';
  kind: 'Compliance';
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  title: string;
  version: string;
  source: ComplianceSource;
  /**
   * @minItems 1
   */
  controls: ComplianceControl[];
}
export interface ComplianceSource {
  publisher: string;
  document: string;
  published: string;
  url: string;
}
export interface ComplianceControl {
  /**
   * As the standard numbers it.
   */
  id: string;
  /**
   * In our own words.
   */
  asks: string;
  /**
   * Ids of rules; category/* names all of a category.
   *
   * @minItems 1
   */
  rules: string[];
}
