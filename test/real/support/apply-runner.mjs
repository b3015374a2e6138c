// One invocation of apply as a process of its own, so that it can be killed for real. Reads a description from the file
// named in argv[2], prints the outcomes as JSON. The kill is here, around the ports: the product has no hook for it.
import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const setup = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const load = (path) => import(pathToFileURL(resolve(setup.dist, path)).href);
const { directoryStateStore } = await load('adapters/state-store-directory.js');
const { directoryArtifactStore } = await load('adapters/artifact-store-directory.js');
const { directoryFileTree } = await load('adapters/file-tree-directory.js');
const { createRootDriver } = await load('adapters/host-driver-root.js');
const { systemClock } = await load('adapters/clock-system.js');
const { stderrLogger } = await load('adapters/logger-stderr.js');
const { observeRoot } = await load('observe/host-root.js');
const { applyMergedLocks } = await load('rollout/apply.js');

let writes = 0;
/** Counts every durable write and dies just before, or just after, the one that was asked for. */
async function counted(what, write) {
  writes += 1;
  const { kill } = setup;
  if (kill?.write === writes && kill.when === 'before') process.kill(process.pid, 'SIGKILL');
  const result = await write();
  if (setup.trace) appendFileSync(setup.trace, `${what}\n`);
  if (kill?.write === writes && kill.when === 'after') process.kill(process.pid, 'SIGKILL');
  return result;
}

const store = directoryStateStore(setup.state);
const state = {
  ...store,
  appendLine: (name, line) => counted(`journal ${JSON.parse(line).kind}`, () => store.appendLine(name, line)),
};
const readEntries = () =>
  existsSync(setup.evidence)
    ? readFileSync(setup.evidence, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((l) => JSON.parse(l))
    : [];
const evidence = {
  entries: async () => readEntries(),
  append: (entries) =>
    counted(`evidence ${entries.map((e) => e.type).join('+')}`, async () => {
      const file = openSync(setup.evidence, 'a');
      for (const e of entries) appendFileSync(file, `${JSON.stringify(e)}\n`);
      fsyncSync(file);
      closeSync(file);
      return { size: readEntries().length, root: '' };
    }),
};
const driver = createRootDriver({
  asset: setup.asset,
  root: setup.root,
  clock: systemClock,
  lockSeconds: 60,
});
if (setup.killAfterStart) {
  // Dies while apt is at work: the moment its log file has something in it.
  const begun = Date.now();
  const timer = setInterval(() => {
    if (existsSync(`${setup.root}/var/log/${setup.killAfterStart}.log`)) process.kill(process.pid, 'SIGKILL');
    if (Date.now() - begun > 60_000) clearInterval(timer);
  }, 20);
  timer.unref();
}
const outcomes = await applyMergedLocks(
  {
    clock: systemClock,
    log: stderrLogger,
    state,
    evidence,
    artifacts: directoryArtifactStore(setup.artifacts),
    drivers: new Map([[setup.asset, driver]]),
    observe: () => observeRoot(directoryFileTree(setup.root)),
  },
  {
    authority: setup.authority,
    hosts: [{ asset: setup.asset, target: setup.target, holds: setup.holds ?? [], refusal: null }],
  },
);
process.stdout.write(`${JSON.stringify(outcomes)}\n`);
