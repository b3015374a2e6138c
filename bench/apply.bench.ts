/**
 * Twenty real hosts get one package each, all at the same time, by three means in turn: apt alone (the floor), plain
 * Ansible, Patchwarden. The hosts go back to the disk they began with in between. npm run bench:apply
 */
import { expect, it } from 'vitest';
import { setUpAnsible, upgradePlaybook } from '../test/real/support/ansible.ts';
import { buildFleetPolicy, WEB } from '../test/real/support/fleet-policy.ts';
import { receiptsOf } from '../test/real/support/fleet-receipts.ts';
import { inParallel } from '../test/real/support/fleet-run.ts';
import { FLEET_TOOLS, type ServiceFleet, startServiceFleet } from '../test/real/support/fleet-service.ts';
import { whyNoMachines } from '../test/real/support/nspawn.ts';

const HOSTS = 20;
const ROUNDS = 2;
const why = await whyNoMachines(FLEET_TOOLS);

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.floor(half - 0.5)] ?? 0) + (sorted[Math.ceil(half - 0.5)] ?? 0)) / 2;
};

/** All in one wave, a probe, nothing to wait for: what the playbook does, and proof that it did. */
const BASELINE = {
  canary: { labels: ['slot'] },
  rings: [{ id: 'all', select: {}, merge: 'human' as const, bake: { minutes: 0 }, budget: { hosts: HOSTS } }],
  verify: { soakSeconds: 0, probes: WEB.verify?.probes ?? [] },
};

/** Each brings all hosts from 1.0 to 1.1 and returns the seconds it took, preparation excluded. */
type Contender = (rig: ServiceFleet) => Promise<number>;

const timed = async (act: () => Promise<void>): Promise<number> => {
  const from = performance.now();
  await act();
  return (performance.now() - from) / 1000;
};

/** Past ssh, by the package manager alone. @param quiet as Patchwarden has it: needrestart is asked once, later */
const apt =
  (quiet: boolean): Contender =>
  (rig) =>
    timed(async () => {
      const env = { DEBIAN_FRONTEND: 'noninteractive', ...(quiet ? { NEEDRESTART_SUSPEND: '1' } : {}) };
      const argv = ['apt-get', '-q', '-y', 'install', 'pw-web=1.1'];
      const ran = await Promise.all(rig.fleet.hosts.map((h) => rig.fleet.exec(h.name, argv, { env })));
      expect(ran.map((r) => r.code)).toEqual(ran.map(() => 0));
    });

const ansible: Contender = async (rig) => {
  const setup = await setUpAnsible(rig.fleet);
  return timed(async () => {
    const ran = await setup.play(upgradePlaybook('1.1', HOSTS), { forks: HOSTS });
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  });
};

const steps = new Map<string, number[]>();

const patchwarden: Contender = async (rig) => {
  const world = buildFleetPolicy(rig, { versions: ['1.1'], baseline: BASELINE });
  try {
    const proposed = await world.propose();
    expect(proposed.actions, proposed.stdout + proposed.stderr).toHaveLength(1);
    await world.mergeOpen();
    const seconds = await timed(async () => {
      const applied = await world.apply();
      expect(applied, applied.stderr).toMatchObject({ code: 0, rings: [{ state: 'proven' }] });
    });
    for (const { name } of rig.fleet.hosts)
      for (const receipt of await receiptsOf(rig.fleet, name))
        for (const { step, seconds: took } of receipt.steps)
          steps.set(step, [...(steps.get(step) ?? []), took ?? 0]);
    return seconds;
  } finally {
    world.dispose();
  }
};

const CONTENDERS: readonly (readonly [string, Contender])[] = [
  ['apt alone', apt(false)],
  ['apt alone, needrestart suspended', apt(true)],
  [`Ansible, forks ${HOSTS}`, ansible],
  [`Patchwarden, parallel ${HOSTS}`, patchwarden],
];

it.skipIf(why !== undefined)(`upgrades ${HOSTS} hosts${why ? ` (skipped: ${why})` : ''}`, async () => {
  const rig = await startServiceFleet({ debian: HOSTS });
  const names = rig.fleet.hosts.map((h) => h.name);
  const took = new Map(CONTENDERS.map(([name]) => [name, [] as number[]]));
  try {
    for (let round = 0; round < ROUNDS; round++)
      // The other way round each time: whoever comes later finds warmer caches.
      for (const [name, contender] of round % 2 === 0 ? CONTENDERS : CONTENDERS.toReversed()) {
        await rig.fleet.reset();
        await rig.untilServing('1.0');
        await rig.offer(['1.0', '1.1']);
        took.get(name)?.push(await contender(rig));
        await rig.untilServing('1.1');
        const versions = await inParallel(names, 6, (n) => rig.installed(n));
        expect(versions).toEqual(names.map(() => '1.1'));
      }
  } finally {
    await rig.stop();
  }
  const floor = median(took.get('apt alone') ?? []);
  console.log(`\n${HOSTS} hosts at once, ${ROUNDS} rounds, everybody ended at pw-web 1.1`);
  for (const [name, all] of took) {
    const seconds = median(all);
    console.log(
      [
        name.padEnd(34),
        `${seconds.toFixed(1)} s`.padStart(8),
        `(${all.map((s) => s.toFixed(1)).join(', ')})`.padEnd(16),
        `${((HOSTS * 60) / seconds).toFixed(0)} hosts/min`,
        `${((seconds - floor) / HOSTS).toFixed(2)} s a host beyond apt`,
      ].join('  '),
    );
  }
  const [theirs, ours] = [CONTENDERS[2], CONTENDERS[3]].map((c) => median(took.get(c?.[0] ?? '') ?? []));
  console.log(`Patchwarden: Ansible = ${((ours ?? 0) / (theirs ?? 1)).toFixed(2)} (less is faster)`);
  const line = [...steps].map(([step, all]) => `${step} ${median(all).toFixed(2)}`).join(', ');
  console.log(`on the host, median seconds a step: ${line}`);
});
