import type { HostFault } from '../scenario.ts';
import { type HostWorld, type Machine, openRun, replace } from './machine.ts';
import { countSamples } from './watch.ts';
import { goDown, killWorker, notice } from './worker.ts';

/** Something happens to a host. @returns whether it could happen as things are */
export function injectHostFault(world: HostWorld, m: Machine, fault: HostFault, faultsEnd: number): boolean {
  const now = world.schedule.now();
  const until = fault.lasts === null ? faultsEnd : Math.min(faultsEnd, now + fault.lasts);
  countSamples(world, m);
  switch (fault.kind) {
    case 'busy':
      m.busyUntil = Math.max(m.busyUntil, until);
      return true;
    case 'half-configured': {
      const lib = m.db.get('lib');
      if (!lib || openRun(m)) return false;
      m.db.set('lib', { ...lib, state: 'half-configured' });
      return true;
    }
    case 'disk-full':
      m.fullUntil = Math.max(m.fullUntil, until);
      return true;
    case 'silent':
      if (now >= m.silentUntil) m.silentSince = now;
      m.silentUntil = fault.lasts === null ? Number.POSITIVE_INFINITY : Math.max(m.silentUntil, until);
      return true;
    case 'decommissioned':
      if (now >= m.silentUntil) m.silentSince = now;
      m.silentUntil = Number.POSITIVE_INFINITY;
      return true;
    case 'replaced':
      replace(world, m);
      return true;
    case 'clock-off':
      return shift(world, m, world.rng.pick([-4000, -120, 90, 400, 86_400]) * 1000, until);
    case 'clock-jump':
      return shift(world, m, world.rng.pick([-7200, -600, 600, 10_800]) * 1000, until);
    case 'worker-killed':
      if (m.current?.worker === 'alive') {
        killWorker(world, m);
        return true;
      }
      // Somewhere in a later run or watch, then.
      world.schedule.at(now + world.rng.int(1, 30) * 60_000, () => {
        if (world.schedule.now() < faultsEnd) injectHostFault(world, m, fault, faultsEnd);
      });
      return false;
    case 'boot-loop':
      m.bootLoop = true;
      return true;
    case 'reboot':
      goDown(world, m);
      return true;
    case 'inconclusive':
      m.inconclusiveUntil = Math.max(m.inconclusiveUntil, until);
      return true;
    case 'no-health':
      m.noHealthUntil = Math.max(m.noHealthUntil, until);
      return true;
    case 'blip':
      if (m.sick) return false;
      m.sick = { since: now, check: 'probe', imagined: true };
      if (m.current) notice(world, m, m.current);
      world.schedule.at(now + 30_000, () => {
        countSamples(world, m);
        if (m.sick?.imagined) m.sick = null;
      });
      return true;
    case 'liar':
      m.liar = true;
      return true;
    case 'restore-fails':
      m.restoreFails = true;
      return true;
    case 'upgraded-by-hand':
      if (openRun(m) || m.db.get('svc')?.held === true) return false;
      m.db.set('svc', { version: '9.0-1', state: 'installed', held: false });
      return true;
    case 'pinned-by-hand': {
      const svc = m.db.get('svc');
      if (!svc || openRun(m)) return false;
      m.db.set('svc', { ...svc, held: true });
      return true;
    }
    default:
      return fault.kind satisfies never;
  }
}

function shift(world: HostWorld, m: Machine, by: number, until: number): boolean {
  m.clockOffset += by;
  world.schedule.at(until, () => {
    countSamples(world, m);
    m.clockOffset -= by;
  });
  return true;
}
