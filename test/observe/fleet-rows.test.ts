import { describe, expect, it } from 'vitest';
import type { Component } from '../../src/domain/component.ts';
import { fleetRows, type Seen, statusFile } from '../../src/observe/fleet-rows.ts';
import { observation } from '../../src/observe/observation.ts';
import { aPart } from '../support/fleet-world.ts';

const { set: _set, ...libssl } = aPart();
const zlib: Component = { ...libssl, name: 'zlib1g', sourcePackage: 'zlib' };
const NOW = '2024-10-24T00:00:00Z';

const seen = (id: string, components: readonly Component[], labels?: Record<string, string>): Seen => ({
  source: { id, ...(labels ? { labels } : {}) },
  observation: observation('root', {
    stream: 'debian:12:amd64',
    components,
    origins: ['debian:bookworm/main'],
    statusText: `status of ${id}`,
  }),
});

describe('fleet rows', () => {
  it('keeps a component set once, in whatever order a host lists it', () => {
    const rows = fleetRows([seen('b', [zlib, libssl]), seen('a', [libssl, zlib])], {}, NOW);
    expect(rows.assets.map((a) => a.asset)).toEqual(['a', 'b']);
    const [a, b] = rows.assets;
    expect(a?.set).toBe(b?.set);
    expect(rows.components.map((c) => c.name)).toEqual(['libssl3', 'zlib1g']);
    expect([...rows.statuses]).toEqual([[statusFile(a?.set ?? '').replace('status/', ''), 'status of a']]);
    expect(rows.origins).toHaveLength(2);
  });

  it.each<[string, Partial<Component>]>([
    ['version', { version: '2' }],
    ['hold', { held: true }],
    ['state', { state: 'half-configured' }],
    ['source', { sourceVersion: '2' }],
  ])('another %s is another set', (_name, change) => {
    const rows = fleetRows([seen('a', [libssl]), seen('b', [{ ...libssl, ...change }])], {}, NOW);
    expect(rows.assets[0]?.set).not.toBe(rows.assets[1]?.set);
    expect(rows.components).toHaveLength(2);
  });

  it('takes labels only from the source that the config trusts, and names the others', () => {
    const given = { env: 'prod', role: 'db', zone: 'a' };
    const trusted = { env: { source: 'inventory' }, role: { source: 'host' } } as const;
    const rows = fleetRows([seen('a', [libssl], given)], trusted, NOW);
    expect(rows.assets[0]?.labels).toEqual({ env: 'prod' });
    expect(rows.ignoredLabels).toEqual(['role', 'zone']);
  });
});
