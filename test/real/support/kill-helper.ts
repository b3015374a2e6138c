import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { buildKiller } from './host-killer.ts';
import { buildHostWorld, type HostWorld } from './host-world.ts';
import type { Cell, How } from './kill-cells.ts';
import { type Deb, debOf } from './packages.ts';
import type { TestRepository } from './repository.ts';
import type { TestRoot } from './root.ts';
import { resetRoot } from './root-state.ts';

export interface HelperRig {
  readonly root: TestRoot;
  readonly repository: TestRepository;
}

/** One run of a worker that is ended at one of its durable writes. @returns all its writes */
export async function killAtWrite(
  rig: HelperRig,
  version: Cell['version'],
  at?: Extract<How, { kind: 'write' }>,
): Promise<readonly string[]> {
  const killer = buildKiller(at);
  const deb = (name: string, v: string): Deb => debOf(rig.repository.debs, name, v);
  resetRoot(rig.root, [deb(version === 'good' ? 'pw-app' : 'pw-fights', '1.0')]);
  try {
    const world = buildHostWorld(rig.root, rig.repository.debs, killer.asset);
    await (version === 'good' ? good(rig, world, deb) : bad(rig, world, deb));
    if (at)
      expect(killer.killed(), `the write ${at.write} was made: ${killer.writes().join(', ')}`).toBe(true);
    return killer.writes();
  } finally {
    killer.remove();
  }
}

async function good(
  { root }: HelperRig,
  world: HostWorld,
  deb: (n: string, v: string) => Deb,
): Promise<void> {
  const receipt = await world.carryOut(world.order([deb('pw-app', '1.1'), deb('pw-lib', '1.0')]));
  expect(receipt, receipt.verdict?.reason).toMatchObject({ phase: 'kept', worker: 'done', changed: true });
  expect(root.dpkg('pw-app')).toBe('1.1 ii');
  expect(root.dpkg('pw-lib')).toBe('1.0 ii');
  expect(root.inside('apt-mark', 'showauto').trim()).toBe('pw-lib');
  expect(root.read('var/log/pw-app.log')).toBe('configure 1.0\nconfigure 1.1\n');
  expect(root.read('usr/sbin/policy-rc.d')).toBe('');
}

async function bad({ root }: HelperRig, world: HostWorld, deb: (n: string, v: string) => Deb): Promise<void> {
  const receipt = await world.carryOut(world.order([deb('pw-fights', '1.1'), deb('pw-rival', '1.0')]));
  expect(receipt, receipt.verdict?.reason).toMatchObject({ phase: 'restored', worker: 'done' });
  expect(root.dpkg('pw-fights')).toBe('1.0 ii');
  expect(root.dpkg('pw-rival')).toBeUndefined();
  expect(root.inside('dpkg', '--audit')).toBe('');
  expect((await world.driver.peek()).quarantined).toHaveLength(1);
}

/** A worker that is ended while dpkg works: alone, so that dpkg goes on without a parent, or with the whole session of apt. */
export async function killAtDpkg(
  { root, repository }: HelperRig,
  how: Extract<How, { kind: 'dpkg' }>,
): Promise<void> {
  const back = how.at === 'restore';
  const name = how.at === 'unpack' ? 'pw-big' : 'pw-kill';
  const log = `var/log/${name}.log`;
  resetRoot(root, [debOf(repository.debs, name, '1.0')]);
  rmSync(join(root.dir, 'var/log/dpkg.log'), { force: true });
  const world = buildHostWorld(root, repository.debs);
  const order = world.order([debOf(repository.debs, name, back ? '1.2' : '1.1')]);
  await world.stage(order);
  await world.driver.begin(order);
  const [file, words] = {
    unpack: ['var/log/dpkg.log', 'status half-installed pw-big'],
    postinst: [log, 'begin 1.1'],
    restore: [log, 'begin 1.0'],
  }[how.at] as [string, string];
  const end = performance.now() + 60_000;
  while (!root.read(file).includes(words) && performance.now() < end) await sleep(2);
  const worker = world.worker(order.run);
  const managers = how.all ? childrenOf(worker) : [];
  process.kill(worker, 'SIGKILL');
  for (const session of managers) killSession(session);
  expect(root.read(log)).not.toContain(back ? 'end 1.0' : 'end 1.1');
  const receipt = await world.until(order.run, [back ? 'restored' : 'kept'], 90, true);
  expect(receipt.steps.filter((s) => s.outcome === 'interrupted')).toHaveLength(1);
  expect(root.dpkg(name)).toBe(back ? '1.0 ii' : '1.1 ii');
  expect(root.inside('dpkg', '--audit')).toBe('');
  // A postinst that was ended is run again by dpkg; it comes to its end once.
  const ends = root
    .read(log)
    .split('\n')
    .filter((l) => l.startsWith('end'));
  expect(ends).toEqual([back ? 'end 1.0' : 'end 1.1']);
}

/** @see proc(5): of each process its parent and its session */
const processes = (): readonly {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
}[] =>
  readdirSync('/proc').flatMap((name) => {
    try {
      const words = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return /^\d+$/.test(name)
        ? [{ pid: Number(name), parent: Number(words[1]), session: Number(words[3]) }]
        : [];
    } catch {
      return [];
    }
  });

const childrenOf = (pid: number): readonly number[] =>
  processes().flatMap((p) => (p.parent === pid ? [p.session] : []));

function killSession(session: number): void {
  for (const { pid, session: its } of processes()) if (its === session) process.kill(pid, 'SIGKILL');
}
