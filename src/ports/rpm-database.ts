/** How rpm keeps its database; the name is that of the file. */
export type RpmDatabaseFile = 'rpmdb.sqlite' | 'Packages.db' | 'Packages';

/** Reads databases of rpm: real rpm does, since only it knows all of their forms. */
export interface RpmDatabase {
  /**
   * What `rpm -qa --queryformat <format>` prints for a database. The bytes are those of the host; nothing is written
   * where they came from.
   * @param files file name → content: the database itself and what lies beside it
   * @throws PatchwardenError `source-failed` when rpm is not installed, or cannot read this database
   */
  query(database: RpmDatabaseFile, files: ReadonlyMap<string, Uint8Array>, format: string): Promise<string>;
}
