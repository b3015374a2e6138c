import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directoryIntelFeed } from '../../../src/adapters/intel-feed-directory.ts';
import { buildCheckReport } from '../../../src/assess/check.ts';
import { assessFleet } from '../../../src/assess/fleet/assess-fleet.ts';
import { assetFindings } from '../../../src/assess/fleet/queries.ts';
import { fleetRows } from '../../../src/observe/fleet-rows.ts';
import { observeIntel } from '../../../src/observe/intel.ts';
import { readReport } from '../../../src/observe/reports/read-report.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { FAKE_READS, fakePolicy } from '../../support/fakes/policy-decide.ts';
import { loadRows, NO_ROWS, tempFleetStore } from '../../support/fleet-store.ts';
import { aBaseline } from '../../support/fleet-world.ts';
import { hasSharedData, SHARED_DATA, sharedArchive, sharedDataNote } from '../../support/shared-data.ts';

const ADVISORIES = ['almalinux-osv/almalinux-osv-2026-05-08.tar.xz', 'rocky-osv-2024-10.tar.xz'];
const HOSTS = { alma_8: 'almalinux:8:x86_64', rocky_9: 'rocky:9:x86_64', rocky_10: 'rocky:10:x86_64' };

describe.skipIf(!hasSharedData)(`real rpm hosts in a fleet${sharedDataNote}`, () => {
  let store: FleetStore;
  beforeAll(async () => {
    store = await tempFleetStore();
  });
  afterAll(() => store.close());

  it('have the findings that check gives each of them', async () => {
    const scans = await sharedArchive('hosts/vuls-scan-results.tar.xz', /(?:alma_8|rocky_9|rocky_10)\.json$/);
    const seen = Object.entries(HOSTS).map(([id]) => ({
      source: { id, kind: 'report', path: `${id}.json` } as never,
      observation: readReport(scans.get(`${id}.json`) as Uint8Array, { label: id }),
    }));
    const intel = await observeIntel(
      ADVISORIES.map((path) => directoryIntelFeed(join(SHARED_DATA, 'advisories', path))),
      { ecosystems: new Set(Object.values(HOSTS).map((s) => s.replace(/:[^:]*$/, ''))) },
    );
    const { assets, components, origins } = fleetRows(seen, undefined, '2026-05-08T00:00:00Z');
    const { advisories, affected, kev } = intel;
    await loadRows(store, {
      ...NO_ROWS,
      ...{ assets: [...assets], components: [...components], origins: [...origins] },
      ...{ advisories: [...advisories], affected: [...affected], kev: [...kev] },
    });
    const documents = {
      config: { intel: { feeds: [] } } as never,
      baselines: [aBaseline('all')],
      exceptions: [],
      holds: [],
    };
    const started = performance.now();
    await assessFleet(
      { store, policy: fakePolicy(), reads: FAKE_READS },
      { documents, asOf: '2026-05-08T00:00:00Z' },
    );
    const found = await assetFindings(store, Object.keys(HOSTS));
    console.log(
      `${found.length} findings of 3 hosts assessed in ${Math.round(performance.now() - started)} ms`,
    );
    for (const { observation } of seen) {
      const id = observation.stream as string;
      const asset = Object.entries(HOSTS).find(([, stream]) => stream === id)?.[0];
      const report = buildCheckReport({ host: observation, intel, candidates: null });
      expect(
        found
          .filter((f) => f.asset === asset)
          .map((f) => `${f.name ?? '*'} ${f.version ?? '*'} ${f.advisory} ${f.fixed} ${f.severity}`)
          .sort(),
      ).toEqual(
        report.findings
          .map((f) => `${f.component.name} ${f.component.version} ${f.advisory} ${f.fixedIn} ${f.severity}`)
          .sort(),
      );
    }
    expect(found.filter((f) => f.asset === 'alma_8' && f.advisory !== null).length).toBe(582);
    // No advisory is about Rocky 10 in 2024: it is unknown, never clean.
    expect(found.filter((f) => f.asset === 'rocky_10').map((f) => f.status)).toEqual(['unknown']);
  });
});
