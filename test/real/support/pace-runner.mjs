// One run of reconcile as a process of its own. Time is the parent's: it is read from a file, and slept by asking. Before and
// after whatever outlives the process the parent is told, which may end it right there.
import { readFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const setup = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const load = (path) => import(pathToFileURL(resolve(setup.dist, path)).href);
const { gitEvidenceLog } = await load('adapters/evidence-log-git.js');
const { openHostedForge } = await load('adapters/forge-hosted.js');
const { createPace } = await load('adapters/forge-pace.js');
const { openGit } = await load('adapters/git-simple-git.js');
const { githubApi } = await load('adapters/hosted-api-github.js');
const { readLogKey } = await load('adapters/log-keys.js');
const { directoryStateStore } = await load('adapters/state-store-directory.js');
const { PACE_FILE } = await load('app/open-forge.js');
const { reconcilePulls } = await load('app/reconcile.js');
const { instantOf } = await load('domain/time.js');

const answers = [];
process.on('message', () => answers.shift()?.());
/** Tells the parent where this process is, and goes on when told to. */
const at = (point, detail = {}) =>
  new Promise((go) => {
    answers.push(go);
    process.send({ point, ...detail });
  });
const around = async (what, work) => {
  await at(`${what} before`);
  const result = await work();
  await at(`${what} after`);
  return result;
};

const { rename } = fs;
fs.rename = (from, to) =>
  basename(to) === basename(PACE_FILE) ? around('pace', () => rename(from, to)) : rename(from, to);
syncBuiltinESMExports();

const clock = {
  now: () => instantOf(Number(readFileSync(setup.clock, 'utf8'))),
  sleep: (ms) => at('sleep', { ms }),
};
const log = { info: () => undefined, warn: (text) => process.send({ warns: text }) };
const real = await openGit(setup.clone);
const kindOf = ([{ ref }]) => (ref.endsWith('/evidence') ? 'evidence' : 'push');
const git = {
  ...real,
  push: (remote, updates) => around(kindOf(updates), () => real.push(remote, updates)),
};
const state = directoryStateStore(setup.state);
const forgets = setup.planted === 'the pace is forgotten between runs';
const store = {
  read: async () => (forgets ? undefined : state.read(PACE_FILE)),
  write: (text) => state.write(PACE_FILE, text),
};
const { owner, repo } = setup;
const pace = createPace({ clock, store });
// The plugin's own spacing would keep the pace for us.
const deps = { clock, log, pace, spacing: false };
const api = await githubApi({ owner, repo, baseUrl: setup.api }, { token: setup.token }, deps);
const forge = openHostedForge(git, api, {
  ...{ remote: 'origin', base: 'main', bot: [setup.bot.email], allowedSigners: setup.allowedSigners },
});
const key = readLogKey(setup.logKey);
const evidence = gitEvidenceLog({
  ...{ git, remote: 'origin', clock, verifier: key.verifier.text },
  writer: { key, signer: setup.bot },
});
if (setup.planted === 'the evidence is not looked at') {
  const { append } = evidence;
  Object.assign(evidence, { entries: async () => [], append: (entries) => append(entries) });
}

const named = setup.planted === 'another branch after a crash' ? `-${process.argv[3]}` : '';
const proposals = Array.from({ length: setup.proposals }, (_, i) => {
  const scope = `app-${String(i + 1).padStart(3, '0')}/canary`;
  const file = `locks/${scope}.lock.json`;
  const contentDigest = `sha256:${(i + 1).toString(16).padStart(64, '0')}`;
  return {
    ...{ kind: 'remediate', scope, branch: `patchwarden/remediate/${scope}${named}`, contentDigest },
    ...{ title: `Patch ${scope}`, body: `What ${scope} gets.`, files: new Map([[file, `${scope}\n`]]) },
  };
});

async function run() {
  const actions = await reconcilePulls(
    { git, forge, evidence, log },
    {
      ...{ head: setup.head, proposals, digests: {}, limits: { open: 1000 }, now: clock.now() },
      ...{ botPrincipals: [setup.bot.email], bot: setup.bot },
    },
  );
  const after = await forge.list();
  if (!after.complete) return 'limited';
  for (const pull of after.pulls)
    await forge.check(pull.head, { state: 'pending', description: '1 more approval' });
  await forge.dashboard('Patchwarden', `${after.pulls.length} open`);
  return actions.every((a) => a.action === 'keep') ? 'done' : 'more';
}

const result = await run().catch((error) => {
  if (error.code !== 'forge-limited' && error.code !== 'forge-failed') throw error;
  return 'limited';
});
await at('end', { result });
process.disconnect();
