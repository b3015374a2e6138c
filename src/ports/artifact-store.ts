/** Package files by the SHA-256 of their bytes (lower-case hex). */
export interface ArtifactStore {
  has(sha256: string): Promise<boolean>;
  /** Keeps the bytes; throws `digest-mismatch` when they are not those. Safe to repeat; never leaves a part. */
  put(sha256: string, bytes: Uint8Array): Promise<void>;
  /** Verified bytes; throws `bytes-missing` when not held, `digest-mismatch` when the file was altered. */
  get(sha256: string): Promise<Uint8Array>;
}
