/** Generated from schemas/host-receipt.schema.json by npm run generate; do not edit. */

/**
 * What a host did with one order, in its own words and by its own clock: hostile bytes until validated. The truth on recovery.
 */
export interface HostReceipt {
  apiVersion: 'patchwarden/v1';
  run: string;
  order: string;
  epoch: number;
  /**
   * kept: soak passed (the host may still watch). failed: nothing was changed, or what was changed is back by itself. restored: changed and taken back. unrestored: changed, bad, and not taken back (needs a person or a reboot).
   */
  phase:
    | 'accepted'
    | 'refused'
    | 'sampling'
    | 'prepared'
    | 'installing'
    | 'rebooting'
    | 'verifying'
    | 'soaking'
    | 'kept'
    | 'failed'
    | 'restoring'
    | 'restored'
    | 'unrestored';
  /**
   * dead: the process on the host ended before the run did; ask it to resume.
   */
  worker: 'alive' | 'dead' | 'done';
  /**
   * @maxItems 500
   */
  steps: {
    step:
      | 'sample'
      | 'precheck'
      | 'mend'
      | 'restore-point'
      | 'install'
      | 'restart'
      | 'reboot'
      | 'verify'
      | 'soak'
      | 'watch'
      | 'restore'
      | 'restore-verify';
    try: number;
    /**
     * RFC 3339 instant with a zone.
     */
    started: string;
    ended: string | null;
    seconds: number | null;
    outcome: ('ok' | 'failed' | 'skipped' | 'inconclusive' | 'interrupted') | null;
    detail: string;
  }[];
  /**
   * A mutating step has begun.
   */
  changed: boolean;
  restorePoint: ('btrfs' | 'lvm' | 'overlay' | 'package' | 'none') | null;
  verdict: {
    kind: 'good' | 'bad' | 'inconclusive';
    reason: string;
    check: 'maintainer-script' | 'file' | 'cpu' | 'probe' | 'verify' | 'precheck' | 'order' | 'none';
    firstBad: string | null;
    decided: string | null;
    restored: string | null;
    healthy: string | null;
    secondsToHealthy: number | null;
  } | null;
  watch: {
    /**
     * RFC 3339 instant with a zone.
     */
    since: string;
    /**
     * RFC 3339 instant with a zone.
     */
    until: string;
    /**
     * Good samples of the streak; 0: the last sample was not good.
     */
    samples: number;
    /**
     * What the streak covers, by the host's monotonic clock: the time between two good samples, a minute of it at the most, and none while no worker lived.
     */
    healthySeconds: number;
  } | null;
  bootId: {
    before: string;
    now: string;
  };
  rebootRequired: boolean;
  log: string | null;
  logTail: string;
}
