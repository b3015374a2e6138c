import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPolicyEngine } from '../../../src/adapters/policy-opa-wasm.ts';
import { acceptedFindings } from '../../../src/assess/fleet/accepted.ts';
import { assessFleet } from '../../../src/assess/fleet/assess-fleet.ts';
import { explainFindings } from '../../../src/assess/fleet/explain.ts';
import { explainSources } from '../../../src/assess/fleet/explain-claims.ts';
import { assetFindings } from '../../../src/assess/fleet/queries.ts';
import type { Exception } from '../../../src/contracts/generated/exception.ts';
import type { FleetRows } from '../../../src/contracts/generated/fleet-rows.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { loadRows, tempFleetStore } from '../../support/fleet-store.ts';
import { aBaseline, anAsset, anException, aWorld } from '../../support/fleet-world.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

const policy = await loadPolicyEngine();
const fleet = [anAsset('web', { role: 'web' }), anAsset('db', { role: 'db' })];

async function assess(exceptions: Exception[], change: Partial<FleetRows> = {}) {
  await loadRows(store, aWorld(fleet, change));
  const config = { intel: { feeds: [] } } as never;
  const documents = { config, baselines: [aBaseline('all')], exceptions, holds: [] };
  await assessFleet({ store, policy, reads: [] }, { documents, asOf: '2024-10-24T12:00:00Z' });
}

describe('what exceptions accept', () => {
  it('is each version of a package once, by the exception whose rule accepts it', async () => {
    const onWeb = anException('on-web', { select: { all: [{ label: 'role', in: ['web'] }] } });
    await assess([anException('all'), onWeb, anException('other', { match: { advisories: ['ADV-9'] } })]);
    const one = { advisory: 'ADV-1', names: ['ADV-1', 'CVE-2024-1'], stream: 'debian:12:amd64' };
    const part = { name: 'libssl3', arch: 'amd64', version: '1.0-1' };
    expect(await acceptedFindings(store)).toEqual([
      { exception: 'all', ...one, ...part },
      { exception: 'on-web', ...one, ...part },
    ]);
  });

  it('is nothing where a rule ignores the exception', async () => {
    const kev = [{ cve: 'CVE-2024-1', dateAdded: '2024-10-01', dueDate: null, ransomware: false }];
    await assess([anException('no-control')], { kev });
    expect(await acceptedFindings(store)).toEqual([]);
  });
});

describe('the clock of a finding', () => {
  it('runs on from where it always did, however often its exception is renewed', async () => {
    const dues = async (exceptions: Exception[]) => {
      await assess(exceptions);
      return (await assetFindings(store, ['web'])).map((f) => [f.status, f.due]);
    };
    const first = anException('risk', { validUntil: '2024-10-31' });
    const renewed = anException('risk', { validFrom: '2024-10-20', validUntil: '2025-06-30' });
    expect(await dues([])).toEqual([['missing', '2024-10-31']]);
    expect(await dues([first])).toEqual([['excepted', '2024-10-31']]);
    expect(await dues([renewed])).toEqual([['excepted', '2024-10-31']]);
  });
});

describe('the sources behind an explanation', () => {
  it('are every statement and claim about the vulnerability by any of its names, and which of them counts', async () => {
    const claim = { cve: 'CVE-2024-1', kind: 'cvss' as const, value: '7.5', vector: null, at: null };
    const said = {
      ...{ source: 'openvex:Vendor', document: 'vex-1', at: null, vulnerability: 'CVE-2024-1' },
      ...{ product: 'pkg:deb/debian/libssl3', status: 'fixed' as const, justification: null },
      ...{ statement: null, feed: 'vendor' },
    };
    await assess([], {
      claims: [
        { ...claim, source: 'osv:ADV-1' },
        { ...claim, source: 'nvd-primary:nvd', value: '9.8' },
        { ...claim, cve: 'CVE-2024-2', source: 'osv:ADV-2' },
      ],
      vex: [said, { ...said, product: 'pkg:deb/debian/other' }],
    });
    const sources = await explainSources(store, 'web', await explainFindings(store, 'web', 'ADV-1'));
    expect(sources.claims.map((c) => [c.source, c.value, c.counts])).toEqual([
      ['nvd-primary:nvd', '9.8', false],
      ['osv:ADV-1', '7.5', true],
    ]);
    expect(sources.statements).toEqual([
      {
        ...{ ...said, advisory: 'ADV-1', name: 'libssl3' },
        why: 'it names no version, so that nobody sees whether it is installed',
      },
    ]);
  });
});
