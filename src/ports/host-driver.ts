import type { HostOrder } from '../contracts/generated/host-order.ts';
import type { HostReceipt } from '../contracts/generated/host-receipt.ts';
import type { HostStatus } from '../contracts/generated/host-status.ts';

/** What the host's own package manager would do with exactly the staged files. */
export interface HostSimulation {
  /** `name=version`, sorted. */
  readonly installs: readonly string[];
  readonly removes: readonly string[];
  /** Names that it lacks. */
  readonly needs: readonly string[];
  /** In the words of the package manager, when it refuses. */
  readonly problem: string | null;
}

/**
 * One host. The controller hands an order over and asks how it went; the host carries it out alone, decides whether it
 * is bad, and restores itself. Whatever changes something carries a fencing epoch: a host refuses one that is lower than
 * the highest it has seen, with `lease-lost` (X9).
 *
 * Every method throws `host-failed` when the host cannot be reached or does not answer in time, and `digest-mismatch`
 * when the helper on it is not the one that was pushed or its answer is not what the schema allows.
 */
export interface HostDriver {
  readonly asset: string;
  /** State of the host; raises its fence to this epoch. Pushes and checks the helper first. Changes nothing else. */
  status(epoch: number): Promise<HostStatus>;
  /** State of the host without raising anything, for plans. */
  peek(): Promise<HostStatus>;
  /** Puts the bytes of one package on the host and checks them there; safe to repeat. Throws `digest-mismatch`. */
  stage(epoch: number, file: StageFile, bytes: () => Promise<Uint8Array>): Promise<void>;
  /** Nothing is changed. All files of the order must be staged. */
  simulate(epoch: number, order: HostOrder): Promise<HostSimulation>;
  /**
   * Takes the CPU samples of the time before, when the order wants them: starts, or says how many there are.
   * Begun before anything is downloaded.
   */
  sample(epoch: number, order: HostOrder): Promise<{ readonly seconds: number; readonly samples: number }>;
  /**
   * The order is durable on the host when this returns, and the host works on it by itself. The same run again changes
   * nothing and returns its receipt; while another run is open the answer is `refused`.
   */
  begin(order: HostOrder): Promise<HostReceipt>;
  /** How far a run is; undefined when the host never heard of it. Wakes a run whose worker died (reboot, kill). */
  receipt(epoch: number, run: string): Promise<HostReceipt | undefined>;
  /** Takes a run back that the host itself found good, because the rollout was halted elsewhere or a person asks. */
  restore(epoch: number, run: string, reason: string): Promise<HostReceipt>;
  /** Removes staged files that no open run needs, and receipts older than the last 50 runs. */
  clean(epoch: number): Promise<void>;
}

/** One package file to bring to a host. */
export interface StageFile {
  readonly name: string;
  readonly arch: string;
  readonly version: string;
  readonly sha256: string;
  readonly size: number;
  /** The host downloads it itself (`fetch: host`). */
  readonly url?: string;
}
