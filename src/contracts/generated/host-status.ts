/** Generated from schemas/host-status.schema.json by npm run generate; do not edit. */

/**
 * One host's own state, as its helper tells it.
 */
export interface HostStatus {
  apiVersion: 'patchwarden/v1';
  helper: string;
  /**
   * The highest fencing epoch seen; lower ones are refused.
   */
  epoch: number;
  machineId: string;
  bootId: string;
  /**
   * RFC 3339 instant with a zone.
   */
  clock: string;
  /**
   * Where packages are staged and unpacked: the fullest file system counts.
   */
  freeBytes: number;
  busy: string | null;
  /**
   * The package database was left half-way; mending is the first step.
   */
  interrupted: boolean;
  rebootRequired: boolean;
  /**
   * Restore points that this host can make, the best first.
   */
  restore: ('btrfs' | 'lvm' | 'overlay' | 'package')[];
  open: string | null;
  /**
   * Runs it has receipts of.
   *
   * @maxItems 1000
   */
  runs: string[];
  /**
   * Bytes that went bad here and are not tried again.
   *
   * @maxItems 10000
   */
  quarantined: string[];
  /**
   * @maxItems 10000
   */
  staged: string[];
}
