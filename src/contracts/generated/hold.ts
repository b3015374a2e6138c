/** Generated from schemas/hold.schema.json by npm run generate; do not edit. */

/**
 * A known-bad package version that no lock may contain.
 */
export interface Hold {
  $schema?: string;
  apiVersion: 'patchwarden/v1';
  kind: 'Hold';
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  /**
   * Package universe, distribution:release:architecture, such as debian:12:amd64.
   */
  stream: string;
  /**
   * Binary package name.
   */
  package: string;
  version: string;
  /**
   * Who answers for it: team:<id> or person:<id>.
   */
  owner: string;
  reason: string;
  /**
   * Evidence head at which the failure is recorded, size:root.
   */
  evidence?: string;
}
