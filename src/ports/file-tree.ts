/** Read-only files below one directory. Paths are relative with `/`; nothing outside the directory can be reached, symbolic links included. */
export interface FileTree {
  /** Where it is, for messages. */
  readonly label: string;
  /** Bytes of a regular file; undefined when there is none. Throws `source-failed` when it cannot be read or is larger than `maxBytes`. */
  read(path: string, options?: { readonly maxBytes?: number }): Promise<Uint8Array | undefined>;
  /** Names of the entries of a directory, sorted; empty when there is none. */
  list(path: string): Promise<readonly string[]>;
}
