import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { directoryIntelFeed } from '../../src/adapters/intel-feed-directory.ts';
import { observeIntel } from '../../src/observe/intel.ts';
import { hasSharedData, SHARED_DATA, sharedDataNote } from '../support/shared-data.ts';

const VULNRICHMENT = 'intel/vulnrichment';
const SECONDS = 30;

/** Rows of the flat index: cve, exploitation, automatable, technical impact, time, day in the catalogue, CVSS. */
const indexRows = (): readonly (readonly string[])[] =>
  gunzipSync(readFileSync(join(SHARED_DATA, VULNRICHMENT, 'ssvc-index-derived.tsv.gz')))
    .toString()
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t').map((cell) => cell.trim()));

describe.skipIf(!hasSharedData)(`all of CISA's Vulnrichment of 24 October 2024${sharedDataNote}`, () => {
  it(`is read in ${SECONDS} s of processor time, and says what its flat index says, row by row`, async () => {
    const before = process.cpuUsage();
    const intel = await observeIntel([
      directoryIntelFeed(join(SHARED_DATA, VULNRICHMENT, 'vulnrichment-full-2024-10-24.tar.xz'), {
        kind: 'cve',
      }),
    ]);
    const { user } = process.cpuUsage(before);
    expect(user / 1e6).toBeLessThan(SECONDS);
    expect(intel).toMatchObject({ problems: [], ignored: 0, records: 44_130 });
    const index = indexRows();
    expect(index).toHaveLength(44_130);
    const told = index.filter((row) => row[1] !== '');
    expect(index.length - told.length).toBe(104);

    const ssvc = intel.ssvc.filter((s) => s.source === 'CISA-ADP');
    expect(ssvc).toHaveLength(44_130 - 104);
    expect(
      ssvc.map((s) => [s.cve, s.exploitation, s.automatable, s.technicalImpact, s.at].join(' ')),
    ).toEqual(
      told
        .map(([cve, ...points]) =>
          [cve, ...points.slice(0, 3).map((p) => p.toLowerCase()), points[3]].join(' '),
        )
        .sort(),
    );
    // One CNA assesses by itself; it does not pass for CISA.
    expect(intel.ssvc.length - ssvc.length).toBe(1);

    const own = intel.claims.filter((c) => c.source === 'CISA-ADP');
    const claimed = (kind: string) =>
      own.filter((c) => c.kind === kind).map((c) => `${c.cve} ${kind === 'kev' ? c.value : c.vector}`);
    expect(claimed('kev')).toEqual(
      index
        .filter((r) => r[5])
        .map((r) => `${r[0]} ${r[5]}`)
        .sort(),
    );
    const vectors = index.flatMap(([cve, , , , , , cvss = '']) =>
      [...cvss.matchAll(/=(CVSS:[^=]+)=([\d.]+)/g)].map((m) => [cve, m[1], Number(m[2])] as const),
    );
    expect(claimed('cvss')).toEqual(vectors.map(([cve, vector]) => `${cve} ${vector}`).sort());
    // The scores that are computed here are those that were published; two are not what their own vector says.
    const scores = new Map(
      own.filter((c) => c.kind === 'cvss').map((c) => [`${c.cve} ${c.vector}`, Number(c.value)]),
    );
    expect(
      vectors.flatMap(([cve, vector, score]) => (scores.get(`${cve} ${vector}`) === score ? [] : [cve])),
    ).toEqual(['CVE-2024-28568', 'CVE-2024-28575']);
  });
});
