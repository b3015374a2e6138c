/** Dpkg's own words for the state of an installed package. @see dpkg(1), "PACKAGE STATES" */
export type PackageState =
  | 'installed'
  | 'half-installed'
  | 'unpacked'
  | 'half-configured'
  | 'triggers-awaited'
  | 'triggers-pending';

/** One installed package. `sourcePackage` and `sourceVersion` are null where the input does not tell them. */
export interface Component {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  readonly sourcePackage: string | null;
  readonly sourceVersion: string | null;
  /** The host itself keeps the package where it is (dpkg `hold`). */
  readonly held: boolean;
  readonly state: PackageState;
}

/** What was seen of one asset. `unknown` says why nothing can be concluded; then `components` may be empty. */
export interface HostObservation {
  readonly stream: string | null;
  readonly components: readonly Component[];
  /** Origins that the host declares, such as `debian:bookworm-security/main`. */
  readonly origins: readonly string[];
  readonly runningKernel: string | null;
  readonly rebootRequired: boolean;
  readonly unknown: UnknownReason | null;
  /** How it was read: `root`, `dpkg-status`, `distroless-lock`, `vuls`, … */
  readonly source: string;
}

/** Why nothing can be said about an asset. */
export type UnknownReason =
  | 'two-baselines'
  | 'no-ring'
  | 'no-source'
  | 'no-stream'
  | 'not-supported'
  | 'unreadable'
  | 'silent';
