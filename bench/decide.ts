/**
 * Times decisions over whole fleets: npm run bench:decide -- [hosts] [--fleet golden,messy,worst] [--dir <cache>] [--sample <hosts>].
 * Every measurement is a process of its own, reads Parquet from disk and uses two threads.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openFleetDuckdb } from '../src/adapters/fleet-duckdb.ts';
import { directoryStateStore } from '../src/adapters/state-store-directory.ts';
import { type BenchFleet, FLEETS, type FleetName, writeFleet } from './decide-fleets.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    fleet: { type: 'string', default: FLEETS.join(',') },
    dir: { type: 'string', default: join(tmpdir(), 'patchwarden-bench-decide') },
    sample: { type: 'string', default: '21' },
    slow: { type: 'boolean', default: false },
  },
});
const hosts = Number(positionals[0] ?? 1_000_000);
const fleets = values.fleet.split(',') as FleetName[];

/** Directory of a fleet; made when it is not there. */
async function prepare(asked: BenchFleet): Promise<string> {
  const directory = join(values.dir, `${asked.fleet}-${asked.hosts}${asked.changed ? '-changed' : ''}`);
  if (existsSync(join(directory, 'fleet', 'manifest.json'))) return directory;
  mkdirSync(directory, { recursive: true });
  const from = performance.now();
  const store = await openFleetDuckdb({ directory, threads: 2 });
  try {
    await writeFleet(store, directoryStateStore(directory), asked);
  } finally {
    await store.close();
  }
  console.error(`made ${directory} in ${((performance.now() - from) / 1000).toFixed(1)} s`);
  return directory;
}

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly rssMb: number;
  readonly locateSeconds: number;
  readonly findings: number;
  readonly contexts: number;
  readonly classes: number;
  readonly decisions: number;
  readonly questions: number;
  readonly opaMicros: number | null;
}

function measure(directory: string, fleet: FleetName, sample: readonly number[]): Measured {
  const script = fileURLToPath(new URL('decide-run.js', import.meta.url));
  const args = [script, directory, fleet, values.slow ? 'slow' : 'plain', sample.join(',')];
  const out = execFileSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(out) as Measured;
}

/** Hosts from everywhere in the fleet; every third one may have an exception of its own. */
const sampleOf = (n: number): readonly number[] =>
  Array.from({ length: n }, (_, k) => (k % 3 === 0 ? (k * 31) % hosts : Math.floor((k * hosts) / n)));

function row(what: string, m: Measured): Record<string, string | number> {
  const opaSeconds = m.opaMicros === null ? null : (m.opaMicros * m.findings) / 1e6;
  return {
    what,
    seconds: Number(m.seconds.toFixed(1)),
    'CPU s': Number(m.cpuSeconds.toFixed(1)),
    'RSS MB': m.rssMb,
    'locate s': Number(m.locateSeconds.toFixed(2)),
    findings: m.findings,
    contexts: m.contexts,
    classes: m.classes,
    decisions: m.decisions,
    'opa s': opaSeconds === null ? '-' : Math.round(opaSeconds),
    'times opa': opaSeconds === null ? '-' : Math.round(opaSeconds / m.seconds),
    checked: m.questions,
  };
}

const sample = Number(values.sample);
const table: Record<string, string | number>[] = [];
for (const fleet of fleets) {
  const directory = await prepare({ fleet, hosts, changed: false });
  const answers = join(directory, 'answers.json');
  const judgements = join(directory, 'judgements');
  rmSync(answers, { force: true });
  rmSync(judgements, { recursive: true, force: true });
  table.push(row(fleet, measure(directory, fleet, sampleOf(sample))));
  // The next run after the first one: it finds in its state location what policy has answered, and what was judged.
  const changed = await prepare({ fleet, hosts, changed: true });
  copyFileSync(answers, join(changed, 'answers.json'));
  rmSync(join(changed, 'judgements'), { recursive: true, force: true });
  cpSync(judgements, join(changed, 'judgements'), { recursive: true });
  table.push(row(`${fleet}, 1 % changed`, measure(changed, fleet, sampleOf(Math.ceil(sample / 3)))));
}
console.table(table);
