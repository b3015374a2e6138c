import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assessFleet } from '../../../src/assess/fleet/assess-fleet.ts';
import { approvedMissing, assetFindings, nextDue } from '../../../src/assess/fleet/queries.ts';
import {
  componentsOf,
  firstSeenLookup,
  forbiddenBy,
  installedByRing,
  offered,
} from '../../../src/assess/fleet/reconcile-answers.ts';
import type { Baseline } from '../../../src/contracts/generated/baseline.ts';
import type { FleetRows } from '../../../src/contracts/generated/fleet-rows.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { fakePolicy } from '../../support/fakes/policy-decide.ts';
import { loadRows, tempFleetStore } from '../../support/fleet-store.ts';
import {
  aBaseline,
  anAsset,
  anException,
  aPackage,
  aPart,
  aWorld,
  STREAM,
} from '../../support/fleet-world.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

const rings = [
  { id: 'test', select: { all: [{ label: 'env', in: ['test'] }] } },
  { id: 'prod', select: {} },
];
const fleet = [
  anAsset('t-1', { env: 'test' }),
  anAsset('p-1', { env: 'prod' }),
  anAsset('p-2', { env: 'prod' }),
];
const seen = (version: string, at: string, origin = 'debian:bookworm-security/main') => ({
  stream: STREAM,
  origin,
  package: 'libssl3',
  version,
  sourceVersion: version,
  at,
});

async function assess(
  change: Partial<FleetRows>,
  baseline: Partial<Baseline> = {},
  exceptions = [] as never[],
) {
  await loadRows(store, aWorld(fleet, change));
  const baselines = [aBaseline('a', { rings, ...baseline })];
  const documents = { config: { intel: { feeds: [] } } as never, baselines, exceptions, holds: [] };
  return assessFleet({ store, policy: fakePolicy(), reads: [] }, { documents, asOf: '2024-10-24T12:00:00Z' });
}

const OFFERED = {
  packages: [aPackage()],
  firstSeen: [seen('1.0-2', '2024-10-20T12:00:00Z')],
};

describe('approvedMissing', () => {
  it('names the patch, what it closes, why it is approved and how many hosts need it', async () => {
    await assess(OFFERED);
    const patch = {
      baseline: 'a',
      stream: STREAM,
      set: 'set-1',
      name: 'libssl3',
      arch: 'amd64',
      installed: '1.0-1',
      candidate: aPackage(),
      advisories: ['ADV-1'],
      approvedBy: 'all',
      firstSeen: '2024-10-20',
      severity: 'high',
      kev: false,
      due: '2024-10-31',
    };
    expect(await (await approvedMissing(store))('a')).toEqual([
      { ...patch, ring: 'prod', assets: 2 },
      { ...patch, ring: 'test', assets: 1 },
    ]);
    expect(await (await approvedMissing(store))('other')).toEqual([]);
    const key = 'pkg:deb/debian/libssl3?arch=amd64&distro=debian-12';
    expect([...((await installedByRing(store)).get('a') ?? [])]).toEqual([
      ['prod', new Set([key])],
      ['test', new Set([key])],
    ]);
    expect((await installedByRing(store)).get('other')).toBeUndefined();
  });

  it('takes the newest approved version, not a newer one that still has to wait', async () => {
    await assess(
      {
        packages: [
          aPackage(),
          aPackage({ version: '1.0-3', sourceVersion: '1.0-3', filename: 'pool/3.deb' }),
        ],
        firstSeen: [...OFFERED.firstSeen, seen('1.0-3', '2024-10-23T12:00:00Z')],
      },
      { approve: [{ id: 'aged', match: {}, afterDays: 3 }] },
    );
    expect((await (await approvedMissing(store))('a')).map((w) => w.candidate.version)).toEqual([
      '1.0-2',
      '1.0-2',
    ]);
  });

  it.each<[string, Partial<FleetRows>, Partial<Baseline>]>([
    ['what has to wait', OFFERED, { approve: [{ id: 'aged', match: {}, afterDays: 5 }] }],
    ['what nobody approves', OFFERED, { approve: [] }],
    ['what is phased', { ...OFFERED, packages: [aPackage({ phased: 50 })] }, {}],
    ['what the host holds', { ...OFFERED, components: [aPart({ held: true })] }, {}],
    ['what no origin offers', { firstSeen: OFFERED.firstSeen }, {}],
    [
      'what an origin offers that the hosts lack',
      { ...OFFERED, origins: fleet.map((a) => ({ asset: a.asset, origin: 'debian:bookworm/main' })) },
      {},
    ],
    ['what would be a downgrade', { ...OFFERED, components: [aPart({ version: '2' })] }, {}],
  ])('does not name %s', async (_name, change, baseline) => {
    await assess(change, baseline);
    expect(await (await approvedMissing(store))('a')).toEqual([]);
  });

  it('does not name what is excepted in full', async () => {
    const exception = anException('e', { match: { component: { name: 'openssl' } } });
    await assess(OFFERED, {}, [exception as never]);
    expect(await (await approvedMissing(store))('a')).toEqual([]);
  });

  it('of one version in two origins takes the security archive', async () => {
    const main = aPackage({ origin: 'debian:bookworm/main', security: false });
    await assess({ ...OFFERED, packages: [main, aPackage()] });
    const [wanted] = await (await approvedMissing(store))('a');
    expect(wanted?.candidate.origin).toBe('debian:bookworm-security/main');
  });
});

describe('fix state and clocks', () => {
  const first = async () => (await assetFindings(store, ['t-1'])).find((f) => f.kind === 'vulnerability');

  it.each<[string, Partial<FleetRows>, string, string | null]>([
    ['an origin of the host offers it', OFFERED, 'available', null],
    ['only the advisory tells of it', {}, 'released', null],
    [
      'another origin offers it',
      { ...OFFERED, origins: [{ asset: 't-1', origin: 'x:y/z' }] },
      'needs',
      'debian:bookworm-security/main',
    ],
    [
      'the origins have the package, but older than the fix',
      { packages: [aPackage({ version: '1.0-1', sourceVersion: '1.0-1' })] },
      'needs',
      null,
    ],
  ])('%s', async (_name, change, fix, need) => {
    await assess(change);
    expect(await first()).toMatchObject({ kind: 'vulnerability', fix, need });
  });

  it('fixAvailable is the first sight of any version that closes it, however often it was superseded', async () => {
    const days = { critical: 1, high: 1, medium: 1, low: 1, unknown: 1 };
    await assess(
      {
        ...OFFERED,
        firstSeen: [
          ...OFFERED.firstSeen,
          seen('1.0-1+fix', '2024-10-05T00:00:00Z'),
          seen('1.0-2', '2024-10-10T23:00:00Z', 'mirror:x/y'),
        ],
      },
      { deadlines: [{ id: 'sla', kind: 'severity-sla', clock: 'fixAvailable', days }] },
    );
    // 1.0-1+fix is newer than the installed version and still older than the fix.
    expect((await first())?.due).toBe('2024-10-11');
  });

  it('of two deadlines the earlier binds and is named; of equals the smaller id', async () => {
    const days = { critical: 9, high: 9, medium: 9, low: 9, unknown: 9 };
    const sla = (id: string, by: number) => ({
      id,
      kind: 'severity-sla' as const,
      clock: 'published' as const,
      days: { ...days, high: by },
    });
    await assess(OFFERED, { deadlines: [sla('c', 9), sla('b', 9), sla('a', 10)] });
    expect(await first()).toMatchObject({ due: '2024-10-10', rule: 'deadlines/sla:b', overdue: true });
  });
});

describe('what forbids a dependency', () => {
  const block = { id: 'no-ssl', match: { package: ['libssl*'] }, action: 'block' as const, reason: 'x' };
  const hold = {
    apiVersion: 'patchwarden/v1' as const,
    kind: 'Hold' as const,
    id: 'bad',
    stream: STREAM,
    package: 'libssl3',
    version: '1.0-2',
    owner: 'team:ops',
    reason: 'broken',
  };
  it.each<[string, Partial<Baseline>, Parameters<typeof forbiddenBy>[2], string | null]>([
    ['nothing', {}, [], null],
    ['no approval', { approve: [] }, [], null],
    ['a reject rule', { reject: [block] }, [], 'rule no-ssl of the baseline blocks it'],
    ['a hold', {}, [hold], 'a hold names it'],
    ['a hold on another version', {}, [{ ...hold, version: '1.0-3' }], null],
  ])('%s', (_name, baseline, holds, expected) => {
    expect(forbiddenBy(fakePolicy(), aBaseline('a', baseline), holds, aPackage())).toBe(expected);
  });

  it('first sight is looked up by origin, and is today where it was never recorded', async () => {
    await assess(OFFERED);
    const lookup = await firstSeenLookup(store, '2024-10-24T12:00:00Z');
    expect(lookup(STREAM, 'debian:bookworm-security/main', 'libssl3', '1.0-2')).toBe('2024-10-20');
    expect(lookup(STREAM, 'x:y/z', 'libssl3', '1.0-2')).toBe('2024-10-24');
  });
});

describe('what is shown', () => {
  it('nextDue counts assets and starts with what is longest due', async () => {
    await assess(OFFERED);
    expect(await nextDue(store, 1)).toEqual([
      {
        due: '2024-10-31',
        rule: 'deadlines/sla:sla',
        kind: 'vulnerability',
        advisory: 'ADV-1',
        stream: STREAM,
        name: 'libssl3',
        severity: 'high',
        overdue: false,
        assets: 3,
      },
    ]);
  });

  it('offered gives what the origins of a set have, by name or by source', async () => {
    const other = aPackage({ name: 'openssl', filename: 'pool/o.deb' });
    const foreign = aPackage({ origin: 'x:y/z', filename: 'pool/x.deb' });
    const origins = fleet.map((a) => ({ asset: a.asset, origin: 'debian:bookworm-security/main' }));
    await assess({ ...OFFERED, packages: [aPackage(), other, foreign], origins });
    const ask = (names: string[], sources: string[]) => offered(store, STREAM, 'set-1', { names, sources });
    expect(await ask(['openssl'], [])).toEqual([other]);
    expect(await ask([], ['openssl'])).toEqual([aPackage(), other]);
    expect(await ask([], [])).toEqual([]);
    const containing = (...parts: string[]) =>
      offered(store, STREAM, 'set-1', { names: [], sources: [], containing: parts });
    expect(await containing('no such text', other.stanza.slice(0, 12))).toEqual([aPackage(), other]);
    expect(await containing("it's 100 %")).toEqual([]);
  });

  it('componentsOf gives the packages of a set', async () => {
    await assess(OFFERED);
    const { set: _set, ...component } = aPart();
    expect(await componentsOf(store, ['set-1', 'none'])).toEqual(new Map([['set-1', [component]]]));
  });
});
