/** A value that a table cell can hold. */
export type Cell = string | number | boolean | null | readonly string[];

/** Embedded analytical SQL (DuckDB dialect). Sets stay in SQL; only distinct rows travel. Counts come back as numbers. */
export interface FleetStore {
  run(sql: string, params?: readonly Cell[]): Promise<void>;
  rows<T extends object>(sql: string, params?: readonly Cell[]): Promise<readonly T[]>;
  /** Appends rows to an existing table in column order. */
  append(table: string, columns: readonly string[], rows: Iterable<readonly Cell[]>): Promise<void>;
  /** Writes a table to a Parquet file below the state location (whole or not at all). */
  exportParquet(table: string, file: string): Promise<void>;
  /** Creates a table from a Parquet file. */
  importParquet(table: string, file: string): Promise<void>;
  /** Creates a view on a Parquet file, so that only the columns that are asked for are ever read. */
  viewParquet(view: string, file: string): Promise<void>;
  close(): Promise<void>;
}
