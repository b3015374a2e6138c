import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Cell, How } from './kill-cells.ts';
import type { KillWorld } from './kill-world.ts';

/** Rounds of a plain apply until nothing changes any more; each may be a lost one at most. */
const ROUNDS = 5;

/** One cell over real ssh: something is ended, then `apply` runs plainly until it is over, then everything is looked at. */
export async function killAtCall(
  world: KillWorld,
  cell: Cell,
  how: Extract<How, { kind: 'call' }>,
): Promise<void> {
  await world.reset();
  const plan = { who: how.whom, step: how.call, moment: cell.moment.replace(' ', '-') };
  const struck = how.whom === 'controller' ? await world.applyApart(plan) : (await world.apply(plan)).struck;
  expect(struck, `the call ${how.call} was made: ${world.trace().join(', ')}`).toBe(true);
  if (how.whom === 'controller') await world.leaseRunsOut();
  const wanted = cell.version === 'good' ? 'proven' : 'halted';
  const seen: string[] = [];
  for (let round = 1; round <= ROUNDS && seen.at(-1) !== wanted; round += 1) {
    const { busy, rings, hosts } = await world.apply();
    // A push that the controller left behind may arrive after it.
    if (busy !== null) await world.leaseRunsOut();
    seen.push(rings[0]?.state ?? 'none', ...(rings[0]?.state === wanted ? [] : [hosts[0]?.reason ?? '']));
    if (rings[0]?.state === wanted) break;
    await sleep(300);
  }
  expect(seen.at(-1), seen.join(' | ')).toBe(wanted);
  await hasEnded(world, cell);
}

async function hasEnded(world: KillWorld, { version }: Cell): Promise<void> {
  const good = version === 'good';
  const status = await world.host.inside(
    'dpkg-query',
    '-W',
    '-f',
    '${Version} ${db:Status-Abbrev}',
    'pw-kill',
  );
  expect(status.trim()).toBe(good ? '1.1 ii' : '1.0 ii');
  expect(await world.host.inside('cat', '/var/log/pw-kill.log')).toBe(
    good ? 'begin 1.1\nend 1.1\n' : 'begin 1.2\nbegin 1.0\nend 1.0\n',
  );
  expect(await world.host.inside('dpkg', '--audit')).toBe('');
  expect(await world.host.inside('find', '/home/patchwarden', '-name', '.patchwarden-*')).toBe('');
  const { ok, problems, open, entries } = await world.verify();
  expect({ ok, problems, open }).toEqual({ ok: true, problems: [], open: [] });
  const effects = entries.flatMap(({ entry }) => (entry.type === 'effect' ? [entry] : []));
  // A run that was announced and never began says so, and another one takes its place.
  const real = effects.filter((e) => e.check !== 'controller').map((e) => e.outcome);
  expect(real).toEqual([good ? 'installed' : 'restored']);
  expect(entries.filter(({ entry }) => entry.type === 'proven')).toHaveLength(good ? 1 : 0);
}
