/** Generated from schemas/host-order.schema.json by npm run generate; do not edit. */

/**
 * Asked on the host itself; good, bad or inconclusive. Inconclusive holds, it never passes.
 */
export type Probe = HttpProbe | TcpProbe | CommandProbe;

/**
 * Everything one host shall do by itself, as a value: pushed once, kept there, carried out even when the controller is gone.
 */
export interface HostOrder {
  apiVersion: 'patchwarden/v1';
  run: string;
  /**
   * Fencing epoch of the controller's lease.
   */
  epoch: number;
  /**
   * Identifier; for a document also its file name.
   */
  asset: string;
  lock: string;
  merge: string;
  plan: string;
  family: 'deb' | 'rpm';
  /**
   * @maxItems 5000
   */
  packages: {
    name: string;
    arch: string;
    version: string;
    sha256: string;
    size: number;
    /**
     * Installed now, and checked again on the host before anything changes; null: not installed.
     */
    from: string | null;
    downgrade: boolean;
    /**
     * Not installed before: there for others only, and marked so.
     */
    fresh: boolean;
    /**
     * The host downloads it itself; the digest is checked all the same.
     */
    url?: string;
  }[];
  /**
   * Files of what is installed now, for a way back by packages.
   *
   * @maxItems 5000
   */
  predecessors: {
    name: string;
    arch: string;
    version: string;
    sha256: string;
    size: number;
  }[];
  /**
   * The least restore point that must exist before the first change; the best that the host has is made.
   */
  restore: 'snapshot' | 'package' | 'none';
  reboot: 'never' | 'if-required' | 'always';
  /**
   * @maxItems 50
   */
  probes: Probe[];
  soakSeconds: number;
  /**
   * How long after the soak the host goes on looking and may still restore itself; at least the bake of the ring. It looks on until its healthy streak is as long, for three times as long or a day at the most.
   */
  watchSeconds: number;
  cpu: CpuWatch | null;
  startBefore: string | null;
  /**
   * After which a transaction that does not end is ended and taken back.
   */
  installSeconds?: number;
  maxClockSkewSeconds: number;
  /**
   * RFC 3339 instant with a zone.
   */
  now: string;
}
export interface HttpProbe {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  kind: 'http';
  url: string;
  /**
   * Answers that are good; default 200.
   *
   * @minItems 1
   */
  status?: number[];
  /**
   * Text that the first 64 KiB of the answer must contain.
   */
  body?: string;
  timeoutSeconds?: number;
}
export interface TcpProbe {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  kind: 'tcp';
  host?: string;
  port: number;
  timeoutSeconds?: number;
}
export interface CommandProbe {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  kind: 'command';
  /**
   * No shell; the first word is an absolute path. Exit 0 is good, 75 (EX_TEMPFAIL) inconclusive, anything else bad.
   *
   * @minItems 1
   * @maxItems 50
   */
  argv: string[];
  timeoutSeconds?: number;
}
/**
 * CPU of the host's own cgroup or PID namespace, without the transaction's own processes.
 */
export interface CpuWatch {
  /**
   * How long the host is sampled before the download starts.
   */
  sampleSeconds?: number;
  everySeconds?: number;
  /**
   * Bad at so many times the median before.
   */
  factor?: number;
  /**
   * And above so many cores.
   */
  floorCores?: number;
  /**
   * Fewer are inconclusive, and hold.
   */
  minSamples?: number;
}
