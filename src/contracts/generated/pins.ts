/** Generated from schemas/pins.schema.json by npm run generate; do not edit. */

/**
 * Digests of the snapshots in force for decisions that become looser.
 */
export interface Pins {
  $schema?: string;
  apiVersion: 'patchwarden/v1';
  kind: 'Pins';
  id: 'pins';
  intel?: string;
  firstSeen?: string;
  labels?: string;
}
