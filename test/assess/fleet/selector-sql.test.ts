import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFleetDuckdb } from '../../../src/adapters/fleet-duckdb.ts';
import { selectorSql } from '../../../src/assess/fleet/selector-sql.ts';
import type { Selector } from '../../../src/contracts/generated/baseline.ts';
import type { AssetRow } from '../../../src/contracts/generated/fleet-rows.ts';
import { appendRows } from '../../../src/observe/snapshot.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { labels, selector } from '../../support/arbitrary-selector.ts';
import { naiveSelects } from '../../support/naive-selector.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await openFleetDuckdb({ directory: mkdtempSync(join(tmpdir(), 'patchwarden-selector-')) });
});
afterAll(() => store.close());

const assetWith = (asset: string, own: Record<string, string>): AssetRow => ({
  asset,
  stream: null,
  set: 'none',
  labels: own,
  unknown: null,
  runningKernel: null,
  rebootRequired: false,
  observedAt: '2024-10-24T00:00:00Z',
  source: 'test',
});

async function selected(one: Selector): Promise<readonly string[]> {
  const { sql, params } = selectorSql(one);
  const rows = await store.rows<{ asset: string }>(
    `SELECT asset FROM assets WHERE ${sql} ORDER BY asset`,
    params,
  );
  return rows.map((r) => r.asset);
}

describe('selectors as SQL', () => {
  it('an empty selector selects every asset, also one without labels', async () => {
    await appendRows(store, 'assets', 'assets', {
      assets: [assetWith('a', {}), assetWith('b', { env: 'x' })],
    });
    expect(await selected({})).toEqual(['a', 'b']);
    expect(await selected({ all: [] })).toEqual(['a', 'b']);
  });

  it.each<[string, Selector, string[]]>([
    ['in', { all: [{ label: 'env', in: ['prod', 'test'] }] }, ['p', 't']],
    [
      'notIn also holds where the label is not there',
      { all: [{ label: 'env', notIn: ['prod'] }] },
      ['n', 't'],
    ],
    ['exists', { all: [{ label: 'env', exists: true }] }, ['p', 't']],
    ['does not exist', { all: [{ label: 'env', exists: false }] }, ['n']],
    ['prefix', { all: [{ label: 'env', prefix: 'pr' }] }, ['p']],
    ['none', { none: [{ label: 'env', in: ['prod'] }] }, ['n', 't']],
    [
      'any',
      {
        any: [
          { label: 'env', in: ['test'] },
          { label: 'env', exists: false },
        ],
      },
      ['n', 't'],
    ],
  ])('%s', async (_name, one, expected) => {
    await appendRows(store, 'assets', 'assets', {
      assets: [assetWith('p', { env: 'prod' }), assetWith('t', { env: 'test' }), assetWith('n', {})],
    });
    expect(await selected(one)).toEqual(expected);
  });

  it('agrees with the plain reading on any labels and selectors', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(labels, { minLength: 1, maxLength: 8 }), selector, async (fleet, one) => {
        const rows = fleet.map((own, i) => assetWith(`a${i}`, own));
        await appendRows(store, 'assets', 'assets', { assets: rows });
        expect(await selected(one)).toEqual(
          rows.filter((r) => naiveSelects(one, r.labels)).map((r) => r.asset),
        );
      }),
      { numRuns: 80 },
    );
  });

  it('refuses a condition that says nothing', () => {
    expect(() => selectorSql({ all: [{ label: 'env' }] })).toThrow(/says nothing/);
  });
});
