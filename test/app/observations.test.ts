import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observations } from '../../src/app/observations.ts';
import { assessFleet } from '../../src/assess/fleet/assess-fleet.ts';
import type { EvidenceEntry } from '../../src/contracts/generated/evidence-entry.ts';
import type { PolicyDocuments } from '../../src/contracts/policy-repository.ts';
import type { FleetStore } from '../../src/ports/fleet-store.ts';
import { effectEntry, intentEntry } from '../support/builders/evidence.ts';
import { entry, key, lock } from '../support/builders/rings.ts';
import { fakePolicy } from '../support/fakes/policy-decide.ts';
import { loadRows, tempFleetStore } from '../support/fleet-store.ts';
import { aBaseline, anAsset, anException, aPart, aWorld } from '../support/fleet-world.ts';

const NOW = '2024-10-24T12:00:00Z';
const WEB = { all: [{ label: 'role', in: ['web'] }] };
const PATH = 'locks/web/all.lock.json';
const locked = { ...lock('all', 1, { libssl3: entry('1.0-2') }), baseline: 'web' };

/** One rollout brings 1.0-2 to web-1, and ends so. */
const rollout = (run: string, outcome: 'installed' | 'restored' | 'failed'): readonly EvidenceEntry[] => {
  const about = { run, asset: 'web-1', time: '2024-10-20T00:00:00Z' };
  const packages = [{ purl: key('libssl3'), from: '1.0-1', to: '1.0-2', sha256: 'a'.repeat(64) }];
  return [intentEntry({ ...about, packages }), effectEntry({ ...about, outcome })];
};

describe('observations', () => {
  let store: FleetStore;
  beforeAll(async () => {
    store = await tempFleetStore();
    await loadRows(
      store,
      aWorld([anAsset('db-1', { role: 'db' }), anAsset('web-1', { role: 'web' })], { components: [aPart()] }),
    );
    const baselines = [aBaseline('web', { select: WEB })];
    const documents = { config: { intel: { feeds: [] } } as never, baselines, exceptions: [], holds: [] };
    await assessFleet({ store, policy: fakePolicy(), reads: [] }, { documents, asOf: NOW });
  });
  afterAll(() => store.close());

  const look = async (
    evidence: readonly EvidenceEntry[] = [],
    {
      disclose = 'counts',
      mode = 'propose',
    }: { disclose?: 'counts' | 'names'; mode?: 'observe' | 'propose' } = {},
  ) => {
    const documents = {
      ...{ config: { disclose }, baselines: [aBaseline('web', { select: WEB, mode })], calendars: [] },
      ...{ exceptions: [anException('e')], locks: new Map([[PATH, locked]]) },
    } as unknown as PolicyDocuments;
    const all = await observations(
      documents,
      { store },
      {
        ...{ foreign: [], merges: [], evidence, now: NOW, uses: [{ exception: 'e', assets: 7 }] },
        history: new Map([
          ['e', { widened: true, firstAccepted: '2024-01-01', since: '2024-01-01', renewals: 0 }],
        ]),
      },
    );
    return all.map((o) => `${o.code} ${o.subject} ${o.assets} ${o.names.join()}`.trimEnd());
  };
  const ALWAYS = ['unselected-assets fleet 1', 'exception-widened e 7'];
  const BACK = 'behind-again web/all 1';

  it.each<[string, readonly EvidenceEntry[], boolean]>([
    ['what a rollout brought', rollout('1', 'installed'), true],
    ['what never came', rollout('1', 'failed'), false],
    ['what it took back itself', [...rollout('1', 'installed'), ...rollout('2', 'restored')], false],
    ['what came again after that', [...rollout('1', 'restored'), ...rollout('2', 'installed')], true],
  ])('a host lost %s', async (_, evidence, told) => {
    expect(await look(evidence)).toEqual(told ? [ALWAYS[0], BACK, ALWAYS[1]] : ALWAYS);
  });

  it('hosts are named only where the config says so', async () => {
    expect(await look(rollout('1', 'installed'), { disclose: 'names' })).toEqual([
      'unselected-assets fleet 1 db-1',
      `${BACK} web-1`,
      'exception-widened e 7',
    ]);
  });

  it('locks of a baseline that only observes are not looked at', async () => {
    expect(await look(rollout('1', 'installed'), { mode: 'observe' })).toEqual(ALWAYS);
  });
});
