/** One exact package file to install. */
export interface InstallFile {
  readonly name: string;
  readonly arch: string;
  readonly version: string;
  readonly sha256: string;
}

/** What would run on the host, exactly: argument vectors, no shell. */
export interface DriverStep {
  readonly step: 'mend' | 'stage' | 'simulate' | 'install';
  readonly argv: readonly string[];
}

export type InstallOutcome =
  | { readonly outcome: 'installed' }
  | { readonly outcome: 'failed'; readonly reason: string };

/** Changes one host. Reading a host is the work of a FileTree; deciding is the work of the rollout. */
export interface HostDriver {
  readonly asset: string;
  /** The commands that `install` would run, for plans and dry runs. */
  steps(files: readonly InstallFile[]): readonly DriverStep[];
  /** Waits (bounded) until no package manager runs on the host. */
  waitIdle(): Promise<void>;
  /** Finishes what an earlier interruption left half-configured; false when there was nothing to do. */
  mend(): Promise<boolean>;
  /** Puts the bytes on the host and checks them there; throws `digest-mismatch`. */
  stage(file: InstallFile, bytes: Uint8Array): Promise<void>;
  /** What the host's own package manager would do with exactly the staged files: `name=version` it would install, names it would remove, what it lacks. */
  simulate(files: readonly InstallFile[]): Promise<{
    readonly installs: readonly string[];
    readonly removes: readonly string[];
    readonly needs: readonly string[];
  }>;
  /** Installs offline from the staged files, whose SHA-256 is checked again first. */
  install(files: readonly InstallFile[]): Promise<InstallOutcome>;
}
