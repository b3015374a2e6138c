import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assessFleet } from '../../../src/assess/fleet/assess-fleet.ts';
import {
  governedAssets,
  urgentFindings,
  versionsInSets,
} from '../../../src/assess/fleet/proposal-answers.ts';
import type { Baseline } from '../../../src/contracts/generated/baseline.ts';
import type { FleetRows } from '../../../src/contracts/generated/fleet-rows.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { fakePolicy } from '../../support/fakes/policy-decide.ts';
import { loadRows, tempFleetStore } from '../../support/fleet-store.ts';
import {
  aBaseline,
  anAdvisory,
  anAsset,
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

const FLEET = [anAsset('t-1', { env: 'test', unit: 'shop' }), anAsset('p-1', { env: 'prod' })];
const rings = [{ id: 'test', select: { all: [{ label: 'env', in: ['test'] }] } }];

async function assess(change: Partial<FleetRows> = {}, baseline: Partial<Baseline> = {}) {
  await loadRows(store, aWorld(FLEET, { packages: [aPackage()], ...change }));
  const baselines = [aBaseline('a', baseline)];
  const documents = { config: { intel: { feeds: [] } } as never, baselines, exceptions: [], holds: [] };
  await assessFleet({ store, policy: fakePolicy(), reads: [] }, { documents, asOf: '2024-10-24T12:00:00Z' });
}

it('names the hosts that a ring governs, with their labels and component set', async () => {
  await assess({}, { rings });
  const [host, ...others] = await governedAssets(store, 'a');
  expect(others).toEqual([]);
  expect(host).toMatchObject({
    asset: 't-1',
    ring: 'test',
    stream: STREAM,
    labels: { env: 'test', unit: 'shop' },
  });
  expect(await governedAssets(store, 'other')).toEqual([]);
  const versions = await versionsInSets(store, 'a', ['libssl3', 'nothing']);
  expect(versions).toEqual([{ set: host?.set, name: 'libssl3', arch: 'amd64', version: '1.0-1' }]);
  expect(await versionsInSets(store, 'a', ['nothing'])).toEqual([]);
});

describe('the most urgent findings', () => {
  const CVE = 'CVE-2024-1';
  it('tell what each source says, and which rule binds', async () => {
    await assess({
      kev: [{ cve: CVE, dateAdded: '2024-10-10', dueDate: '2024-10-31', ransomware: false }],
      epss: [{ cve: CVE, score: 0.42, percentile: 0.9, modelDate: '2024-10-23' }],
      ssvc: [
        {
          ...{ cve: CVE, at: '2024-10-11T00:00:00Z', exploitation: 'poc', automatable: 'no' },
          ...{ technicalImpact: 'partial', source: 'other' },
        },
        {
          ...{ cve: CVE, at: '2024-10-10T00:00:00Z', exploitation: 'active', automatable: 'yes' },
          ...{ technicalImpact: 'total', source: 'CISA-ADP' },
        },
      ],
    });
    expect(await urgentFindings(store, 'a', ['libssl3'], 10)).toEqual([
      {
        advisory: 'ADV-1',
        name: 'libssl3',
        severity: 'high',
        kev: { added: '2024-10-10', due: '2024-10-31' },
        epss: { score: 0.42, modelDate: '2024-10-23' },
        ssvc: { exploitation: 'active', automatable: 'yes', technicalImpact: 'total', source: 'CISA-ADP' },
        due: '2024-10-31',
        rule: expect.any(String),
      },
    ]);
    expect(await urgentFindings(store, 'a', ['other'], 10)).toEqual([]);
    expect(await urgentFindings(store, 'other', ['libssl3'], 10)).toEqual([]);
    expect(await urgentFindings(store, 'a', ['libssl3'], 0)).toEqual([]);
  });

  it('say nothing for sources that are silent, and three of a package are enough', async () => {
    const [affected] = aWorld([]).affected;
    const names = ['ADV-1', 'ADV-2', 'ADV-3', 'ADV-4'];
    await assess({
      components: [aPart()],
      advisories: names.map((advisory) => ({ ...anAdvisory(), advisory, aliases: [] })),
      affected: names.flatMap((advisory) => (affected ? [{ ...affected, advisory }] : [])),
    });
    const found = await urgentFindings(store, 'a', ['libssl3'], 10);
    expect(found.map((f) => f.advisory)).toEqual(['ADV-1', 'ADV-2', 'ADV-3']);
    expect(found[0]).toMatchObject({ kev: null, epss: null, ssvc: null });
  });
});
