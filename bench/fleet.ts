/**
 * Times the assessment of a synthetic fleet: npm run bench:fleet -- [assets] [component sets].
 * The fleet is messy on purpose: labels that select, exceptions, three streams, several origins. Same numbers every run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openFleetDuckdb } from '../src/adapters/fleet-duckdb.ts';
import { loadPolicyEngine } from '../src/adapters/policy-opa-wasm.ts';
import { assessFleet } from '../src/assess/fleet/assess-fleet.ts';
import { approvedMissing, nextDue } from '../src/assess/fleet/queries.ts';
import type { Baseline } from '../src/contracts/generated/baseline.ts';
import type { Exception } from '../src/contracts/generated/exception.ts';
import type { FleetRows } from '../src/contracts/generated/fleet-rows.ts';
import { appendRows } from '../src/observe/snapshot.ts';

const [assets = 100_000, sets = 500] = process.argv.slice(2).map(Number);
const PACKAGES = 300;
const STREAMS = ['debian:11:amd64', 'debian:12:amd64', 'ubuntu:22.04:amd64'];
const ENVS = ['prod', 'prod', 'prod', 'staging', 'test'];
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'unknown'] as const;

/** A small generator with a seed: mulberry32. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
const random = chance(42);
const below = (n: number): number => Math.floor(random() * n);
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
const streamOf = (set: number): string => STREAMS[set % STREAMS.length] as string;
const ecosystem = (stream: string): string => stream.slice(0, stream.lastIndexOf(':'));
const day = (back: number): string => new Date(Date.UTC(2024, 9, 24) - back * 86_400_000).toISOString();

function build(): FleetRows {
  const origins = (stream: string) => [`${ecosystem(stream)}/main`, `${ecosystem(stream)}-security/main`];
  const advisories = Array.from({ length: 3000 }, (_, i) => ({
    advisory: `CVE-2024-${10_000 + i}`,
    kind: 'vulnerability' as const,
    aliases: [],
    related: [],
    summary: '',
    published: day(below(200)),
    modified: null,
    withdrawn: null,
    severity: pick(SEVERITIES),
    severitySource: 'none',
    score: null,
    feed: 'bench',
  }));
  const packages = STREAMS.flatMap((stream) =>
    Array.from({ length: PACKAGES }, (_, i) => ({
      source: 'bench',
      origin: pick(origins(stream)),
      stream,
      security: random() < 0.5,
      name: `package-${i}`,
      version: '1.0-9',
      arch: 'amd64',
      sourcePackage: `source-${i % 120}`,
      sourceVersion: '1.0-9',
      sha256: 'a'.repeat(64),
      size: 1000,
      filename: `pool/${i}.deb`,
      section: 'libs',
      priority: 'optional',
      phased: null,
      fetch: 'host' as const,
      immutable: true,
      stanza: '',
    })),
  );
  return {
    assets: Array.from({ length: assets }, (_, i) => {
      const set = below(sets);
      return {
        asset: `host-${i}`,
        stream: streamOf(set),
        set: `set-${set}`,
        labels: {
          id: `host-${i}`,
          env: pick(ENVS),
          unit: `unit-${below(40)}`,
          exposure: pick(['internet', 'internal']),
        },
        unknown: random() < 0.001 ? 'unreadable' : null,
        runningKernel: null,
        rebootRequired: false,
        observedAt: day(0),
        source: 'bench',
      };
    }),
    components: Array.from({ length: sets }, (_, set) =>
      Array.from({ length: PACKAGES }, (__, i) => {
        const version = `1.0-${random() < 0.95 ? 9 : below(9)}`;
        return {
          set: `set-${set}`,
          name: `package-${i}`,
          version,
          arch: 'amd64',
          sourcePackage: `source-${i % 120}`,
          sourceVersion: version,
          held: random() < 0.002,
          state: 'installed' as const,
        };
      }),
    ).flat(),
    // Origins are left to the package sources: a million rows of them would only time the appender.
    origins: [],
    advisories,
    affected: advisories.flatMap((a, i) =>
      STREAMS.map((stream) => ({
        advisory: a.advisory,
        ecosystem: ecosystem(stream),
        package: `source-${i % 120}`,
        scheme: 'dpkg' as const,
        introduced: '0',
        fixed: random() < 0.9 ? `1.0-${below(10)}` : null,
        lastAffected: null,
        versions: [],
        urgency: null,
      })),
    ),
    ssvc: [],
    epss: [],
    kev: advisories
      .slice(0, 40)
      .map((a) => ({ cve: a.advisory, dateAdded: day(30).slice(0, 10), dueDate: null, ransomware: false })),
    packages,
    firstSeen: packages.map((p) => ({
      stream: p.stream,
      origin: p.origin,
      package: p.name,
      version: p.version,
      sourceVersion: p.sourceVersion,
      at: day(below(60)),
    })),
  };
}

const days = { critical: 7, high: 14, medium: 30, low: 90, unknown: 30 };
const baselines = Array.from(
  { length: 8 },
  (_, i): Baseline => ({
    apiVersion: 'patchwarden/v1',
    kind: 'Baseline',
    id: `base-${i}`,
    owner: 'team:bench',
    mode: 'propose',
    select:
      i === 0
        ? {}
        : { all: [{ label: 'unit', in: Array.from({ length: 5 }, (__, k) => `unit-${i * 5 + k}`) }] },
    priority: i === 0 ? 1 : 10,
    approve: [{ id: 'security', match: { classification: ['security'] }, afterDays: 7 }],
    deadlines: [
      { id: 'sla', kind: 'severity-sla', clock: 'fixAvailable', days },
      { id: 'kev', kind: 'kev', clock: 'kevAdded', days: 14 },
    ],
    rings: ['test', 'staging', 'prod'].map((env) => ({
      id: env,
      select: { all: [{ label: 'env', in: [env] }] },
    })),
  }),
);
const exceptions = Array.from(
  { length: 20 },
  (_, i): Exception => ({
    apiVersion: 'patchwarden/v1',
    kind: 'Exception',
    id: `exc-${i}`,
    owner: 'team:bench',
    reason: 'bench',
    ticket: 'B-1',
    match: { advisories: [`CVE-2024-${10_000 + i * 7}`] },
    select: { all: [{ label: 'unit', in: [`unit-${i}`] }] },
    validFrom: '2024-01-01',
    validUntil: '2024-12-31',
    decision: 'accept-risk',
  }),
);

async function timed<T>(what: string, act: () => Promise<T>): Promise<T> {
  const from = performance.now();
  const value = await act();
  console.log(`${what.padEnd(20)} ${((performance.now() - from) / 1000).toFixed(2)} s`);
  return value;
}

const directory = mkdtempSync(join(tmpdir(), 'patchwarden-bench-'));
const store = await openFleetDuckdb({ directory });
try {
  const rows = build();
  await timed('load', async () => {
    for (const table of Object.keys(rows) as (keyof FleetRows)[]) await appendRows(store, table, table, rows);
  });
  const policy = await loadPolicyEngine(pathToFileURL(`${process.cwd()}/policies/build/`));
  const documents = { config: { intel: { feeds: [] } } as never, baselines, exceptions, holds: [] };
  const result = await timed('assess', () =>
    assessFleet({ store, policy, reads: [] }, { documents, asOf: '2024-10-24T00:00:00Z' }),
  );
  const wanted = await timed('wanted (1 baseline)', () => approvedMissing(store, 'base-1'));
  await timed('next due', () => nextDue(store, 10));
  console.log(
    JSON.stringify({
      sets,
      ...result,
      wanted: wanted.length,
      rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
    }),
  );
} finally {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
}
