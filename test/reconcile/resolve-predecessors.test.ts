import { describe, expect, it } from 'vitest';
import type { PackageRow } from '../../src/contracts/generated/fleet-rows.ts';
import type { LockPredecessor } from '../../src/contracts/generated/patch-lock.ts';
import type { Component } from '../../src/domain/component.ts';
import { lockKey } from '../../src/domain/purl.ts';
import { compareVersions } from '../../src/domain/version/compare.ts';
import { schemeOf } from '../../src/domain/version/scheme.ts';
import { buildEntries } from '../../src/reconcile/lock-entries.ts';
import { resolvePredecessors } from '../../src/reconcile/resolve-predecessors.ts';
import { packageRow, wantedPatch } from '../support/builders/packages.ts';

const stream = 'debian:12:amd64';
const compare = (a: string, b: string, s: string) => compareVersions(schemeOf(s), a, b);
const component = (name: string, version: string, arch = 'amd64'): Component => ({
  name,
  version,
  arch,
  sourcePackage: name,
  sourceVersion: version,
  held: false,
  state: 'installed',
});
const row = (name: string, version: string, over: Partial<PackageRow> = {}) =>
  packageRow({ name, version, fetch: 'controller', ...over });
const keyOf = (name: string, arch = 'amd64') => lockKey(stream, name, arch);

const resolve = async (
  locked: readonly PackageRow[],
  sets: readonly (readonly Component[])[],
  offered: readonly PackageRow[],
  earlier: Readonly<Record<string, LockPredecessor>> = {},
) => {
  const kept: string[] = [];
  const entries = buildEntries(
    locked.map((r) => ({ row: r, wanted: wantedPatch({ candidate: r }), neededBy: [] })),
    () => '2024-01-01',
    compare,
  );
  const result = await resolvePredecessors(
    {
      compare,
      keepBytes: async (r) => {
        kept.push(`${r.name} ${r.version}`);
        return r.name === 'lost' ? 'its bytes are gone' : null;
      },
      earlier: async (key, version) => earlier[`${key} ${version}`] ?? null,
    },
    entries,
    sets.map((components) => ({
      stream,
      components,
      offer: async ({ names }) => offered.filter((o) => names.includes(o.name)),
    })),
  );
  return { ...result, kept };
};

describe('resolvePredecessors', () => {
  it('keeps the file of each version that hosts have, sorted, once', async () => {
    const { entries, missing, kept } = await resolve(
      [row('app', '3')],
      [[component('app', '2')], [component('app', '1')], [component('app', '2'), component('other', '1')]],
      [row('app', '1'), row('app', '2'), row('app', '3'), row('other', '1')],
    );
    expect(entries.get(keyOf('app'))?.predecessors).toMatchObject([
      { version: '1', sha256: row('app', '1').sha256, size: 1000, filename: 'pool/app_1_amd64.deb' },
      { version: '2' },
    ]);
    expect(kept).toEqual(['app 2', 'app 1']);
    expect(missing).toEqual([]);
  });
  it('has none for what is new, equal, or newer on the host', async () => {
    const { entries, kept } = await resolve(
      [row('new', '1'), row('same', '2'), row('ahead', '2')],
      [[component('same', '2'), component('ahead', '3')]],
      [row('same', '2'), row('ahead', '3')],
    );
    expect([...entries.values()].map((e) => e.predecessors)).toEqual([undefined, undefined, undefined]);
    expect(kept).toEqual([]);
  });
  it('takes what an earlier lock keeps, and tells what is missing', async () => {
    const file = { version: '1', sha256: 'b'.repeat(64), size: 7 };
    const { entries, missing } = await resolve(
      [row('app', '2'), row('gone', '2'), row('lost', '2')],
      [[component('app', '1'), component('gone', '1'), component('lost', '1')]],
      [row('lost', '1')],
      { [`${keyOf('app')} 1`]: file },
    );
    expect(entries.get(keyOf('app'))?.predecessors).toEqual([file]);
    expect(entries.get(keyOf('gone'))?.predecessors).toBeUndefined();
    expect(missing).toEqual([
      { name: 'gone', arch: 'amd64', version: '1', reason: expect.stringContaining('no source offers it') },
      { name: 'lost', arch: 'amd64', version: '1', reason: 'its bytes are gone' },
    ]);
  });
  it('follows a package that becomes independent of the architecture', async () => {
    const { entries } = await resolve(
      [row('app', '2', { arch: 'all' })],
      [[component('app', '1')]],
      [row('app', '1')],
    );
    expect(entries.get(keyOf('app', 'all'))?.predecessors).toMatchObject([{ version: '1' }]);
  });
  it('names the source where the host fetches, and takes the newest of kernels side by side', async () => {
    const { entries } = await resolve(
      [row('kernel', '9', { fetch: 'host' })],
      [[component('kernel', '7'), component('kernel', '8')]],
      [row('kernel', '7', { fetch: 'host' }), row('kernel', '8', { fetch: 'host' })],
    );
    expect(entries.get(keyOf('kernel'))).toMatchObject({
      source: 'debian',
      predecessors: [{ version: '8', source: 'debian' }],
    });
  });
});
