import { describe, expect, it } from 'vitest';
import { buildScan, FACTS_FILE } from '../../src/app/scan.ts';
import type { ScanPorts } from '../../src/app/scan-sources.ts';
import { createWire } from '../../src/app/wire.ts';
import type { Config } from '../../src/contracts/generated/config.ts';
import type { AssetSource, CollectedAsset } from '../../src/ports/asset-source.ts';
import { fakeAssetSource } from '../support/fakes/asset-source.ts';
import { fakeFileTree } from '../support/fakes/file-tree.ts';
import { DEBIAN_FILES } from '../support/ssh-facts.ts';

const NOW = '2024-10-24T00:00:00Z';
type Source = Config['fleet']['sources'][number];

const host = (asset: string, labels = {}, files: Readonly<Record<string, string>> = {}): CollectedAsset => ({
  asset,
  labels,
  result: {
    kind: 'collected',
    tree: fakeFileTree(
      new Map(Object.entries({ ...DEBIAN_FILES, 'etc/machine-id': `${asset.padEnd(32, 'a')}\n`, ...files })),
      asset,
    ),
    startedAt: 1,
    endedAt: 2,
    problems: [],
  },
});
const lost: CollectedAsset = {
  asset: 'c',
  labels: { env: 'prod' },
  result: { kind: 'failed', reason: 'unreachable', problem: 'cannot be reached (refused)' },
};

async function scan(
  given: Readonly<Record<string, readonly CollectedAsset[] | string>>,
  more: { readonly labels?: Config['labels']; readonly sources?: readonly Source[] } = {},
) {
  const shown: string[] = [];
  const asked: unknown[] = [];
  const ports: ScanPorts = {
    ...createWire(),
    progress: { show: (line) => shown.push(line), clear: () => shown.push('') },
    sshAssets: (options): AssetSource => {
      asked.push(options);
      return fakeAssetSource(options.id, given[options.id] ?? []);
    },
  };
  const sources =
    more.sources ?? Object.keys(given).map((id): Source => ({ kind: 'ssh', id, inventory: 'hosts' }));
  const config = { fleet: { sources }, ...(more.labels ? { labels: more.labels } : {}) } as unknown as Config;
  const plan = await buildScan(ports, { config, repo: '/repo', now: NOW });
  return { plan, shown, asked, rows: plan.snapshots[0]?.rows ?? {}, files: plan.snapshots[0]?.files };
}

describe('a scan of hosts over ssh', () => {
  it('has a row for every host, read or not, and says what failed', async () => {
    const { plan, rows, shown } = await scan({ all: [lost, host('b'), host('a')] });
    expect(rows.assets?.map((a) => [a.asset, a.stream, a.unknown])).toEqual([
      ['a', 'debian:12:amd64', null],
      ['b', 'debian:12:amd64', null],
      ['c', null, 'unreachable'],
    ]);
    expect(plan.unknown).toEqual([{ asset: 'c', reason: 'unreachable' }]);
    expect(plan.problems).toEqual(['c: cannot be reached (refused)']);
    expect(plan).toMatchObject({ assets: 3, components: 4, componentSets: 2 });
    expect(shown).toEqual([
      'all: 1 of 3 hosts, 1 failed',
      'all: 2 of 3 hosts, 1 failed',
      'all: 3 of 3 hosts, 1 failed',
      '',
    ]);
  });

  it('takes labels of the inventory only where the config trusts it', async () => {
    const labels = { env: { source: 'inventory' }, role: { source: 'host' } } as const;
    const { plan, rows } = await scan(
      { all: [host('a', { env: 'prod', role: 'db', zone: 'x' })] },
      { labels },
    );
    expect(rows.assets?.[0]?.labels).toEqual({ env: 'prod' });
    expect(plan.notes.map((n) => n.split(' is ')[0])).toEqual(['the label "role"', 'the label "zone"']);
  });

  it('keeps what changes hourly beside the rows', async () => {
    const { files } = await scan({ all: [host('b'), host('a'), lost] });
    const facts = JSON.parse(files?.get(FACTS_FILE) ?? '') as Record<string, object>;
    expect(Object.keys(facts)).toEqual(['a', 'b']);
    expect(facts.a).toMatchObject({ kernel: '6.1.0-18-amd64', uptimeSeconds: 1234 });
    expect((await scan({ all: [lost] })).files?.has(FACTS_FILE)).toBe(false);
  });

  it('warns of one machine with two names', async () => {
    const id = { 'etc/machine-id': `${'b'.repeat(32)}\n` };
    const { plan } = await scan({ all: [host('x', {}, id), host('y', {}, id), host('e')] });
    expect(plan.notes).toEqual(['x, y have one machine id: a cloned image, or one host with several names']);
  });

  it('refuses an asset of two sources, and a faulty inventory', async () => {
    await expect(scan({ one: [host('a')], two: [host('a')] })).rejects.toMatchObject({
      code: 'bad-document',
      message: expect.stringContaining('"a" comes from two fleet sources, "one" and "two"'),
    });
    await expect(scan({ all: 'hosts:3: a fault' })).rejects.toMatchObject({ code: 'bad-document' });
  });

  it('hands the settings on, with paths that start at the repository', async () => {
    const source: Source = {
      kind: 'ssh',
      id: 's',
      inventory: 'inv/hosts.ini',
      sshConfig: 'ssh',
      user: 'ops',
      parallel: 5,
    };
    const { asked } = await scan({}, { sources: [source] });
    expect(asked).toEqual([
      { id: 's', inventory: '/repo/inv/hosts.ini', sshConfig: '/repo/ssh', user: 'ops', parallel: 5 },
    ]);
  });

  it('keeps the list of equal hosts once in memory', async () => {
    const many = Array.from({ length: 50 }, (_, i) => host(`h${i}`));
    const { plan, files, rows } = await scan({ all: many });
    expect(plan).toMatchObject({ assets: 50, componentSets: 1 });
    expect(rows.components).toHaveLength(2);
    expect([...(files?.keys() ?? [])].filter((f) => f.startsWith('status/'))).toHaveLength(1);
  });
});
