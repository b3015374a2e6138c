import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  type JS,
  LIST,
  listValue,
  VARCHAR,
} from '@duckdb/node-api';
import { PatchwardenError } from '../domain/errors.ts';
import type { Cell, FleetStore } from '../ports/fleet-store.ts';
import { inTurn } from '../util/in-turn.ts';

/** Rows of one chunk; DuckDB's own vector size. */
const CHUNK = 2048;

export interface FleetDuckdbOptions {
  /** The state location: the only directory below which SQL can read or write files. */
  readonly directory: string;
  readonly threads?: number;
  /** How much it may hold in memory, in MiB; what is more lies on disk below the state location meanwhile. */
  readonly memoryMib?: number;
}

/**
 * The fleet store on an in-memory DuckDB.
 *
 * Extensions are never downloaded, and files outside the state location are out of reach of any SQL text.
 * A file that cannot be read or written is `store-failed`; a wrong statement is ours, so `bug`.
 * @see https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
 */
export async function openFleetDuckdb(options: FleetDuckdbOptions): Promise<FleetStore> {
  const directory = resolve(options.directory);
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads ?? 2),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(options.memoryMib === undefined ? {} : { memory_limit: `${options.memoryMib}MiB` }),
  });
  const connection = await instance.connect();
  for (const setting of [
    `allowed_directories=[${quoted(`${directory}/`)}]`,
    `temp_directory=${quoted(`${directory}/spilled`)}`,
    'enable_external_access=false',
    'lock_configuration=true',
  ])
    await connection.run(`SET ${setting}`);

  // A statement that starts while its connection runs another makes that one fail.
  const queued = inTurn();
  const run = async (sql: string, params: readonly Cell[] = []): Promise<void> => {
    await queued(() => guarded(sql, () => connection.run(sql, params.map(toValue), params.map(typeOf))));
  };
  return {
    run,
    rows: async <T extends object>(sql: string, params: readonly Cell[] = []) => {
      const reader = await queued(() =>
        guarded(sql, () => connection.runAndReadAll(sql, params.map(toValue), params.map(typeOf))),
      );
      const names = reader.deduplicatedColumnNames();
      return reader
        .getRowsJS()
        .map((row) => Object.fromEntries(names.map((name, i) => [name, toPlain(row[i])])) as T);
    },
    append: (table, columns, rows) =>
      queued(() => guarded(`append to ${table}`, () => append(connection, table, columns, rows))),
    exportParquet: async (table, file) => {
      const target = within(directory, file);
      // Two processes may write the same content at once; each its own, and the last rename wins.
      const part = `${target}.${randomUUID()}.part`;
      try {
        await mkdir(dirname(target), { recursive: true });
        await queued(() =>
          connection.run(`COPY ${identifier(table)} TO ${quoted(part)} (FORMAT parquet, COMPRESSION zstd)`),
        );
        await sync(part, 'r+');
        await rename(part, target);
        await sync(dirname(target), 'r');
      } catch (cause) {
        await rm(part, { force: true }).catch(() => undefined);
        throw failure('store-failed', `cannot write ${target}`, cause);
      }
    },
    importParquet: async (table, file) => {
      const source = within(directory, file);
      const into = identifier(table);
      try {
        await queued(() =>
          connection.run(`CREATE OR REPLACE TABLE ${into} AS SELECT * FROM read_parquet(${quoted(source)})`),
        );
      } catch (cause) {
        throw failure('store-failed', `cannot read the snapshot ${source}`, cause);
      }
    },
    viewParquet: async (view, file) => {
      const source = within(directory, file);
      try {
        await queued(() =>
          connection.run(
            `CREATE OR REPLACE VIEW ${identifier(view)} AS FROM read_parquet(${quoted(source)})`,
          ),
        );
      } catch (cause) {
        throw failure('store-failed', `cannot read the snapshot ${source}`, cause);
      }
    },
    close: () =>
      queued(async () => {
        connection.closeSync();
        instance.closeSync();
      }),
  };
}

async function append(
  connection: DuckDBConnection,
  table: string,
  columns: readonly string[],
  rows: Iterable<readonly Cell[]>,
): Promise<void> {
  const appender = await connection.createAppender(table);
  try {
    if (appender.columnCount !== columns.length)
      throw new PatchwardenError('bug', `table ${table} has not ${columns.length} columns`);
    const types = columns.map((_, i) => appender.columnType(i));
    let batch: DuckDBValue[][] = [];
    const flush = () => {
      if (batch.length === 0) return;
      const chunk = DuckDBDataChunk.create(types);
      chunk.setRows(batch);
      appender.appendDataChunk(chunk);
      batch = [];
    };
    for (const row of rows) {
      batch.push(row.map((cell, i) => toColumn(cell, types[i])));
      if (batch.length === CHUNK) flush();
    }
    flush();
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

const isList = (cell: Cell): cell is readonly string[] => Array.isArray(cell);
const toValue = (cell: Cell): DuckDBValue => (isList(cell) ? listValue([...cell]) : cell);

function toColumn(cell: Cell, type: DuckDBType | undefined): DuckDBValue {
  if (typeof cell === 'number' && type?.toString() === 'BIGINT') return BigInt(cell);
  return toValue(cell);
}

function typeOf(cell: Cell): DuckDBType {
  if (isList(cell)) return LIST(VARCHAR);
  if (typeof cell === 'boolean') return BOOLEAN;
  if (typeof cell === 'number') return Number.isInteger(cell) && Math.abs(cell) < 2 ** 31 ? INTEGER : DOUBLE;
  return VARCHAR;
}

/** Counts come as bigint; one beyond 2^53 would be a bug long before. */
const toPlain = (value: JS | undefined): unknown =>
  typeof value === 'bigint' ? Number(value) : (value ?? null);

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function identifier(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new PatchwardenError('bug', `"${name}" is no table name`);
  return `"${name}"`;
}

function within(directory: string, file: string): string {
  const path = resolve(directory, file);
  if (!path.startsWith(`${directory}/`))
    throw new PatchwardenError('bug', `${path} is outside the state location ${directory}`);
  return path;
}

async function sync(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** In memory nothing but our own statements can go wrong, except for space and files that are read in place. */
async function guarded<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof PatchwardenError) throw cause;
    const code = /out of memory|could not (allocate|write)|no space|parquet|IO Error|TProtocol/i.test(
      String(cause),
    )
      ? 'store-failed'
      : 'bug';
    throw failure(code, `the fleet store failed at: ${what.trim().slice(0, 200)}`, cause);
  }
}

function failure(code: 'bug' | 'store-failed', what: string, cause: unknown): PatchwardenError {
  if (cause instanceof PatchwardenError) return cause;
  const detail = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  return new PatchwardenError(code, `${what}: ${detail}`, { cause });
}
