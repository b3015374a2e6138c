import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeSources } from '../../../src/assess/fleet/judgements.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { loadRows, tempFleetStore } from '../../support/fleet-store.ts';
import { anAdvisory, aWorld } from '../../support/fleet-world.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

const [openssl] = aWorld([]).affected;
const about = (advisory: string, name: string) => ({ ...openssl, advisory, package: name }) as never;
const record = (advisory: string, change: object) => ({ ...anAdvisory(), advisory, aliases: [], ...change });

/** Judges one version of openssl by records of which the last is about another package only. */
async function judged(named: { kind?: string; related?: string[] }, elsewhere: { aliases: string[] }) {
  await loadRows(store, {
    advisories: [
      record('CVE-2024-1111', {}),
      record('OTHER-1', { kind: 'vulnerability', ...named }),
      record('OTHER-2', elsewhere),
    ],
    affected: [about('CVE-2024-1111', 'openssl'), about('OTHER-1', 'openssl'), about('OTHER-2', 'zlib')],
  });
  await store.run(`CREATE OR REPLACE TABLE part AS SELECT 1 AS part, 'debian:12' AS ecosystem, 'openssl' AS sourcePackage,
    '1.0-1' AS sourceVersion, NULL::VARCHAR AS module`);
  await store.run(`CREATE OR REPLACE TABLE source_of AS SELECT *, sourcePackage AS advisoryPackage,
    sourceVersion AS advisoryVersion FROM (SELECT ecosystem, sourcePackage, sourceVersion FROM part)`);
  await judgeSources(store);
  return store.rows<{ advisory: string; records: string[] }>(
    'SELECT advisory, records FROM judgement JOIN told USING (told) ORDER BY ALL',
  );
}

const MERGED = [{ advisory: 'CVE-2024-1111', records: ['CVE-2024-1111', 'OTHER-1'] }];

describe('judgeSources', () => {
  it('knows the names that records about other packages give', async () => {
    expect(await judged({}, { aliases: ['OTHER-1', 'CVE-2024-1111'] })).toHaveLength(2);
    expect(await judged({}, { aliases: ['OTHER-1'] })).toEqual([
      { advisory: 'CVE-2024-1111', records: ['CVE-2024-1111'] },
      { advisory: 'OTHER-1', records: ['OTHER-1'] },
    ]);
    expect(await judged({ kind: 'bulletin', related: ['OTHER-2'] }, { aliases: [] })).toHaveLength(2);
    expect(await judged({ kind: 'bulletin', related: ['OTHER-2'] }, { aliases: ['CVE-2024-1111'] })).toEqual(
      MERGED,
    );
  });
});
