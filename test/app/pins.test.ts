import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/app/explain.ts';
import { pinsProposals } from '../../src/app/pins-proposal.ts';
import { writeSnapshots } from '../../src/app/snapshots.ts';
import { fleetStatus, openAssessedFleet } from '../../src/app/status.ts';
import { createWire, type Wire } from '../../src/app/wire.ts';
import { approvedMissing, assetFindings } from '../../src/assess/fleet/queries.ts';
import type { Config } from '../../src/contracts/generated/config.ts';
import type { FleetRows } from '../../src/contracts/generated/fleet-rows.ts';
import type { Pins } from '../../src/contracts/generated/pins.ts';
import type { PolicyDocuments } from '../../src/contracts/policy-repository.ts';
import { validateKind } from '../../src/contracts/validate.ts';
import type { Proposal } from '../../src/domain/proposal.ts';
import { buildSnapshot, SNAPSHOT_TABLES, type SnapshotName } from '../../src/observe/snapshot.ts';
import { explainText } from '../../src/report/explain-text.ts';
import { aBaseline, anAdvisory, anAsset, aPackage, aPart, aWorld } from '../support/fleet-world.ts';
import { tempDir } from '../support/temp-dir.ts';

const NOW = '2024-10-24T12:00:00Z';
const NOTHING_PINNED: Pins = { apiVersion: 'patchwarden/v1', kind: 'Pins', id: 'pins' };
const CVE = 'CVE-2024-1';

const config: Config = {
  apiVersion: 'patchwarden/v1',
  kind: 'Config',
  id: 'patchwarden',
  repository: 'example/fleet',
  fleet: { sources: [] },
  intel: { feeds: [] },
  packages: { sources: [] },
  state: { kind: 'directory', path: 'state' },
};

const baseline = aBaseline('servers', {
  approve: [
    { id: 'dangerous', match: { epss: 0.5 } },
    { id: 'others', match: {}, afterDays: 60, clock: 'published' },
  ],
  deadlines: [
    {
      id: 'sla',
      kind: 'severity-sla',
      clock: 'fixAvailable',
      days: { critical: 3, high: 30, medium: 60, low: 90, unknown: 90 },
    },
    { id: 'kev', kind: 'kev', clock: 'kevAdded', days: 3 },
    {
      id: 'exposed',
      kind: 'within',
      clock: 'published',
      severities: ['critical', 'high'],
      days: 7,
      select: { all: [{ label: 'exposure', in: ['internet'] }] },
    },
  ],
});

/** Two hosts that miss a fix: listed as exploited, likely to be, one of them exposed. */
const rows: FleetRows = aWorld(
  [anAsset('edge', { exposure: 'internet' }), anAsset('inner', { exposure: 'internal' })].map((a) => ({
    ...a,
  })),
  {
    origins: ['edge', 'inner'].map((asset) => ({ asset, origin: aPackage().origin })),
    packages: [aPackage()],
    firstSeen: [seenAt('2024-10-02T00:00:00Z')],
    kev: [{ cve: CVE, dateAdded: '2024-10-10', dueDate: null, ransomware: false }],
    epss: [{ cve: CVE, score: 0.9, percentile: 0.99, modelDate: '2024-10-20' }],
  },
);

function seenAt(at: string): FleetRows['firstSeen'][number] {
  const { stream, origin, name, version, sourceVersion } = aPackage();
  return { stream, origin, package: name, version, sourceVersion, at };
}

const real = createWire();
const [policy, rules] = [await real.policy(), await real.rules()];

/** A state location and a policy repository whose documents are values. */
async function repository(first: FleetRows = rows) {
  const wire: Wire = { ...real, policy: async () => policy, rules: async () => rules };
  const repo = tempDir();
  const directory = join(repo, 'state');
  let documents: PolicyDocuments = {
    ...{ config, roles: { roles: { approver: [] } } as never, pins: NOTHING_PINNED, allowedSigners: '' },
    ...{
      baselines: [baseline],
      exceptions: [],
      calendars: [],
      holds: [],
      locks: new Map(),
      policies: new Map(),
    },
  };
  const observe = async (world: FleetRows, now = NOW) => {
    const deps = { store: await wire.fleetStore(directory), state: wire.stateStore(directory) };
    const labels = world.assets.map((a) => ({ asset: a.asset, labels: a.labels }));
    const names = Object.keys(SNAPSHOT_TABLES) as SnapshotName[];
    await writeSnapshots(
      deps,
      names.map((name) => buildSnapshot(name, { ...world, labels }, now)),
    );
    await deps.store.close();
  };
  const input = (asOf: string) => ({ repo, documents, asOf });
  /** What is in force, what would be, and the proposal. */
  const look = async (asOf = NOW) => {
    const { store, assessment, pins } = await openAssessedFleet(wire, input(asOf));
    const found = await assetFindings(store, ['edge', 'inner']);
    const patches = await (await approvedMissing(store))('servers');
    await store.close();
    const lines = found
      .filter((f) => f.kind === 'vulnerability')
      .map((f) => `${f.asset} ${f.name} ${f.status} ${f.due}`)
      .sort();
    const { findings, overdue, unmitigated, byStatus } = assessment;
    const kept = pins?.moves.matrix.reduce((n, m) => n + m.findings, 0);
    const proposal = pinsProposals(documents, '0'.repeat(40), pins, asOf)[0];
    const wanted = patches.map((w) => `${w.name} by ${w.approvedBy} for ${w.assets}`);
    return { lines, wanted, counts: { findings, overdue, unmitigated, byStatus }, pins, kept, proposal };
  };
  const merge = (proposal: Proposal | undefined) => {
    const pins = JSON.parse(proposal?.files.get('pins.json') ?? 'null') as Pins | null;
    documents = { ...documents, pins };
  };
  const report = async () => (await fleetStatus(wire, input(NOW))).report;
  await observe(first);
  const before = await look();
  merge(before.proposal);
  const open = (remember: boolean) => openAssessedFleet(wire, { ...input(NOW), remember });
  const why = (asset: string) => explain(wire, { ...input(NOW), asset, advisory: null });
  return { directory, observe, look, merge, report, open, why, before: before.counts };
}

/** One package for each way in which facts get looser, on a host inside and on one that is exposed. */
const NAMES = ['kev', 'epss', 'withdrawn', 'severity', 'sight'] as const;
const looking = (change: (name: (typeof NAMES)[number]) => boolean, exposure: string): FleetRows => {
  const cve = (name: string) => `CVE-2024-${NAMES.indexOf(name as 'kev') + 1}000`;
  const parts = NAMES.map((name) => aPart({ name, sourcePackage: name }));
  const packages = NAMES.map((name) => aPackage({ name, sourcePackage: name, filename: name }));
  return {
    ...aWorld([anAsset('edge', { exposure }), anAsset('inner', { exposure: 'internal' })]),
    components: parts,
    origins: ['edge', 'inner'].map((asset) => ({ asset, origin: aPackage().origin })),
    packages,
    advisories: NAMES.map((name) => ({
      ...anAdvisory(),
      advisory: `ADV-${name}`,
      aliases: [cve(name)],
      severity: name === 'severity' && change(name) ? 'low' : 'high',
      withdrawn: name === 'withdrawn' && change(name) ? '2024-10-21T00:00:00Z' : null,
    })),
    affected: NAMES.flatMap((name) =>
      aWorld([]).affected.map((a) => ({ ...a, advisory: `ADV-${name}`, package: name })),
    ),
    kev: change('kev')
      ? []
      : [{ cve: cve('kev'), dateAdded: '2024-10-10', dueDate: null, ransomware: false }],
    epss: [
      { cve: cve('epss'), score: change('epss') ? 0.1 : 0.9, percentile: null, modelDate: '2024-10-20' },
    ],
    firstSeen: NAMES.map((name) => ({
      ...seenAt(name === 'sight' && change(name) ? '2024-10-20T00:00:00Z' : '2024-10-02T00:00:00Z'),
      ...{ package: name },
    })),
  };
};

const STRICT = looking(() => false, 'internet');
const LAX = looking(() => true, 'internal');

describe('tighten at once, relax by merge', () => {
  it('KEV, EPSS, withdrawal, severity, first sight and labels', async () => {
    const { observe, look, merge, before } = await repository(STRICT);
    const strict = [
      ...NAMES.map((name) => `edge ${name} ${name === 'epss' ? 'missing' : 'waiting'} 2024-10-08`),
      'inner kev waiting 2024-10-13',
      'inner epss missing 2024-11-01',
      'inner withdrawn waiting 2024-11-01',
      'inner severity waiting 2024-11-01',
      'inner sight waiting 2024-11-01',
    ].sort();
    const lax = ['edge', 'inner'].flatMap((asset) => [
      `${asset} epss waiting 2024-11-01`,
      `${asset} kev waiting 2024-11-01`,
      `${asset} severity waiting 2024-12-31`,
      `${asset} sight waiting 2024-11-19`,
    ]);
    const wanted = ['epss by dangerous for 2'];
    expect(await look()).toMatchObject({ lines: strict, wanted });

    await observe(LAX, '2024-10-25T00:00:00Z');
    const held = await look();
    expect(held).toMatchObject({ lines: strict, wanted, counts: before, kept: 14 });
    expect(held.proposal?.title).toBe(
      'Pin current intelligence, first sight, labels: 14 findings judged less strictly',
    );

    merge(held.proposal);
    const after = await look();
    expect(after).toMatchObject({ lines: lax, wanted: [], counts: held.pins?.afterMerge });
    expect(after).toMatchObject({ kept: 0, proposal: undefined });

    await observe(STRICT, '2024-10-26T00:00:00Z');
    expect(await look()).toMatchObject({ lines: strict, counts: before, kept: 0, proposal: undefined });
  });

  it.each([
    ['the fix', rows],
    [
      'a fix that became known since',
      { ...rows, affected: rows.affected.map((a) => ({ ...a, fixed: null })) },
    ],
  ])('a host that installed %s is fixed at once', async (_, first) => {
    const { observe, look } = await repository(first);
    const fixed = aPart({ version: '1.0-2', sourceVersion: '1.0-2' });
    await observe({ ...rows, components: [fixed] }, '2024-10-25T00:00:00Z');
    expect(await look()).toMatchObject({ counts: { findings: 0 }, kept: 0 });
  });

  it('what grew stricter since is pinned after two weeks', async () => {
    const { observe, look } = await repository({ ...rows, kev: [] });
    await observe(rows);
    expect((await look('2024-11-06T00:00:00Z')).proposal).toBeUndefined();
    expect((await look('2024-11-07T12:00:00Z')).proposal?.title).toBe(
      'Pin current intelligence: no decision moves',
    );
  });

  it('new hosts and new packages alone move no pin', async () => {
    const { observe, look } = await repository();
    await observe({
      ...rows,
      assets: [...rows.assets, anAsset('third', { exposure: 'internal' })],
      packages: [...rows.packages, aPackage({ name: 'zlib1g', version: '9' })],
      firstSeen: [...rows.firstSeen, { ...seenAt(NOW), package: 'zlib1g', version: '9', sourceVersion: '9' }],
    });
    expect(await look()).toMatchObject({
      pins: { behind: [{ pin: 'firstSeen' }, { pin: 'labels' }] },
      ...{ kept: 0, proposal: undefined },
    });
  });

  it('what is kept for the next run was judged by the current intelligence, and never in a dry run', async () => {
    const { directory, observe, look, merge, open } = await repository(STRICT);
    await observe(LAX, '2024-10-25T00:00:00Z');
    const judgements = join(directory, 'judgements');
    const judged = async (remember: boolean) => {
      const { store, close } = await open(remember);
      const [fresh] = await store.rows('SELECT count(*) AS n FROM fresh');
      await close();
      return fresh;
    };
    const cold = await look();
    expect(await judged(false)).toEqual({ n: 5 });
    expect(existsSync(judgements)).toBe(false);
    expect(await judged(true)).toEqual({ n: 5 });
    expect(existsSync(judgements)).toBe(true);
    expect(await judged(true)).toEqual({ n: 0 });
    expect(await look()).toEqual(cold);
    merge(cold.proposal);
    const warm = await look();
    expect(await judged(false)).toEqual({ n: 0 });
    rmSync(judgements, { recursive: true });
    expect(await look()).toEqual(warm);
  });

  it('a pinned snapshot that is lost stops everything, and says what to do', async () => {
    const { observe, look, report, directory } = await repository();
    const digest = (await report()).digests.intel.replace('sha256:', '');
    await observe({ ...rows, kev: [] });
    rmSync(join(directory, 'intel', digest), { recursive: true });
    await expect(look()).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringMatching(
        /^pins\.json holds on to the intelligence sha256:.*restore .*or merge a pins\.json without "intel"$/,
      ),
    });
  });

  it('without pins.json looser facts count at once and nothing is proposed', async () => {
    const { observe, look, merge } = await repository();
    merge(undefined);
    await observe({ ...rows, kev: [], epss: [] });
    expect(await look()).toMatchObject({ pins: null, proposal: undefined });
  });

  it('status tells what is in force and what would be, the same bytes twice', async () => {
    const { observe, report } = await repository();
    expect((await report()).pins).toMatchObject({ behind: [], kept: [] });
    await observe({ ...rows, kev: [], epss: [] });
    const told = await report();
    expect(validateKind('status-report', told)).toEqual([]);
    expect(told.pins).toMatchObject({
      behind: [{ pin: 'intel', since: NOW }],
      kept: [{ from: 'missing', to: 'waiting', findings: 4, assets: 2, overdue: 2, overdueAfter: 1 }],
      afterMerge: { findings: 4, overdue: 1, byStatus: { waiting: 4 } },
    });
    expect(told).toMatchObject({ findings: 4, overdue: 2, byStatus: { missing: 4 } });
    expect(JSON.stringify(await report())).toBe(JSON.stringify(told));
  });
});

describe('the proposal', () => {
  it('names what moves, counts assets and names none', async () => {
    const { observe, look } = await repository();
    await observe({ ...rows, kev: [], epss: [] });
    const body = (await look()).proposal?.body ?? '';
    expect(body).toContain('### Decisions that move');
    expect(body).toMatch(/\| missing \| waiting \| 4 \| 2 \| 2 \| 1 \|/);
    expect(body).toContain('| `ADV-1` **KEV** | `libssl3` |');
    expect(body).not.toMatch(/edge|inner/);
  });

  it('is told by explain, with the facts that are pinned', async () => {
    const { observe, why } = await repository();
    const inside = rows.assets.map((a) => ({ ...a, labels: { exposure: 'internal' } }));
    await observe({ ...rows, assets: inside, kev: [], epss: [] });
    const told = await why('edge');
    expect(told.findings.find((f) => f.advisory === 'ADV-1')?.pin).toEqual({
      nextStatus: 'waiting',
      nextDue: '2024-11-01',
      facts: [
        { fact: 'known exploited', pinned: true, current: false },
        { fact: 'EPSS', pinned: 0.9, current: null },
        { fact: 'kevAdded', pinned: '2024-10-10', current: null },
        { fact: 'label exposure', pinned: 'internet', current: 'internal' },
      ],
    });
    expect(explainText(told, true)).toContain(
      'pins: kept by pins.json until it is merged; by the current snapshots it would be waiting, due by 2024-11-01 (known exploited yes is no now,',
    );
  });
});
