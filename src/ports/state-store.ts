/** Durable small files of the state location, by name such as `fleet/manifest.json`. */
export interface StateStore {
  /** Absolute path of a name, for tools that write files themselves. */
  path(name: string): string;
  read(name: string): Promise<string | undefined>;
  /** Whole or not at all, and on disk when it returns. */
  write(name: string, text: string): Promise<void>;
  /** Appends one line and returns when it is on disk. */
  appendLine(name: string, line: string): Promise<void>;
  /** Removes a file; one that is not there is none the less removed. */
  remove(name: string): Promise<void>;
  list(prefix: string): Promise<readonly string[]>;
}
