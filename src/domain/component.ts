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
  /** `name:stream` of the module that an rpm belongs to; absent where it belongs to none, or the input does not tell. */
  readonly module?: string;
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
  /** What the host told of itself beside packages; absent where a file was read. */
  readonly facts?: HostFacts;
  /**
   * What the host itself says it is (`rocky:9`), where the caller wants it judged as another distribution; absent where
   * the stream is its own.
   */
  readonly ownEcosystem?: string;
  /** How it was read: `root`, `dpkg-status`, `distroless-lock`, `vuls`, … */
  readonly source: string;
}

/** What changes hourly or has no place among packages. Each part is absent where the host did not tell it. */
export interface HostFacts {
  readonly kernel?: string;
  readonly bootId?: string;
  /** Digest of the machine id, which itself stays on the host. @see machine-id(5) */
  readonly machineId?: string;
  /** The host's clock in epoch seconds, and by how many it is ahead of ours (0 where the call was too slow to tell). */
  readonly clock?: { readonly seconds: number; readonly skewSeconds: number };
  readonly uptimeSeconds?: number;
  /** Bytes free by mount point asked for: `/`, `/boot`, `/var`. */
  readonly freeBytes?: Readonly<Record<string, number>>;
  /** Such as `ubuntu-pro:esm-infra` or `rhsm:registered`. */
  readonly entitlements?: readonly string[];
  readonly modules?: readonly ModuleStream[];
  /** Ids of the enabled dnf repositories. */
  readonly repositories?: readonly string[];
  /** Lines of the versionlock list, as dnf has them. */
  readonly versionLocks?: readonly string[];
  /** What else installs updates here, such as `unattended-upgrades` or `dnf-automatic-install.timer`. */
  readonly otherPatchers?: readonly string[];
  /** Packages that ask for the reboot. */
  readonly rebootPackages?: readonly string[];
}

/** State of a dnf module. @see /etc/dnf/modules.d */
export interface ModuleStream {
  readonly name: string;
  readonly stream: string;
  readonly state: 'enabled' | 'disabled' | 'default';
}

/** Why nothing can be said about an asset. */
export type UnknownReason =
  | 'two-baselines'
  | 'no-ring'
  | 'no-source'
  | 'no-stream'
  | 'not-supported'
  | 'unreadable'
  | 'silent'
  // What a collection over ssh met. Nothing older is used in place of it.
  | 'unreachable'
  | 'timed-out'
  | 'auth-failed'
  | 'host-key-changed'
  | 'host-key-unknown'
  | 'garbage'
  | 'too-large';
