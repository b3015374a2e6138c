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
import { documentsOf } from './decide-documents.ts';
import { AS_OF, type FleetName } from './decide-fleets.ts';
import { checkSample } from './decide-sample.ts';
import { type Spent, tellWorst, timedStore } from './timed-ports.ts';

const [directory = '', fleet = 'golden', mode, sampled = ''] = process.argv.slice(2);
const policies = pathToFileURL(`${process.cwd()}/policies/build/`);

const spent: Spent = new Map();

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
    return mode === 'slow' ? timedStore(store, spent) : store;
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
  tellWorst(spent, 25);
  const all = [...spent.values()].reduce((sum, { ms }) => sum + ms, 0);
  console.error(
    `statements ${Math.round(all)} ms of ${Math.round(cpu.user / 1000 + cpu.system / 1000)} ms CPU`,
  );
}
