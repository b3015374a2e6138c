import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFleetDuckdb } from '../../src/adapters/fleet-duckdb.ts';
import type { FleetStore } from '../../src/ports/fleet-store.ts';
import { sharedDir } from '../support/temp-dir.ts';

let directory: string;
let store: FleetStore;
beforeEach(async () => {
  directory = sharedDir();
  store = await openFleetDuckdb({ directory });
});
afterEach(() => store.close());

describe('the fleet store on DuckDB', () => {
  it('keeps every kind of cell, and gives counts back as numbers', async () => {
    await store.run('CREATE TABLE t (a VARCHAR, n INTEGER, b BOOLEAN, d DOUBLE, l VARCHAR[], g BIGINT)');
    await store.append(
      't',
      ['a', 'n', 'b', 'd', 'l', 'g'],
      [
        ["it's", 1, true, 1.5, ['x', 'y'], 2],
        [null, null, null, null, [], null],
      ],
    );
    expect(await store.rows('SELECT * FROM t ORDER BY n')).toEqual([
      { a: "it's", n: 1, b: true, d: 1.5, l: ['x', 'y'], g: 2 },
      { a: null, n: null, b: null, d: null, l: [], g: null },
    ]);
    expect(await store.rows('SELECT count(*) AS n, sum(g) AS s FROM t')).toEqual([{ n: 2, s: 2 }]);
  });

  it('appends more rows than one chunk holds', async () => {
    await store.run('CREATE TABLE t (n INTEGER)');
    await store.append(
      't',
      ['n'],
      (function* () {
        for (let i = 0; i < 5000; i += 1) yield [i];
      })(),
    );
    expect(await store.rows('SELECT count(*) AS n, max(n) AS top FROM t')).toEqual([{ n: 5000, top: 4999 }]);
  });

  it('runs one statement at a time, in the order of the calls', async () => {
    const [, , counted] = await Promise.all([
      store.run('CREATE TABLE t AS SELECT n::INTEGER AS n FROM range(1_000_000) r(n)'),
      store.append('t', ['n'], [[-1], [-2]]),
      store.rows('SELECT count(*) AS n, min(n) AS least FROM t'),
    ]);
    expect(counted).toEqual([{ n: 1_000_002, least: -2 }]);
    await expect(store.run('SELECT nonsense')).rejects.toThrow(/nonsense/);
    expect(await store.rows('SELECT max(n) AS top FROM t')).toEqual([{ top: 999_999 }]);
  });

  it('binds parameters of each kind instead of reading them as SQL', async () => {
    const hostile = "'; DROP TABLE t; --";
    const [row] = await store.rows(
      'SELECT $1 AS a, $2 + 1 AS n, $3 AS b, list_contains($4, $1) AS l, $5 AS z, $6 AS d',
      [hostile, 41, true, [hostile, 'x'], null, 0.5],
    );
    expect(row).toEqual({ a: hostile, n: 42, b: true, l: true, z: null, d: 0.5 });
  });

  it('writes a Parquet file whole, and reads it again', async () => {
    await store.run("CREATE TABLE t AS SELECT 'x' AS a, 1 AS n");
    await store.exportParquet('t', join(directory, 'deep/er/t.parquet'));
    expect(readdirSync(join(directory, 'deep/er'))).toEqual(['t.parquet']);
    await store.importParquet('u', 'deep/er/t.parquet');
    expect(await store.rows('SELECT * FROM u')).toEqual([{ a: 'x', n: 1 }]);
  });

  it('says which snapshot file is damaged', async () => {
    writeFileSync(join(directory, 'bad.parquet'), 'PAR1 not really');
    await expect(store.importParquet('u', 'bad.parquet')).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('bad.parquet'),
    });
    await expect(store.importParquet('u', 'absent.parquet')).rejects.toMatchObject({ code: 'store-failed' });
  });

  it('reaches no file outside the state location', async () => {
    await store.run('CREATE TABLE t (n INTEGER)');
    await expect(store.exportParquet('t', '/tmp/patchwarden-elsewhere.parquet')).rejects.toThrow(/outside/);
    await expect(store.rows("SELECT * FROM read_csv('/etc/passwd')")).rejects.toThrow(/Permission|disabled/);
    await expect(store.run('SET enable_external_access = true')).rejects.toThrow();
    await expect(store.run('INSTALL httpfs')).rejects.toThrow();
  });

  it('refuses a table name that is no name', async () => {
    await expect(store.importParquet('t"; DROP', 'x.parquet')).rejects.toMatchObject({ code: 'bug' });
  });

  it('calls a wrong statement a bug and names it', async () => {
    await expect(store.run('SELEKT 1')).rejects.toMatchObject({
      code: 'bug',
      message: expect.stringContaining('SELEKT 1'),
    });
  });
});
