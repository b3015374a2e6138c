import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gitEvidenceLog } from '../../../src/adapters/evidence-log-git.ts';
import { openGit } from '../../../src/adapters/git-simple-git.ts';
import type { EvidenceEntry } from '../../../src/contracts/generated/evidence-entry.ts';
import { instantOf } from '../../../src/domain/time.ts';
import { formatSigner } from '../../../src/util/tlog/note-keys.ts';
import { logKey } from '../../support/builders/evidence.ts';
import { createWorld } from '../../support/git-fixtures.ts';
import { BareBackend } from '../../support/github/bare-backend.ts';
import { githubStandIn, type StandIn } from '../../support/github/stand-in.ts';
import { WORLD } from '../../support/github/table.ts';
import { serveGithub } from './github-http.ts';
import { heldPush } from './held-push.ts';
import { type Kill, type Killer, killer } from './pace-killer.ts';
import { runProcess } from './pace-process.ts';

export type PlantedBug =
  | 'the pace is forgotten between runs'
  | 'another branch after a crash'
  | 'the evidence is not looked at';

export interface PaceRun {
  readonly hub: StandIn;
  /** Moments of the writes that reached the API, milliseconds of virtual time, in order. */
  readonly writes: readonly number[];
  /** Of branches of proposals, which no limit of the forge counts. */
  readonly pushes: number;
  readonly entries: readonly EvidenceEntry[];
  /** As `<point> <nth>`. */
  readonly kills: readonly string[];
  readonly runs: number;
  /** Runs that ended at the limit of the hour. */
  readonly limited: number;
  readonly warnings: readonly string[];
  readonly virtualMs: number;
}

const START = Date.UTC(2026, 2, 1, 12);
/** What an answer takes. */
const ANSWER_MS = 100;
/** From the end of a run to the start of the next; who is killed is started again at once. */
const PAUSE_MS = 1_800_000;
const MOST_RUNS = 60;

/**
 * Runs reconcile again and again, each run a process, until one finds nothing to do. Time passes by answers and by
 * sleeping, and is here.
 */
export async function paceRun(
  proposals: number,
  kills: readonly Kill[],
  planted?: PlantedBug,
): Promise<PaceRun> {
  const world = createWorld();
  const key = logKey();
  const files = {
    clock: join(world.dir, 'clock'),
    log: join(world.dir, 'log'),
    setup: join(world.dir, 'setup'),
  };
  let now = START;
  const pass = (ms: number): void => {
    now += ms;
    writeFileSync(files.clock, String(now));
  };
  pass(0);
  const ender = killer(kills);
  const hub = githubStandIn({ world: WORLD, backend: new BareBackend(world.origin), now: () => now });
  const late = heldPush(world.origin);
  const front = frontOf(
    hub,
    ender,
    () => {
      pass(ANSWER_MS);
      return now;
    },
    late.release,
  );
  const web = await serveGithub(front.hub, world.origin);
  // The server has a hook of its own, for its own pushes over HTTP.
  late.install();
  const { owner, repo } = WORLD;
  writeFileSync(files.log, `${formatSigner(key.verifier, Buffer.alloc(32, 7))}\n`);
  writeFileSync(
    files.setup,
    JSON.stringify({
      ...{ dist: resolve('dist'), clone: world.clone, state: join(world.dir, 'state'), api: web.api },
      ...{ clock: files.clock, logKey: files.log, owner, repo, token: 'app', bot: world.keys.bot },
      ...{ allowedSigners: world.allowedSigners, head: world.anchor, proposals, planted },
    }),
  );
  const warnings: string[] = [];
  let [pushes, runs, limited] = [0, 0, 0];
  const around = {
    ...{ killer: ender, late, pass, answered: front.answered },
    reached: (point: string) => {
      if (point === 'push after') pushes += 1;
    },
    warned: (words: string) => void warnings.push(words),
  };
  try {
    for (let quiet = false; !quiet && runs < MOST_RUNS; ) {
      const before = front.writes.length;
      const result = await runProcess(files.setup, ender.done.length, around);
      runs += 1;
      quiet = result === 'done' && front.writes.length === before;
      if (result === 'limited') limited += 1;
      if (result !== 'killed') pass(PAUSE_MS);
    }
    const git = await openGit(world.clone);
    const clock = { now: () => instantOf(now) };
    const log = gitEvidenceLog({ git, remote: 'origin', clock, verifier: key.verifier.text });
    return {
      ...{ hub, writes: front.writes, pushes, entries: await log.entries(), kills: ender.done },
      ...{ runs, limited, warnings, virtualMs: now - START },
    };
  } finally {
    await web.close();
    world.dispose();
  }
}

/**
 * Between the processes and the forge: notes when writes arrive, and ends who sent them.
 * @param tick lets the time of an answer pass, and tells it
 * @param looked called when a process has read the log and looks at branches
 */
function frontOf(hub: StandIn, ender: Killer, tick: () => number, looked: () => Promise<void>) {
  const writes: number[] = [];
  let answered = false;
  const handle = async (request: Request): Promise<Response> => {
    const now = tick();
    // The one question that is a POST.
    if (request.method === 'GET' || new URL(request.url).pathname.endsWith('/graphql')) {
      if (request.url.includes('head=')) await looked();
      return hub.handle(request);
    }
    writes.push(now);
    if (ender.meets('write arrived')) {
      await ender.end('write arrived');
      throw new TypeError('the client is gone');
    }
    const answer = await hub.handle(request);
    if (ender.meets('write done')) await ender.end('write done');
    else answered = ender.meets('write answered');
    return answer;
  };
  const shown: StandIn = {
    ...{ handle, log: hub.log, violations: hub.violations, state: hub.state },
    ...{ world: hub.world, limiter: hub.limiter },
    whoHas: (authorization) => hub.whoHas(authorization),
    pushedBy: (login) => hub.pushedBy(login),
  };
  return {
    writes,
    hub: shown,
    /** Tells once. */
    answered: () => {
      const is = answered;
      answered = false;
      return is;
    },
  };
}
