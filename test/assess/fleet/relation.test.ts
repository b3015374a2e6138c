import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replaceRows } from '../../../src/assess/fleet/relation.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { tempFleetStore } from '../../support/fleet-store.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

const numbers = async () =>
  (await store.rows<{ n: number }>('SELECT n FROM several ORDER BY n')).map((r) => r.n);

describe('other rows under a name', () => {
  it.each([
    ['table', 'CREATE OR REPLACE TABLE several AS SELECT unnest([1, 2, 3, 4]) AS n'],
    ['view', 'CREATE OR REPLACE VIEW several AS SELECT unnest([1, 2, 3, 4]) AS n'],
  ])('of a %s, made from those that were there, twice', async (kind, create) => {
    await store.run(`DROP ${kind === 'table' ? 'VIEW' : 'TABLE'} IF EXISTS several`);
    await store.run(create);
    await replaceRows(store, 'several', 'SELECT n FROM several WHERE n > $1', [1]);
    expect(await numbers()).toEqual([2, 3, 4]);
    await replaceRows(store, 'several', 'SELECT n FROM several WHERE n > $1', [2]);
    expect(await numbers()).toEqual([3, 4]);
    await store.run('DROP VIEW several');
  });
});
