import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPolicyEngine } from '../../../src/adapters/policy-opa-wasm.ts';
import { assetFindings } from '../../../src/assess/fleet/queries.ts';
import type { Baseline } from '../../../src/contracts/generated/baseline.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { assessWorld } from '../../support/assessed-world.ts';
import { tempFleetStore } from '../../support/fleet-store.ts';
import { aBaseline, anAsset, aPackage, aPart, aWorld } from '../../support/fleet-world.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

const policy = await loadPolicyEngine();
type Match = Baseline['approve'][number]['match'];

/** One rule for two baselines; `inner` and `edge` are of one, `apart` of the other. */
async function statuses(match: Match, exposure: Record<string, string>, change = {}) {
  const approve = [
    { id: 'exposed', match },
    { id: 'others', match: {}, afterDays: 300 },
  ];
  const baselines = ['web', 'batch'].map((id) =>
    aBaseline(id, { approve, select: { all: [{ label: 'unit', in: [id] }] } }),
  );
  const unit = { inner: 'web', edge: 'web', apart: 'batch' };
  const hosts = Object.entries(unit).map(([host, of]) => {
    const label = exposure[host];
    return anAsset(host, { unit: of, ...(label === undefined ? {} : { exposure: label }) });
  });
  const rows = aWorld(hosts, { packages: [aPackage()], ...change });
  await assessWorld(store, policy, {
    rows: { ...rows, assets: rows.assets.map((a) => (a.asset === 'edge' ? { ...a, set: 'edge' } : a)) },
    baselines,
    exceptions: [],
    holds: [],
    asOf: '2024-10-24T12:00:00Z',
    feeds: [],
  });
  const findings = await assetFindings(store, Object.keys(unit));
  return Object.fromEntries(
    findings.flatMap((f) => (f.kind === 'vulnerability' ? [[f.asset, f.status]] : [])),
  );
}

const same = { components: [aPart(), aPart({ set: 'edge' })] };
const INTERNAL = { inner: 'internal', edge: 'internal', apart: 'internal' };

describe('an approval that asks how exposed hosts are', () => {
  it('fits where one host of the baseline is, for all of them, and in no other baseline', async () => {
    expect(await statuses({ exposure: ['open'] }, { ...INTERNAL, edge: 'internet' }, same)).toEqual({
      edge: 'missing',
      inner: 'missing',
      apart: 'waiting',
    });
  });

  it('fits nowhere where no host is', async () => {
    const all = { edge: 'waiting', inner: 'waiting', apart: 'waiting' };
    expect(await statuses({ exposure: ['open'] }, INTERNAL, same)).toEqual(all);
  });

  it('does not count hosts with another version of the package', async () => {
    const components = [aPart(), aPart({ set: 'edge', version: '1.0-1+b1' })];
    expect(
      await statuses({ exposure: ['open'] }, { ...INTERNAL, edge: 'internet' }, { components }),
    ).toMatchObject({
      edge: 'missing',
      inner: 'waiting',
    });
  });

  it.each([
    ['is not set', { edge: 'internal', inner: 'internal' }],
    ['is a word that says nothing', { ...INTERNAL, apart: 'dmz' }],
  ])('a label that %s is unknown', async (_name, exposure) => {
    expect(await statuses({ exposure: ['unknown'] }, exposure, same)).toEqual({
      edge: 'waiting',
      inner: 'waiting',
      apart: 'missing',
    });
  });
});
