import { openHostedForge } from '../../../src/adapters/forge-hosted.ts';
import { createPace } from '../../../src/adapters/forge-pace.ts';
import { octokitApi } from '../../../src/adapters/hosted-api-octokit.ts';
import { reconcilePulls } from '../../../src/app/reconcile.ts';
import { PatchwardenError } from '../../../src/domain/errors.ts';
import { instantOf } from '../../../src/domain/time.ts';
import type { Forge } from '../../../src/ports/forge.ts';
import type { Fault as HubFault } from '../../support/github/faults.ts';
import { githubStandIn } from '../../support/github/stand-in.ts';
import { sharedEvidence } from '../ports/evidence.ts';
import { rngOf } from '../rng.ts';
import type { Outcome } from '../run-seeds.ts';
import { createSchedule } from '../schedule.ts';
import { callLayer, type Process } from './calls.ts';
import { evidencePort } from './evidence-port.ts';
import { BASE, BOT_EMAIL, BOT_KEY, BOT_LOGIN, OTHER_BASE, OWNER, PEOPLE, REPO, wantedAt } from './facts.ts';
import { leftUndone } from './final.ts';
import { gitBackend } from './git-backend.ts';
import { type CloneDisk, gitPort } from './git-port.ts';
import { fetchOf, newFront } from './http.ts';
import { type Mover, ObjectStore, Remote } from './memory-git.ts';
import { createOracle, type OracleDeps } from './oracle.ts';
import { doAct, type PeopleDeps } from './people.ts';
import { viewsOf } from './pull-views.ts';
import { HOUR, type PersonAct, type Scenario } from './scenario.ts';
import { virtualTimers } from './timers.ts';

/** Cycles of each clone after which all must be as wanted, and one more that must write nothing. */
const CYCLES = 3;
const API = 'https://api.github.com';

interface Clone {
  readonly disk: CloneDisk;
  pace: string | undefined;
  skew: number;
  running: Process | null;
  starts: number;
  /** Full cycles since all is at rest, and writes of the last one. */
  restful: number;
  wrote: number;
}

/** Plays a scenario to its end. The product code is the real one; everything around it is of this folder. */
export async function play(scenario: Scenario, options: { readonly trace?: boolean } = {}): Promise<Outcome> {
  const { start, restAt, settings } = scenario;
  const schedule = createSchedule(start);
  const restored = virtualTimers(schedule);
  try {
    return await played();
  } finally {
    restored();
  }

  async function played(): Promise<Outcome> {
    const rng = rngOf(scenario.seed, 'calls');
    const faults = new Map<string, number>();
    const counted = (name: string): void => void faults.set(name, (faults.get(name) ?? 0) + 1);
    const trace: string[] = [];
    const note = (text: string): void => {
      if (options.trace) trace.push(`${instantOf(schedule.now())} ${text}`);
    };
    let calls = 0;
    let invocations = 0;
    let token = 'token-1';
    let actor: Process | null = null;
    let person = 'olga';
    const nowIso = (): string => instantOf(schedule.now());

    const store = new ObjectStore();
    const remote = new Remote((move, by) => {
      note(`${by.name} moves ${move.ref} ${move.from?.slice(0, 7) ?? '-'} → ${move.to?.slice(0, 7) ?? '-'}`);
      oracle.moved(move, by);
    });
    const moverNow = (): Mover => ({ bot: actor !== null, name: actor?.name ?? person });
    const hubFaults = new WeakMap<Request, HubFault>();
    const hub = githubStandIn({
      world: {
        owner: OWNER,
        repo: REPO,
        defaultBranch: BASE,
        users: { [BOT_LOGIN]: 'write', ...Object.fromEntries(PEOPLE.map((p) => [p, 'maintain' as const])) },
        tokens: {
          [token]: { user: BOT_LOGIN, scopes: ['repo'] },
          ...Object.fromEntries(PEOPLE.map((p) => [p, { user: p, scopes: ['repo'] }])),
        },
      },
      backend: gitBackend(store, remote, moverNow),
      now: schedule.now,
      fault: (request) => hubFaults.get(request) ?? 'none',
      history: scenario.faults.some((f) => f.on === 'api' && f.kind === 'stale') ? 6 : 0,
      validate: false,
    });
    const clones: Clone[] = scenario.clones.map(() => ({
      disk: { refs: new Map(), objects: new Set() },
      pace: undefined,
      skew: 0,
      running: null,
      starts: 0,
      restful: 0,
      wrote: 0,
    }));
    const clockOf = (clone: number): number => schedule.now() + (clones[clone]?.skew ?? 0);
    const oracleDeps: OracleDeps = {
      scenario,
      now: schedule.now,
      store,
      remote,
      pulls: () => viewsOf(hub),
      clock: clockOf,
    };
    const oracle = createOracle(oracleDeps);

    /** Lets the forge work for somebody, and tells the oracle what changed. */
    const acting = async <T>(by: Process | null, login: string, work: () => Promise<T>): Promise<T> => {
      const before = viewsOf(hub);
      [actor, person] = [by, login];
      try {
        return await work();
      } finally {
        for (const [number, after] of viewsOf(hub)) {
          const old = before.get(number);
          if (JSON.stringify(old) === JSON.stringify(after)) continue;
          if (options.trace)
            note(
              `${by?.name ?? login}: pull ${number} ${after.state} "${after.title}" ${after.labels.join()}`,
            );
          oracle.changed(old, after, login, by);
        }
        actor = null;
      }
    };
    const layer = callLayer({
      schedule,
      rng,
      faults: scenario.faults,
      start,
      restAt,
      counted,
      crashed: (by) => note(`${by.name} crashes`),
      served: async (targets) => {
        if (waiting.length === 0 || schedule.now() >= start + restAt) return;
        const i = waiting.findIndex((act) => act.meets !== null && targets.includes(act.meets));
        const [act] = i < 0 ? [] : waiting.splice(i, 1);
        // Who finds nothing to do it to waits for the next call.
        if (act && !(await performed(act))) waiting.push(act);
      },
    });
    const waiting: PersonAct[] = [];

    // The first state of the repository.
    const people = { name: 'olga', email: 'olga@example.org', at: nowIso() };
    const first = store.write({
      parents: [],
      files: new Map([
        ['README.md', 'policy\n'],
        ...[1, 2, 3, 4].map((n) => [`exceptions/${n}.json`, `exception ${n}\n`] as const),
      ]),
      message: 'First\n',
      author: people,
      committer: people,
      signer: null,
    }).id;
    for (const branch of [BASE, OTHER_BASE])
      remote.move(`refs/heads/${branch}`, first, { bot: false, name: 'olga' });
    await hub.pushedBy('olga');
    remote.begin();

    const principals = new Map([[BOT_KEY, BOT_EMAIL]]);
    const gitWorld = {
      store,
      remote,
      layer,
      principals,
      mover: (by: Process): Mover => ({ bot: true, name: by.name }),
      pushed: (by: Process) => acting(by, BOT_LOGIN, () => hub.pushedBy(BOT_LOGIN)),
      fetched: oracle.fetched,
      pushing: oracle.pushing,
    };
    const front = newFront();
    const http = {
      schedule,
      rng,
      layer,
      pageSize: settings.pageSize,
      handle: (request: Request, fault: HubFault, by: Process) => {
        calls += 1;
        hubFaults.set(request, fault);
        if (request.method === 'GET') return hub.handle(request);
        return acting(by, BOT_LOGIN, () => hub.handle(request));
      },
      asked: oracle.asked,
      answered: (...args: Parameters<typeof oracle.answered>) => {
        const [by, request, status] = args;
        if (options.trace) note(`  ${by.name} ${request.method} ${request.url.slice(API.length)} ${status}`);
        oracle.answered(...args);
      },
      limited: oracle.limited,
    };

    const evidence = sharedEvidence((entry) => {
      note(`log: ${entry.type}`);
      logged += 1;
    });
    let logged = 0;

    /** The forge port, with the moments from which a process decides. */
    const watched = (forge: Forge, by: Process): Forge => ({
      ...forge,
      list: async () => {
        oracle.listing(by);
        const listing = await forge.list();
        oracle.listed(by, listing.complete);
        return listing;
      },
      branch: async (name) => {
        const state = await forge.branch(name);
        oracle.lookedAt(by, name);
        return state;
      },
    });

    const cycle = async (
      index: number,
      by: Process,
    ): Promise<readonly { readonly reason: string | null }[]> => {
      const clone = clones[index]!;
      const spec = scenario.clones[index]!;
      const git = gitPort(gitWorld, clone.disk, by);
      const clock = {
        now: () => instantOf(clockOf(index)),
        sleep: (ms: number) => new Promise<void>((resolve) => layer.answer(by, Math.max(1, ms), resolve)),
      };
      const quick = {
        on: 'store',
        target: 'any',
        failure: () => new Error('the disk'),
        quick: true,
      } as const;
      const pace = createPace({
        clock,
        perMinute: settings.writesAMinute,
        perHour: settings.writesAnHour,
        store: {
          read: () => layer.call(by, { ...quick, effect: () => clone.pace }),
          write: (text) =>
            layer.call(by, {
              ...quick,
              effect: () => {
                clone.pace = text;
              },
            }),
        },
      });
      let mine = token;
      const { api } = octokitApi(
        'github',
        { owner: OWNER, repo: REPO, baseUrl: API },
        {
          clock,
          log: { warn: (m) => note(`  ${by.name} warns: ${m}`) },
          pace,
          fetch: fetchOf(http, front, by),
          spacing: false,
          token: async (last) => {
            if (last !== undefined) mine = token;
            return mine;
          },
        },
      );
      await git.fetch('origin', ['+refs/heads/*:refs/remotes/origin/*']);
      const head = (await git.resolve(`refs/remotes/origin/${BASE}`)) ?? '';
      const lag = schedule.now() < start + restAt ? spec.lag : 0;
      const proposals = wantedAt(scenario, schedule.now() - lag - start, store.get(head).files);
      oracle.wants(by, head, proposals);
      const forge = openHostedForge(git, api, {
        remote: 'origin',
        base: BASE,
        bot: [BOT_EMAIL],
        allowedSigners: '',
      });
      const log = { info: () => undefined, warn: (m: string) => note(`  ${by.name} warns: ${m}`) };
      return reconcilePulls(
        { git, forge: watched(forge, by), evidence: evidencePort(layer, evidence, by), log },
        {
          head,
          proposals,
          digests: {},
          limits: { open: settings.openLimit },
          botPrincipals: [BOT_EMAIL],
          bot: { name: 'Patchwarden', email: BOT_EMAIL, key: BOT_KEY },
          // Somebody of theirs, and somebody who is not there.
          reviewers: () => ({ accounts: ['github:1002', 'github:9'], unlessAsked: true }),
          now: clock.now(),
        },
      );
    };

    let failed: string | null = null;
    const run = (index: number): void => {
      const clone = clones[index]!;
      const spec = scenario.clones[index]!;
      if (clone.running?.alive) return;
      clone.starts += 1;
      invocations += 1;
      const name = `${spec.name}-${clone.starts}`;
      const by: Process = { clone: index, name, started: schedule.now(), alive: true, crashed: false };
      clone.running = by;
      oracle.began(by);
      note(`${name} starts`);
      const logBefore = logged;
      const ended = (limited: boolean): void => {
        by.alive = false;
        if (by.started < start + restAt || limited) return;
        clone.restful += 1;
        clone.wrote = oracle.writesOf(by) + logged - logBefore;
      };
      schedule.settled();
      cycle(index, by).then(
        (actions) => {
          if (options.trace) for (const a of actions) note(`  ${name}: ${JSON.stringify(a)}`);
          note(`${name} ends`);
          ended(actions.some((a) => a.reason === 'rate-limited'));
        },
        (error: unknown) => {
          const words = error instanceof Error ? error.message : String(error);
          note(`${name} fails: ${words}`);
          if (!(error instanceof PatchwardenError) || error.code === 'bug')
            oracle.broken('bug', `${name} throws ${error instanceof Error ? (error.stack ?? words) : words}`);
          if (by.started >= start + restAt) failed = words;
          ended(/limit|not before|silence/.test(words));
        },
      );
    };

    scenario.clones.forEach((spec, index) => {
      const tick = (): void => {
        const resting = schedule.now() >= start + restAt;
        if (resting && !spec.stays) return;
        run(index);
        schedule.at(schedule.now() + spec.every, tick);
      };
      schedule.at(start + spec.offset, tick);
    });
    const peopleDeps: PeopleDeps = {
      scenario,
      store,
      remote,
      hub,
      now: nowIso,
      push: (who, ref, to) =>
        acting(null, who, async () => {
          remote.move(ref, to, { bot: false, name: who });
          await hub.pushedBy(who);
        }),
      ask: (who, method, path, body) =>
        acting(null, who, async () => {
          const headers = { authorization: `token ${who}` };
          const json = body === undefined ? {} : { body: JSON.stringify(body) };
          const answer = await hub.handle(new Request(API + path, { method, headers, ...json }));
          return answer.ok ? await answer.json().catch(() => true) : undefined;
        }),
    };
    const performed = async (act: PersonAct): Promise<boolean> => {
      const done = await doAct(peopleDeps, act);
      if (done) counted(`person ${act.act}`);
      if (done) note(`${act.who} did: ${act.act}`);
      return done;
    };
    for (const act of scenario.people)
      schedule.at(start + act.at, () => {
        if (act.meets !== null) return void waiting.push(act);
        schedule.hold(performed(act));
      });
    for (const fault of scenario.faults) {
      if (fault.on === 'token')
        schedule.at(start + fault.at, () => {
          const known = hub.world.tokens.get(token);
          hub.world.tokens.delete(token);
          token = `token-${schedule.now()}`;
          if (known) hub.world.tokens.set(token, known);
          counted('token');
        });
      if (fault.on === 'clock')
        schedule.at(start + fault.at, () => {
          const clone = clones[fault.clone];
          if (clone) clone.skew += fault.by;
          oracle.jumped(fault.clone);
          counted('clock');
        });
    }
    schedule.at(start + restAt, () => {
      // Who goes on without a limit of before can show what three cycles bring.
      for (const [index, clone] of clones.entries()) {
        if (clone.skew !== 0) oracle.jumped(index);
        clone.skew = 0;
      }
    });

    let settled = false;
    const done = (): boolean => {
      if (oracle.violations.length > 0) return true;
      if (schedule.now() < start + restAt) return false;
      const staying = clones.filter((_, i) => scenario.clones[i]?.stays);
      if (clones.some((c) => c.running?.alive)) return false;
      if (!settled) {
        if (staying.some((c) => c.restful < CYCLES)) return false;
        const head = remote.refs.get(`refs/heads/${BASE}`) ?? '';
        const wanted = wantedAt(scenario, schedule.now() - start, store.get(head).files);
        const problems = leftUndone(oracleDeps, oracle.memory, oracle.theirs, wanted, evidence.entries);
        for (const problem of problems)
          oracle.broken('R2', `${problem}${failed === null ? '' : ` (the last failure: ${failed})`}`);
        settled = true;
        for (const clone of staying) clone.restful = 0;
        return problems.length > 0;
      }
      if (staying.some((c) => c.restful < 1)) return false;
      for (const [i, clone] of clones.entries())
        if (scenario.clones[i]?.stays && clone.wrote > 0)
          oracle.broken('R2', `clone ${i + 1} still writes (${clone.wrote}) when all is as wanted`);
      return true;
    };
    const ended = await schedule.run(start + restAt + 12 * HOUR, done);
    if (ended !== 'done') oracle.broken('R2', `it does not come to rest (${failed ?? 'no failure'})`);
    return {
      violations: oracle.violations,
      faults,
      checks: oracle.checks,
      events: schedule.count,
      calls,
      invocations,
      virtualHours: (schedule.now() - start) / HOUR,
      trace,
    };
  }
}
