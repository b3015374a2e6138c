import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BAD_PACKAGES } from './support/host-world.ts';
import {
  CALLS,
  CELLS,
  type Cell,
  MOMENTS,
  nameOf,
  sampleOf,
  tableOf,
  WHO,
  writesOf,
} from './support/kill-cells.ts';
import { type HelperRig, killAtDpkg, killAtWrite } from './support/kill-helper.ts';
import { KILL_BAD, KILL_BIG, KILL_GOOD } from './support/kill-packages.ts';
import { killAtCall } from './support/kill-rounds.ts';
import { buildKillWorld, KILL_HOST_FILES, type KillWorld } from './support/kill-world.ts';
import { STANDARD } from './support/packages.ts';
import { buildRepository } from './support/repository.ts';
import { buildRoot } from './support/root.ts';
import { whyNoRoot } from './support/run.ts';
import { startSshHosts, whyNoHosts } from './support/ssh-hosts.ts';

const why = whyNoRoot() ?? whyNoHosts();
/** As many hosts, and so as many cells at a time. */
const LANES = Number(process.env.PATCHWARDEN_KILL_HOSTS ?? 2);
const SAMPLE = 30;
const EACH = 6;

/** Another sample for every commit, and the same again for the same one. */
const commit = () =>
  Number.parseInt(execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).slice(0, 6), 16);
const seed = Number(
  process.env.PATCHWARDEN_KILL_SEED ?? (process.env.PATCHWARDEN_KILL === 'all' ? 0 : commit()),
);
const chosen = process.env.PATCHWARDEN_KILL === 'all' ? CELLS : sampleOf(CELLS, SAMPLE, EACH, seed);
const ran = new Map<Cell, boolean>();
const say = (text: string) => process.stderr.write(`${text}\n`);

/** A host, as a world whose lock brings it this version; made when it is asked for first. */
type Lane = (version: Cell['version']) => Promise<KillWorld>;

async function converges(cell: Cell, act: () => Promise<unknown>): Promise<void> {
  ran.set(cell, false);
  const from = performance.now();
  try {
    await act();
    ran.set(cell, true);
    say(`  ${nameOf(cell)}: converged in ${((performance.now() - from) / 1000).toFixed(1)} s`);
  } catch (error) {
    say(`  ${nameOf(cell)}: FAILED, ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  }
}

const title = `the kill matrix: ${chosen.length} of ${CELLS.length} cells${chosen === CELLS ? '' : `, seed ${seed}`}`;

describe('the cells of the kill matrix', () => {
  it('have names of their own, for everyone and every moment', () => {
    expect(new Set(CELLS.map(nameOf)).size).toBe(CELLS.length);
    expect(new Set(CELLS.map((c) => `${c.who} ${c.moment}`)).size).toBe(3 * MOMENTS.length);
  });
  it('are sampled by a seed, with enough of everyone', () => {
    const sample = sampleOf(CELLS, SAMPLE, EACH, 1);
    expect(sample).toHaveLength(SAMPLE);
    for (const who of WHO) expect(sample.filter((c) => c.who === who).length).toBeGreaterThanOrEqual(EACH);
    expect(sampleOf(CELLS, SAMPLE, EACH, 1)).toEqual(sample);
    expect(sampleOf(CELLS, SAMPLE, EACH, 2)).not.toEqual(sample);
  });
});

describe.skipIf(why !== undefined)(`${title}${why ? ` (skipped: ${why})` : ''}`, () => {
  beforeAll(() => say([title, ...(chosen === CELLS ? [] : chosen.map((c) => `  ${nameOf(c)}`))].join('\n')));
  afterAll(() =>
    say(
      `the kill matrix: ${ran.size} of ${CELLS.length} cells ran; converged, each effect once:\n${tableOf(ran)}`,
    ),
  );

  describe('the worker on a Debian root', () => {
    let rig: HelperRig;
    beforeAll(() => {
      const packages = [
        ...STANDARD,
        ...BAD_PACKAGES,
        ...KILL_BAD,
        KILL_GOOD[1] as (typeof KILL_GOOD)[0],
        ...KILL_BIG,
      ];
      rig = { root: buildRoot(), repository: buildRepository({ packages }) };
    });
    afterAll(() => {
      rig?.repository.remove();
      rig?.root.remove();
    });

    it.each(['good', 'bad'] as const)(
      'writes what the matrix ends it at, with a %s version',
      async (version) => {
        expect(await killAtWrite(rig, version)).toEqual(writesOf(version));
      },
    );
    it.each(chosen.filter((c) => c.how.kind !== 'call').map((c) => [nameOf(c), c] as const))(
      '%s',
      async (_, cell) => {
        const { how } = cell;
        await converges(cell, async () => {
          if (how.kind === 'write') await killAtWrite(rig, cell.version, how);
          if (how.kind === 'dpkg') await killAtDpkg(rig, how);
        });
      },
    );
  });

  describe('a host over ssh', () => {
    const free: Lane[] = [];
    const close: (() => unknown)[] = [];
    const waiting: (() => void)[] = [];

    beforeAll(async () => {
      const repositories = {
        good: buildRepository({ packages: KILL_GOOD }),
        bad: buildRepository({ packages: KILL_BAD }),
      };
      close.push(repositories.good.remove, repositories.bad.remove);
      const rig = await startSshHosts(
        Array.from({ length: LANES }, (_, i) => ({ name: `web-${i + 1}`, files: KILL_HOST_FILES })),
      );
      close.push(rig.close);
      for (const host of rig.hosts) {
        const worlds: Partial<Record<Cell['version'], KillWorld>> = {};
        free.push(async (version) => {
          const world = worlds[version] ?? (await buildKillWorld(rig, host, repositories[version]));
          if (!worlds[version]) close.push(world.remove);
          worlds[version] = world;
          return world;
        });
      }
    });
    afterAll(async () => {
      for (const act of close.reverse()) await act();
    });

    /** Takes a host of its own for as long as `act` takes. */
    async function onHost(version: Cell['version'], act: (world: KillWorld) => Promise<void>): Promise<void> {
      while (free.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      const lane = free.pop();
      if (!lane) throw new Error('no lane');
      try {
        await act(await lane(version));
      } finally {
        free.push(lane);
        waiting.shift()?.();
      }
    }

    it('makes the calls that the matrix ends something at', async () => {
      await onHost('good', async (world) => {
        await world.reset();
        await world.applyApart();
        expect(world.trace()).toEqual(CALLS);
      });
    });
    it.concurrent.each(
      chosen.flatMap((c) => (c.how.kind === 'call' ? [[nameOf(c), c, c.how] as const] : [])),
    )(
      '%s',
      async (_, cell, how) => {
        await onHost(cell.version, (world) => converges(cell, () => killAtCall(world, cell, how)));
      },
      // An order that got lost is waited for until the patience is over.
      600_000,
    );
  });
});
