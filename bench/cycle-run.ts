/**
 * One cycle in a process of its own: node cycle-run.js <directory> plain|slow. Prints one line of JSON; `slow` tells the
 * statements and calls that took longest on stderr.
 */
import { pathToFileURL } from 'node:url';
import { loadPolicyEngine, loadRuleCatalogue } from '../src/adapters/policy-opa-wasm.ts';
import { runReconcile } from '../src/app/run-reconcile.ts';
import { createWire, type Wire } from '../src/app/wire.ts';
import { NOW, openWorld } from './cycle-world.ts';
import { type Spent, tellWorst, timedGit, timedStore } from './timed-ports.ts';

const [dir = '', mode] = process.argv.slice(2);
const world = openWorld(dir);
const policies = pathToFileURL(`${process.cwd()}/policies/build/`);
const spent: Spent = new Map();
/** Seconds since the start of the process, when a part began. */
const began: Record<string, number> = {};
const mark = (part: string): void => {
  began[part] ??= performance.now() / 1000;
};

const real = createWire();
const wire: Wire = {
  ...real,
  clock: { ...real.clock, now: () => NOW },
  policy: () => loadPolicyEngine(policies),
  rules: () => loadRuleCatalogue(policies),
  git: async (path) => {
    mark('history walk');
    const git = await real.git(path);
    return mode === 'slow' ? timedGit(git, spent) : git;
  },
  fleetStore: async (directory) => {
    mark('load and decide');
    const store = await real.fleetStore(directory);
    const rows: typeof store.rows = (sql, params) => {
      if (sql.includes('firstSeen ORDER BY ALL')) mark('proposals');
      return store.rows(sql, params);
    };
    const run: typeof store.run = (sql, params) => {
      if (sql.includes('TABLE locked ')) mark('proposals');
      if (sql.includes('TABLE top_baseline')) mark('observations');
      return store.run(sql, params);
    };
    const marked = { ...store, rows, run };
    return mode === 'slow' ? timedStore(marked, spent) : marked;
  },
};
const keys = { bot: world.bot, log: world.log };
const credentials = {} as Parameters<typeof runReconcile>[1]['credentials'];
const { actions, leftOut, observations } = await runReconcile(wire, {
  ...{ repo: world.clone, trustAnchor: world.anchor, keys, credentials, dryRun: false },
});
const seconds = performance.now() / 1000;
const times = Object.entries(began).sort(([, a], [, b]) => a - b);
const parts = Object.fromEntries(
  times.map(([part, from], i) => [part, (times[i + 1]?.[1] ?? seconds) - from] as const),
);
const cpu = process.cpuUsage();
console.log(
  JSON.stringify({
    seconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    parts: { start: times[0]?.[1] ?? 0, ...parts },
    actions: actions.map(({ action, kind, scope }) => ({ action, kind, scope })),
    leftOut: leftOut.length,
    observations: observations.length,
  }),
);
if (mode === 'slow') tellWorst(spent);
