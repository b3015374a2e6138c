// One invocation of apply without Git, as a process of its own. Reads a description from the file named in argv[2], prints
// the result as JSON.
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const setup = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const load = (path) => import(pathToFileURL(resolve(setup.dist, path)).href);
const { directoryArtifactStore } = await load('adapters/artifact-store-directory.js');
const { directoryFileTree } = await load('adapters/file-tree-directory.js');
const { createLocalChannel } = await load('adapters/host-channel-local.js');
const { createHelperDriver } = await load('adapters/host-driver-helper.js');
const { systemClock } = await load('adapters/clock-system.js');
const { stderrLogger } = await load('adapters/logger-stderr.js');
const { observeRoot } = await load('observe/host-root.js');
const { applyMergedLocks } = await load('rollout/apply.js');

/** Notes every durable write and every order. */
async function counted(what, write) {
  const result = await write();
  appendFileSync(setup.trace, `${what}\n`);
  return result;
}

const readEntries = () =>
  existsSync(setup.evidence)
    ? readFileSync(setup.evidence, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((l) => JSON.parse(l))
    : [];
const evidence = {
  head: async () => ({ size: readEntries().length, root: '' }),
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
const helper = createHelperDriver({
  asset: setup.asset,
  channel: createLocalChannel({ root: setup.root }),
});
const driver = { ...helper, begin: (order) => counted('begin', () => helper.begin(order)) };
// Nobody else is here; the epoch grows from run to run.
const lease = {
  acquire: async () => {
    const file = `${setup.evidence}.epoch`;
    const epoch = (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0) + 1;
    writeFileSync(file, String(epoch));
    return { kind: 'held', epoch };
  },
  renew: async () => undefined,
  release: async () => undefined,
};
const result = await applyMergedLocks(
  {
    clock: systemClock,
    log: stderrLogger,
    lease,
    evidence,
    artifacts: directoryArtifactStore(setup.artifacts),
    drivers: new Map([[setup.asset, driver]]),
    observe: () => observeRoot(directoryFileTree(setup.root)),
    lockAt: async () => undefined,
    on: () => undefined,
  },
  {
    holder: String(process.pid),
    authority: setup.authority,
    rings: [setup.ring],
    parallel: 1,
    patienceMs: 120_000,
  },
);
process.stdout.write(`${JSON.stringify(result)}\n`);
