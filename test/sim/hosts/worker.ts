import type { HostReceipt } from '../../../src/contracts/generated/host-receipt.ts';
import { instantOf } from '../../../src/domain/time.ts';
import {
  FINAL,
  type HostWorld,
  interrupted,
  type Machine,
  type Run,
  SAMPLE_EVERY,
  shaOf,
  type TrueEvent,
} from './machine.ts';
import { countSamples, watching } from './watch.ts';

type Step = HostReceipt['steps'][number];
type Verdict = NonNullable<HostReceipt['verdict']>;

const BUSY_WAIT = 120_000;

export const hostNow = (world: HostWorld, m: Machine): string =>
  instantOf(world.schedule.now() + m.clockOffset);

const told = (
  world: HostWorld,
  m: Machine,
  kind: TrueEvent['kind'],
  run: Run | null,
  step = '',
  resumed = false,
): void => world.tell({ at: world.schedule.now(), asset: m.spec.asset, kind, run, step, resumed });

/** What the worker does next, unless it dies before. */
function later(world: HostWorld, m: Machine, run: Run, ms: number, next: () => void): void {
  const { life } = run;
  world.schedule.at(world.schedule.now() + ms, () => {
    if (run.life === life && run.worker === 'alive') next();
  });
}

function begin(world: HostWorld, m: Machine, run: Run, step: Step['step']): Step {
  const tries = run.steps.filter((s) => s.step === step).length;
  for (const s of run.steps)
    if (s.ended === null) Object.assign(s, { ended: hostNow(world, m), outcome: 'interrupted' });
  const entry: Step = {
    step,
    try: tries + 1,
    started: hostNow(world, m),
    ended: null,
    seconds: null,
    outcome: null,
    detail: '',
  };
  run.steps.push(entry);
  return entry;
}

const end = (
  world: HostWorld,
  m: Machine,
  step: Step,
  outcome: NonNullable<Step['outcome']>,
  detail = '',
): void => {
  const ended = hostNow(world, m);
  const seconds = Math.max(0, (Date.parse(ended) - Date.parse(step.started)) / 1000);
  Object.assign(step, { ended, seconds, outcome, detail });
};

const verdictOf = (kind: Verdict['kind'], check: Verdict['check'], reason: string): Verdict => ({
  kind,
  reason,
  check,
  firstBad: null,
  decided: null,
  restored: null,
  healthy: null,
  secondsToHealthy: null,
});

function finish(
  world: HostWorld,
  m: Machine,
  run: Run,
  phase: HostReceipt['phase'],
  verdict: Verdict | null = run.verdict,
): void {
  run.phase = phase;
  run.verdict = verdict;
  if (phase !== 'kept') run.worker = 'done';
  run.watchOver = run.order.watchSeconds === 0;
  told(world, m, 'ended', run);
}

/** Starts a run that the host accepted. */
export function startRun(world: HostWorld, m: Machine, run: Run): void {
  m.current = run;
  m.runs.set(run.order.run, run);
  told(world, m, 'accepted', run);
  precheck(world, m, run);
}

function precheck(world: HostWorld, m: Machine, run: Run): void {
  const { rng } = world;
  run.phase = 'accepted';
  const step = begin(world, m, run, 'precheck');
  const give = (reason: string): void => {
    end(world, m, step, 'failed', reason);
    finish(world, m, run, 'failed', verdictOf('bad', 'precheck', reason));
  };
  const since = world.schedule.now();
  const look = (): void => {
    const now = world.schedule.now();
    if (now < m.busyUntil)
      return now - since >= BUSY_WAIT
        ? give('the package database is locked')
        : later(world, m, run, 20_000, look);
    if (now < m.fullUntil) return give('no space left');
    const { order } = run;
    const missing = order.packages.find((p) => !m.staged.has(p.sha256));
    if (missing) return give(`${missing.name} is not staged`);
    const moved = order.packages.find((p) => (m.db.get(p.name)?.version ?? null) !== p.from);
    if (moved) return give(`${moved.name} is not ${moved.from ?? 'absent'} any more`);
    const held = order.packages.find((p) => m.db.get(p.name)?.held === true);
    if (held) return give(`${held.name} is held`);
    run.restorePoint = restorePointOf(m, run);
    if (run.restorePoint === null) return give(`no restore point of kind ${order.restore} can be made`);
    end(world, m, step, 'ok');
    end(world, m, begin(world, m, run, 'restore-point'), 'ok', run.restorePoint);
    run.phase = 'prepared';
    later(world, m, run, rng.int(200, 2_000), () =>
      interrupted(m) ? mend(world, m, run) : install(world, m, run, false),
    );
  };
  later(world, m, run, rng.int(500, 5_000), look);
}

function restorePointOf(m: Machine, run: Run): HostReceipt['restorePoint'] {
  const { order } = run;
  if (m.spec.snapshots) return 'btrfs';
  const covered = order.packages.every(
    (p) =>
      p.from === null ||
      order.predecessors.some(
        (q) =>
          q.name === p.name &&
          q.version === p.from &&
          q.sha256 === shaOf(p.name, p.from) &&
          m.staged.has(q.sha256),
      ),
  );
  if (order.restore === 'snapshot') return null;
  if (covered) return 'package';
  return order.restore === 'none' ? 'none' : null;
}

/** Its own clock says that it is too late to begin. */
const tooLate = (world: HostWorld, m: Machine, run: Run): boolean =>
  run.order.startBefore !== null && world.schedule.now() + m.clockOffset >= Date.parse(run.order.startBefore);

function mend(world: HostWorld, m: Machine, run: Run): void {
  if (tooLate(world, m, run))
    return finish(world, m, run, 'refused', verdictOf('bad', 'order', 'too late to start in this window'));
  const step = begin(world, m, run, 'mend');
  run.changed = true;
  told(world, m, 'mutating', run, 'mend');
  later(world, m, run, world.rng.int(3_000, 20_000), () => {
    for (const [name, p] of m.db) if (p.state !== 'installed') m.db.set(name, { ...p, state: 'installed' });
    end(world, m, step, 'ok');
    install(world, m, run, false);
  });
}

function install(world: HostWorld, m: Machine, run: Run, resumed: boolean): void {
  const { rng } = world;
  const { packages } = run.order;
  if (!resumed && tooLate(world, m, run))
    return finish(world, m, run, 'refused', verdictOf('bad', 'order', 'too late to start in this window'));
  run.phase = 'installing';
  run.changed = true;
  const step = begin(world, m, run, 'install');
  told(world, m, 'mutating', run, 'install', resumed);
  if (m.liar) {
    end(world, m, step, 'ok');
    return soak(world, m, run);
  }
  m.installs += 1;
  later(world, m, run, rng.int(2_000, 20_000), () => {
    // Unpacked: what dies from here on leaves a database that must be mended.
    for (const p of packages)
      m.db.set(p.name, {
        version: p.version,
        state: 'half-configured',
        held: m.db.get(p.name)?.held ?? false,
      });
    later(world, m, run, rng.int(2_000, 40_000), () => {
      const broken = packages.find((p) => badnessOf(world, m, p.name, p.version)?.bad === 'script');
      if (broken) {
        end(world, m, step, 'failed', `the maintainer script of ${broken.name} failed`);
        return bad(world, m, run, 'maintainer-script', `the maintainer script of ${broken.name} failed`);
      }
      for (const p of packages) {
        const now = m.db.get(p.name);
        if (now) m.db.set(p.name, { ...now, state: 'installed' });
        if (versionOf(world, p.name, p.version)?.reboot) m.rebootRequired = true;
      }
      end(world, m, step, 'ok');
      told(world, m, 'mutated', run, 'install');
      becomeSick(world, m, packages);
      const reboots =
        run.order.reboot === 'always' || (run.order.reboot === 'if-required' && m.rebootRequired);
      return reboots ? reboot(world, m, run) : verify(world, m, run);
    });
  });
}

const versionOf = (world: HostWorld, name: string, version: string) =>
  world.versions.find((v) => v.package === name && v.version === version);

function badnessOf(world: HostWorld, m: Machine, name: string, version: string) {
  const spec = versionOf(world, name, version);
  return spec && spec.bad !== null && (spec.role === null || spec.role === m.spec.role) ? spec : undefined;
}

/** What was installed begins to show after a while, and ends when it is gone. */
function becomeSick(
  world: HostWorld,
  m: Machine,
  packages: readonly { name: string; version: string }[],
): void {
  for (const p of packages) {
    const spec = badnessOf(world, m, p.name, p.version);
    if (!spec || spec.bad === 'script' || spec.bad === null) continue;
    const check = spec.bad;
    const at = world.schedule.now() + spec.after * 1000;
    const { installs } = m;
    world.schedule.at(at, () => {
      if (m.installs !== installs || m.db.get(p.name)?.version !== p.version) return;
      countSamples(world, m);
      m.sick = { since: at, check, imagined: false };
      told(world, m, 'sick', m.current);
      if (m.current) notice(world, m, m.current);
    });
  }
}

/** A worker that looks sees the sickness with one of its next samples. */
export function notice(world: HostWorld, m: Machine, run: Run): void {
  const now = world.schedule.now();
  if (!m.sick || !watching(run) || run.firstBadAt !== null) return;
  const first = now + world.rng.int(1, SAMPLE_EVERY);
  later(world, m, run, first - now, () => {
    if (!m.sick || !watching(run)) return;
    run.firstBadAt = first;
    told(world, m, 'first-bad', run);
    // A second and third sample confirm it.
    later(world, m, run, 2 * SAMPLE_EVERY, () =>
      bad(world, m, run, m.sick?.check ?? 'probe', `bad ${m.sick?.check ?? 'probe'}`),
    );
  });
}

function reboot(world: HostWorld, m: Machine, run: Run): void {
  run.phase = 'rebooting';
  begin(world, m, run, 'reboot');
  told(world, m, 'rebooting', run, 'reboot');
  later(world, m, run, world.rng.int(500, 3_000), () => goDown(world, m));
}

/** The machine goes down and comes up again; its worker does not start by itself. */
export function goDown(world: HostWorld, m: Machine): void {
  const now = world.schedule.now();
  countSamples(world, m);
  m.downUntil = now + (m.bootLoop ? world.rng.int(20, 60) * 60_000 : world.rng.int(20_000, 90_000));
  m.bootId = `${m.bootId.slice(0, 40)}+`;
  m.rebootRequired = false;
  m.sampledSince = null;
  if (m.sick?.imagined) m.sick = null;
  killWorker(world, m);
  if (!m.bootLoop) return;
  m.bootLoop = false;
  // Somebody, or its boot loader, brings it back with the old state where there is one.
  const run = m.current;
  world.schedule.at(m.downUntil, () => {
    if (!run || m.current !== run || FINAL.has(run.phase)) return;
    run.life += 1;
    const verdict = verdictOf('bad', 'verify', 'it did not come up');
    if (run.restorePoint === 'btrfs') putBack(m, run);
    finish(world, m, run, run.restorePoint === 'btrfs' ? 'restored' : 'unrestored', verdict);
    for (const p of run.order.packages) m.quarantined.add(p.sha256);
  });
}

export function killWorker(world: HostWorld, m: Machine): void {
  const run = m.current;
  if (!run || run.worker !== 'alive') return;
  countSamples(world, m);
  run.life += 1;
  run.goodAt = null;
  run.worker = run.phase === 'kept' && run.watchOver ? 'done' : 'dead';
}

/** A controller asked: a run whose worker died goes on where it was. */
export function wake(world: HostWorld, m: Machine, run: Run): void {
  const now = world.schedule.now();
  if (run.worker !== 'dead' || m.current !== run) return;
  if (FINAL.has(run.phase) && run.phase !== 'kept') return;
  run.worker = 'alive';
  run.life += 1;
  // A bad sample that was not confirmed yet is forgotten; the next one is not far.
  if (run.phase === 'soaking' || run.phase === 'kept') run.firstBadAt = null;
  switch (run.phase) {
    case 'installing':
      return install(world, m, run, true);
    case 'rebooting':
    case 'verifying':
      return verify(world, m, run);
    case 'soaking':
      return soak(world, m, run);
    case 'kept':
      run.sampledAt = now;
      if (run.watchOver) run.worker = 'done';
      return notice(world, m, run);
    case 'restoring':
      return restore(world, m, run, true);
    default:
      return precheck(world, m, run);
  }
}

function verify(world: HostWorld, m: Machine, run: Run): void {
  run.phase = 'verifying';
  const step = begin(world, m, run, 'verify');
  later(world, m, run, world.rng.int(500, 4_000), () => {
    const wrong = run.order.packages.find((p) => {
      const there = m.db.get(p.name);
      return there?.version !== p.version || there.state !== 'installed';
    });
    end(world, m, step, wrong ? 'failed' : 'ok');
    if (wrong) return bad(world, m, run, 'verify', `${wrong.name} is not ${wrong.version}`);
    soak(world, m, run);
  });
}

function soak(world: HostWorld, m: Machine, run: Run): void {
  const now = world.schedule.now();
  run.phase = 'soaking';
  run.sampledAt = now;
  const step = begin(world, m, run, 'soak');
  notice(world, m, run);
  later(world, m, run, run.order.soakSeconds * 1000 + 1, () => {
    countSamples(world, m);
    if (m.sick && m.sick.since <= world.schedule.now()) return;
    const inconclusive = world.schedule.now() < m.inconclusiveUntil;
    end(world, m, step, inconclusive ? 'inconclusive' : 'ok');
    begin(world, m, run, 'watch');
    finish(
      world,
      m,
      run,
      'kept',
      inconclusive ? verdictOf('inconclusive', 'probe', 'no answer') : verdictOf('good', 'none', 'well'),
    );
  });
}

function bad(world: HostWorld, m: Machine, run: Run, check: Verdict['check'], reason: string): void {
  run.firstBadAt ??= world.schedule.now();
  run.verdict = {
    ...verdictOf('bad', check, reason),
    firstBad: instantOf(run.firstBadAt + m.clockOffset),
    decided: hostNow(world, m),
  };
  for (const p of run.order.packages) m.quarantined.add(p.sha256);
  restore(world, m, run, false);
}

/** The way back; whoever asks for it: the host itself, or a controller. */
export function restore(world: HostWorld, m: Machine, run: Run, resumed: boolean): void {
  countSamples(world, m);
  run.life += 1;
  run.worker = 'alive';
  run.phase = 'restoring';
  const step = begin(world, m, run, 'restore');
  told(world, m, 'restoring', run, 'restore', resumed);
  later(world, m, run, world.rng.int(3_000, 45_000), () => {
    if (run.restorePoint === 'none' || run.restorePoint === null || m.restoreFails) {
      end(world, m, step, 'failed', 'the way back failed');
      return finish(world, m, run, 'unrestored');
    }
    putBack(m, run);
    end(world, m, step, 'ok');
    told(world, m, 'healthy', run);
    if (run.verdict && run.firstBadAt !== null)
      run.verdict = {
        ...run.verdict,
        restored: hostNow(world, m),
        healthy: hostNow(world, m),
        secondsToHealthy: (world.schedule.now() - run.firstBadAt) / 1000,
      };
    finish(world, m, run, 'restored');
  });
}

function putBack(m: Machine, run: Run): void {
  m.installs += 1;
  for (const p of run.order.packages) {
    const old = run.before.get(p.name);
    if (old) m.db.set(p.name, { ...old, held: m.db.get(p.name)?.held ?? old.held });
    else m.db.delete(p.name);
  }
  m.sick = null;
}
