/** One exact package file to install. */
export interface InstallFile {
  readonly name: string;
  readonly arch: string;
  readonly version: string;
  readonly sha256: string;
  /** Older than what is installed, which the lock allows by `downgradeFrom`. */
  readonly downgrade: boolean;
  /** Not installed before: it is there for others only and gets marked so. */
  readonly fresh: boolean;
}

/** What would run on the host, exactly: a file that is copied, or an argument vector (no shell). */
export type DriverStep =
  | { readonly step: 'stage'; readonly sha256: string; readonly path: string }
  | { readonly step: 'mend' | 'simulate' | 'install' | 'mark'; readonly argv: readonly string[] };

/** How a mutating step ended. `log` is the digest of what the package manager wrote. */
export type InstallOutcome =
  | { readonly outcome: 'installed'; readonly log: string | null }
  | { readonly outcome: 'failed'; readonly reason: string; readonly log: string | null }
  /** The staged bytes were altered; nothing was started. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** Patience ended and the package manager goes on alone; ask again later. */
  | { readonly outcome: 'running'; readonly reason: string };

/** Changes one host. Reading a host is the work of a FileTree; deciding is the work of the rollout. */
export interface RootDriver {
  readonly asset: string;
  /** The commands that a run with these files would use, for plans and dry runs. */
  steps(files: readonly InstallFile[], mend: boolean): readonly DriverStep[];
  /** Free bytes where files are staged and packages installed. */
  freeBytes(): Promise<number>;
  /** Waits (bounded) until no package manager runs on the host; throws `host-failed` when patience ends. */
  waitIdle(): Promise<void>;
  /** True when the package database itself was left mid-write, so that its status file cannot be trusted alone. */
  interrupted(): Promise<boolean>;
  /** Finishes what an earlier interruption left half-configured. Safe to repeat. */
  mend(run: string): Promise<InstallOutcome>;
  /** Puts the bytes on the host and checks them there; throws `digest-mismatch`. */
  stage(file: InstallFile, bytes: Uint8Array): Promise<void>;
  /** What the host's own package manager would do with exactly the staged files: `name=version` it would install, names it would remove, what it lacks. */
  simulate(files: readonly InstallFile[]): Promise<{
    readonly installs: readonly string[];
    readonly removes: readonly string[];
    readonly needs: readonly string[];
    /** In the words of the package manager, when it refuses. */
    readonly problem: string | null;
  }>;
  /** Installs offline from the staged files, whose SHA-256 is checked again first. */
  install(files: readonly InstallFile[], run: string): Promise<InstallOutcome>;
  /** Marks packages as installed only because others need them. Safe to repeat. */
  markAutomatic(names: readonly string[]): Promise<void>;
  /** Removes staged files and helpers of ours. */
  clean(): Promise<void>;
}
