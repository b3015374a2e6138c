import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assessFleet } from '../../../src/assess/fleet/assess-fleet.ts';
import {
  selectedPackages as allPackages,
  installedVersions as allVersions,
  askAboutLocked,
  isOnOffer,
} from '../../../src/assess/fleet/drift-answers.ts';
import type { Baseline } from '../../../src/contracts/generated/baseline.ts';
import type { FleetRows } from '../../../src/contracts/generated/fleet-rows.ts';
import { lockKey } from '../../../src/domain/purl.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { entry, lock } from '../../support/builders/rings.ts';
import { fakePolicy } from '../../support/fakes/policy-decide.ts';
import { loadRows, tempFleetStore } from '../../support/fleet-store.ts';
import { aBaseline, anAsset, aPackage, aPart, aWorld, STREAM } from '../../support/fleet-world.ts';

const SECURITY = 'debian:bookworm-security/main';
const THIRD = 'example:stable/main';
const NAMES = ['libssl3'];

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

const rings = [
  { id: 'test', select: { all: [{ label: 'env', in: ['test'] }] } },
  { id: 'prod', select: { all: [{ label: 'env', in: ['prod'] }] } },
];
const host = (asset: string, env: string, set = 'set-1') => ({ ...anAsset(asset, { env }), set });
const knows = (asset: string, ...origins: string[]) => origins.map((origin) => ({ asset, origin }));
const sight = (version: string, origin: string) => ({
  ...{ stream: STREAM, origin, package: 'libssl3', version, sourceVersion: version },
  at: '2024-10-01T00:00:00Z',
});

async function assess(
  assets: FleetRows['assets'],
  change: Partial<FleetRows>,
  baselines: readonly Baseline[] = [aBaseline('a', { rings })],
) {
  await loadRows(store, aWorld(assets, { packages: [aPackage()], ...change }));
  const documents = { config: { intel: { feeds: [] } } as never, baselines, exceptions: [], holds: [] };
  await assessFleet({ store, policy: fakePolicy(), reads: [] }, { documents, asOf: '2024-10-24T12:00:00Z' });
}
/** Locks of all rings, with one entry each. */
const locks = (baseline: string, names: readonly string[]) =>
  ['test', 'prod', 'all'].map((ring) => ({
    ...lock(ring, 1, Object.fromEntries(names.map((name) => [name, entry('1.0-0')]))),
    baseline,
  }));
const about = (baseline: string, names: readonly string[]) => askAboutLocked(store, locks(baseline, names));
const installedVersions = async (baseline: string, names: readonly string[]) => {
  await about(baseline, names);
  return (await allVersions(store)).map(({ baseline: of, ...rest }) => {
    expect(of).toBe(baseline);
    return rest;
  });
};
const selectedPackages = async (baseline: string, names: readonly string[]) => {
  await about(baseline, names);
  return (await allPackages(store)).get(baseline);
};
const two = [aPart(), aPart({ set: 'set-2', version: '9' })];

describe('installedVersions', () => {
  it('counts hosts by ring and version, with what their own origins offer', async () => {
    await assess([host('t', 'test'), host('p1', 'prod', 'set-2'), host('p2', 'prod', 'set-2')], {
      components: two,
      origins: ['t', 'p1', 'p2'].flatMap((asset) => knows(asset, SECURITY)),
    });
    const one = { stream: STREAM, name: 'libssl3', arch: 'amd64', offered: false, offers: ['1.0-2'] };
    expect(await installedVersions('a', NAMES)).toEqual([
      { ...one, ring: 'prod', version: '9', assets: 2 },
      { ...one, ring: 'test', version: '1.0-1', assets: 1 },
    ]);
    expect(await installedVersions('a', ['curl'])).toEqual([]);
    expect(await installedVersions('b', NAMES)).toEqual([]);
  });

  it.each<[string, Partial<FleetRows>, { offered: boolean; offers: string[] }]>([
    [
      'an origin of the host offers it',
      { packages: [aPackage({ version: '9' })] },
      { offered: true, offers: ['9'] },
    ],
    [
      'an origin of the host was seen to offer it once',
      { firstSeen: [sight('9', SECURITY)] },
      { offered: true, offers: ['1.0-2'] },
    ],
    [
      'only an origin that the host does not have offers it',
      {
        packages: [aPackage(), aPackage({ version: '9', origin: THIRD })],
        firstSeen: [sight('9', THIRD)],
      },
      { offered: false, offers: ['1.0-2'] },
    ],
    [
      'nobody offers the package at all',
      { packages: [aPackage({ name: 'curl' })] },
      { offered: false, offers: [] },
    ],
  ])('%s', async (_, change, expected) => {
    await assess([host('p', 'prod', 'set-2')], { components: two, origins: knows('p', SECURITY), ...change });
    expect(await installedVersions('a', NAMES)).toMatchObject([expected]);
  });

  it('hosts with different origins stand apart', async () => {
    await assess([host('p1', 'prod', 'set-2'), host('p2', 'prod', 'set-2')], {
      components: two,
      origins: [...knows('p1', SECURITY), ...knows('p2', SECURITY, THIRD)],
      packages: [aPackage(), aPackage({ version: '9', origin: THIRD })],
    });
    expect((await installedVersions('a', NAMES)).map((r) => [r.offered, r.assets])).toEqual([
      [false, 1],
      [true, 1],
    ]);
  });

  it('what a host holds itself, hosts without a ring and unknown hosts are not told', async () => {
    await assess(
      [
        host('held', 'prod', 'set-2'),
        host('nowhere', 'lab'),
        { ...host('silent', 'prod'), unknown: 'unreachable' },
      ],
      { components: [aPart(), aPart({ set: 'set-2', held: true })] },
    );
    expect(await installedVersions('a', NAMES)).toEqual([]);
  });
});

it('baselines are asked about their own packages, all at once', async () => {
  const select = (env: string) => ({ select: { all: [{ label: 'env', in: [env] }] } });
  await assess(
    [host('t', 'test'), host('p', 'prod', 'set-2')],
    {
      components: [...two, ...['set-1', 'set-2'].map((set) => aPart({ set, name: 'curl' }))],
    },
    [aBaseline('a', { rings, ...select('test') }), aBaseline('b', { rings, ...select('prod') })],
  );
  await askAboutLocked(store, [...locks('a', ['libssl3']), ...locks('b', ['curl', 'libssl3'])]);
  expect((await allVersions(store)).map((v) => `${v.baseline} ${v.name} ${v.version}`)).toEqual([
    'a libssl3 1.0-1',
    'b curl 1.0-1',
    'b libssl3 9',
  ]);
  const packages = [...(await allPackages(store))].map(([id, p]) => [
    id,
    p.known,
    ...p.installed.map((i) => i.name),
  ]);
  expect(packages).toEqual([
    ['a', 1, 'libssl3'],
    ['b', 1, 'curl', 'libssl3'],
  ]);
});

it('what a lock names for the release of the host is not told, what it names for another release is', async () => {
  await assess([host('p', 'prod')], {});
  const named = (stream: string) => [
    {
      ...lock('prod', 1, {}),
      baseline: 'a',
      entries: { [lockKey(stream, 'libssl3', 'amd64')]: entry('1.0-1') },
    },
  ];
  await askAboutLocked(store, named(STREAM));
  expect(await allVersions(store)).toEqual([]);
  await askAboutLocked(store, named('debian:13:amd64'));
  expect(await allVersions(store)).toMatchObject([{ version: '1.0-1', assets: 1 }]);
});

it('a file is on offer by its source and its bytes', async () => {
  await assess([host('p', 'prod')], {});
  const { source, sha256 } = aPackage();
  expect(await isOnOffer(store, source, sha256)).toBe(true);
  expect(await isOnOffer(store, 'other', sha256)).toBe(false);
  expect(await isOnOffer(store, source, 'b'.repeat(64))).toBe(false);
});

describe('selectedPackages', () => {
  beforeEach(() =>
    assess(
      [host('p', 'prod'), host('lab', 'lab', 'set-2'), { ...host('silent', 'prod'), unknown: 'unreachable' }],
      { components: [aPart(), aPart({ set: 'set-2', name: 'curl' })] },
      [
        aBaseline('a', { rings }),
        aBaseline('shadowed', { priority: 1, select: { all: [{ label: 'env', in: ['lab'] }] } }),
        aBaseline('none', { select: { all: [{ label: 'env', in: ['nowhere'] }] } }),
      ],
    ),
  );
  const all = ['libssl3', 'curl'];

  it.each<[string, unknown]>([
    [
      'a',
      {
        ...{ known: 2, unknown: 1 },
        installed: [
          { stream: STREAM, name: 'curl' },
          { stream: STREAM, name: 'libssl3' },
        ],
      },
    ],
    ['shadowed', { known: 1, unknown: 0, installed: [{ stream: STREAM, name: 'curl' }] }],
    ['none', undefined],
  ])(
    '%s: all hosts that it selects, also where another one governs or no ring takes them',
    async (id, expected) => {
      expect(await selectedPackages(id, all)).toEqual(expected);
    },
  );
});
