/**
 * One measurement in a process of its own, so that its memory is its own: node decide-run.js <directory> <fleet> plain|slow [hosts to look at again].
 * Prints one line of JSON. `slow` tells the statements that took longest on stderr.
 */
import { pathToFileURL } from 'node:url';
import { openFleetDuckdb } from '../src/adapters/fleet-duckdb.ts';
import { loadPolicyEngine, loadRuleCatalogue } from '../src/adapters/policy-opa-wasm.ts';
import { programDigest } from '../src/adapters/program-digest.ts';
import { directoryStateStore } from '../src/adapters/state-store-directory.ts';
import { openAssessedFleet } from '../src/app/status.ts';
import { locateAdvisory } from '../src/assess/fleet/locate.ts';
import type { AdvisoryRow, AffectedRow } from '../src/contracts/generated/fleet-rows.ts';
import type { FleetStore } from '../src/ports/fleet-store.ts';
import { documentsOf } from './decide-documents.ts';
import { AS_OF, type FleetName } from './decide-fleets.ts';
import { checkSample } from './decide-sample.ts';

const [directory = '', fleet = 'golden', mode, sampled = ''] = process.argv.slice(2);
const policies = pathToFileURL(`${process.cwd()}/policies/build/`);

/** CPU time of all threads: it says more than the clock on a machine that does other things as well. */
const cpuMs = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1000;
const spent = new Map<string, { ms: number; times: number }>();
function timed(store: FleetStore): FleetStore {
  const time = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    const from = cpuMs();
    const value = await act();
    const words = what.replace(/\s+/g, ' ').slice(0, 90);
    const { ms, times } = spent.get(words) ?? { ms: 0, times: 0 };
    spent.set(words, { ms: ms + cpuMs() - from, times: times + 1 });
    return value;
  };
  return {
    ...store,
    run: (sql, params) => time(sql, () => store.run(sql, params)),
    rows: (sql, params) => time(sql, () => store.rows(sql, params)),
    append: (table, columns, rows) => time(`append ${table}`, () => store.append(table, columns, rows)),
    importParquet: (table, file) => time(`import ${table}`, () => store.importParquet(table, file)),
  };
}

/** Of a package that is often released, in all streams. */
function newAdvisory(): [AdvisoryRow, AffectedRow[]] {
  const advisory = 'CVE-2024-99999';
  const row = {
    scheme: 'dpkg',
    introduced: '0',
    fixed: '1.0-8',
    lastAffected: null,
    versions: [],
    urgency: null,
  } as const;
  const told = {
    aliases: [],
    related: [],
    summary: '',
    published: AS_OF,
    modified: null,
    withdrawn: null,
  } as const;
  return [
    {
      advisory,
      kind: 'vulnerability',
      ...told,
      aliases: [],
      related: [],
      severity: 'critical',
      severitySource: 'none',
      score: null,
      feed: 'bench',
    },
    ['debian:11', 'debian:12', 'ubuntu:22.04'].map((ecosystem) => ({
      advisory,
      ecosystem,
      package: 'source-3',
      ...row,
      versions: [],
    })),
  ];
}

const started = performance.now();
const policy = await loadPolicyEngine(policies);
const ports = {
  stateStore: directoryStateStore,
  fleetStore: async (dir: string) => {
    const store = await openFleetDuckdb({ directory: dir, threads: 2, memoryMib: 1300 });
    return mode === 'slow' ? timed(store) : store;
  },
  policy: async () => policy,
  rules: () => loadRuleCatalogue(policies),
  ownPolicy: async () => undefined,
  programDigest,
};
const documents = documentsOf(fleet as FleetName);
const { store, assessment, close } = await openAssessedFleet(ports, {
  repo: directory,
  documents,
  asOf: AS_OF,
});
const seconds = (performance.now() - started) / 1000;
const cpu = process.cpuUsage();
const [classes] = await store.rows<{ n: number }>('SELECT count(*) AS n FROM class');
const { exceptionUse: _, exceeded: __, ...counts } = assessment;
const locating = performance.now();
const located = await locateAdvisory(store, ...newAdvisory());
const locateSeconds = (performance.now() - locating) / 1000;
const locatedAssets = located.reduce((sum, l) => sum + l.assets, 0);
const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
const sample = await checkSample(
  store,
  policy,
  documents,
  AS_OF,
  sampled.split(',').filter(Boolean).map(Number),
);
await close();
console.log(
  JSON.stringify({
    seconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    rssMb,
    locateSeconds,
    locatedAssets,
    classes: classes?.n,
    ...counts,
    ...sample,
  }),
);
if (mode === 'slow') {
  const worst = [...spent].sort(([, a], [, b]) => b.ms - a.ms);
  for (const [what, { ms, times }] of worst.slice(0, 25))
    console.error(`${Math.round(ms)} ms, ${times} ×: ${what}`);
  const all = worst.reduce((sum, [, { ms }]) => sum + ms, 0);
  console.error(
    `statements ${Math.round(all)} ms of ${Math.round(cpu.user / 1000 + cpu.system / 1000)} ms CPU`,
  );
}
