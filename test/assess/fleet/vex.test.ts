import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assessFleet } from '../../../src/assess/fleet/assess-fleet.ts';
import { assetFindings } from '../../../src/assess/fleet/queries.ts';
import { matchVex } from '../../../src/assess/fleet/vex.ts';
import type { FleetRows, KevRow, VexRow } from '../../../src/contracts/generated/fleet-rows.ts';
import { appendRows } from '../../../src/observe/snapshot.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { fakePolicy } from '../../support/fakes/policy-decide.ts';
import { loadRows, tempFleetStore } from '../../support/fleet-store.ts';
import { aBaseline, anAsset, aWorld } from '../../support/fleet-world.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
  await assess({});
});
afterAll(() => store.close());

const OWN = 'pkg:deb/debian/libssl3';
const said = (change: Partial<VexRow> = {}): VexRow => ({
  source: 'openvex:Vendor',
  document: 'vex-1',
  at: '2024-10-01T00:00:00Z',
  vulnerability: 'CVE-2024-1',
  product: OWN,
  status: 'not_affected',
  justification: 'vulnerable_code_not_present',
  statement: null,
  feed: 'vendor',
  ...change,
});
const EXPLOITED: KevRow[] = [
  { cve: 'CVE-2024-1', dateAdded: '2024-10-01', dueDate: null, ransomware: false },
];

/** The host has libssl3 1.0-1 of openssl 1.0-1; ADV-1, also called CVE-2024-1, is fixed in 1.0-2. */
async function assess(change: Partial<FleetRows>) {
  await loadRows(store, aWorld([anAsset('host', {})], change));
  const trust = ['pkg:deb/debian/*'];
  const config = { intel: { feeds: [{ kind: 'openvex', path: 'vendor', trust }] } } as never;
  const documents = { config, baselines: [aBaseline('all')], exceptions: [], holds: [] };
  await assessFleet({ store, policy: fakePolicy(), reads: [] }, { documents, asOf: '2024-10-24T12:00:00Z' });
  return (await assetFindings(store, ['host'])).map((f) => f.status);
}

/** What the statements come to for the package of the host, and why each does not count. */
async function matched(vex: VexRow[], products = ['pkg:deb/debian/*']) {
  await appendRows(store, 'vex', 'vex', { vex });
  await matchVex(store, [{ feed: 'vendor', products }]);
  const [part] = await store.rows<{ vex: string }>('SELECT vex FROM vex_part');
  const why = await store.rows<{ why: string | null }>('SELECT why FROM vex_said ORDER BY why NULLS FIRST');
  return [part?.vex ?? 'none', ...why.map((w) => w.why)];
}

describe('a statement of a trusted vendor', () => {
  it.each<[string, Partial<VexRow>, string]>([
    ['about all versions', {}, 'not-affected'],
    ['about the installed version', { product: `${OWN}@1.0-1` }, 'not-affected'],
    ['about the source package', { product: 'pkg:deb/debian/openssl@1.0-1?arch=source' }, 'not-affected'],
    ['about the release', { product: `${OWN}?distro=bookworm&arch=amd64` }, 'not-affected'],
    ['by another name of the vulnerability', { vulnerability: 'ADV-1' }, 'not-affected'],
    ['that the installed version is fixed', { status: 'fixed', product: `${OWN}@1.0-1` }, 'fixed'],
    ['that nobody knows yet', { status: 'under_investigation' }, 'none'],
  ])('%s counts', async (_, change, status) => {
    expect(await matched([said(change)])).toEqual([status, null]);
  });

  it.each<[string, Partial<VexRow>, string]>([
    ['another version', { product: `${OWN}@1.0-2` }, 'it is about another version'],
    ['another version as fixed', { status: 'fixed', product: `${OWN}@1.0-2` }, 'it is about another version'],
    [
      'another version of the source',
      { product: 'pkg:deb/debian/openssl@2?arch=source' },
      'it is about another version',
    ],
    [
      'no version as fixed',
      { status: 'fixed' },
      'it names no version, so that nobody sees whether it is installed',
    ],
    ['another release', { product: `${OWN}?distro=bullseye` }, 'it is about another release'],
    ['another architecture', { product: `${OWN}?arch=arm64` }, 'it is about another architecture'],
    ['a part of an image', { product: `${OWN} in pkg:oci/app` }, 'it is about less than the package'],
    ['what is not understood', { product: `${OWN}?variant=x` }, 'it is about less than the package'],
    ['anything in another feed', { feed: 'other' }, 'its feed is not trusted about it'],
    ['anything in a feed of before feeds were kept', { feed: null }, 'its feed is not trusted about it'],
  ])('about %s is only shown', async (_, change, why) => {
    expect(await matched([said(change)])).toEqual(['none', why]);
  });

  it.each<[string, Partial<VexRow>]>([
    ['package', { product: 'pkg:deb/debian/libssl1' }],
    ['binary package of that name', { product: 'pkg:deb/debian/openssl' }],
    ['distribution', { product: 'pkg:deb/ubuntu/libssl3' }],
    ['vulnerability', { vulnerability: 'CVE-2024-2' }],
  ])('about another %s is not even near', async (_, change) => {
    expect(await matched([said(change)])).toEqual(['none']);
  });

  it('counts where its feed is trusted about the product only', async () => {
    const vex = [said()];
    const why = 'its feed is not trusted about it';
    expect(await matched(vex, [OWN])).toEqual(['not-affected', null]);
    expect(await matched(vex, ['pkg:deb/debian/libssl'])).toEqual(['none', why]);
    expect(await matched(vex, [])).toEqual(['none', why]);
  });

  it('gives way to what the same source says later, whatever the form of the moment', async () => {
    const later = said({ status: 'affected', at: '2024-10-01T01:30:00+01:00' });
    expect(await matched([said(), later])).toEqual(['none', null, 'it was said anew later']);
    const untold = said({ status: 'affected', at: null });
    expect(await matched([said(), untold])).toEqual(['not-affected', null, 'it was said anew later']);
  });

  it('gives way to what another source of the feed says', async () => {
    const other = said({ source: 'openvex:Other', status: 'affected', at: '2023-01-01T00:00:00Z' });
    expect(await matched([said(), other])).toEqual(['none', null, null]);
    const fixed = said({ source: 'openvex:Other', status: 'fixed', product: `${OWN}@1.0-1` });
    expect(await matched([said(), fixed])).toEqual(['not-affected', null, null]);
  });
});

describe('a decision', () => {
  it('follows a statement that counts', async () => {
    expect(await assess({ vex: [said()] })).toEqual(['not-affected']);
    expect(await assess({ vex: [said({ status: 'fixed', product: `${OWN}@1.0-1` })] })).toEqual(['fixed']);
    expect(await assess({ vex: [said({ feed: 'other' })] })).toEqual(['missing']);
  });

  it('follows none where the vulnerability is known to be exploited', async () => {
    expect(await assess({ vex: [said()], kev: EXPLOITED })).toEqual(['missing']);
  });
});
