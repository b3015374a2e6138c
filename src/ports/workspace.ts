/** A place of our own on this machine for a throw-away repository: directories, fresh keys, an empty origin and its clone. */
export interface Workspace {
  /** A new empty directory under the system's temporary directory, readable by this user alone. */
  temporary(prefix: string): Promise<string>;
  /** Makes the directory; throws `usage` when it exists and holds anything. */
  empty(dir: string): Promise<void>;
  remove(dir: string): Promise<void>;
  /** A new Ed25519 SSH key pair at `file` and `file.pub`. @returns the public key, `ssh-ed25519 AAAA…` */
  sshKey(file: string): Promise<string>;
  /** A new key of an evidence log at `file`. @returns the verifier key for roles.json */
  logKey(file: string, name: string): Promise<string>;
  /** A bare repository whose first branch is `branch`. */
  initBare(dir: string, branch: string): Promise<void>;
  /** Clones with settings for this clone alone. */
  clone(origin: string, dir: string, config: Readonly<Record<string, string>>): Promise<void>;
  /** Absolute path of a file or folder that ships with the program. */
  shipped(path: string): string;
  hostname(): string;
}
