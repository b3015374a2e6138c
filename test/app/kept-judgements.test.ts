import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFleetDuckdb } from '../../src/adapters/fleet-duckdb.ts';
import { loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import { directoryStateStore } from '../../src/adapters/state-store-directory.ts';
import { loadKnownJudgements } from '../../src/app/kept-judgements.ts';
import { labelUses } from '../../src/assess/fleet/labels.ts';
import { matchParts } from '../../src/assess/fleet/matches.ts';
import { reduceFleet } from '../../src/assess/fleet/reduce.ts';
import type { FleetStore } from '../../src/ports/fleet-store.ts';
import { fleetWorlds, ofFleets } from '../support/arbitrary-fleet.ts';
import { assessedWorld } from '../support/assessed-world.ts';
import { loadRows } from '../support/fleet-store.ts';
import { aBaseline, anAsset, aPart, aWorld } from '../support/fleet-world.ts';
import type { NaiveWorld } from '../support/naive-assess.ts';
import { sideBySide } from '../support/side-by-side.ts';
import { FLEETS } from '../support/sizes.ts';
import { sharedDir } from '../support/temp-dir.ts';

const policy = await loadPolicyEngine();
const INTEL = `sha256:${'1'.repeat(64)}`;
const PROGRAM = `sha256:${'2'.repeat(64)}`;

let root: string;
let store: FleetStore;
beforeAll(async () => {
  root = sharedDir();
  store = await openFleetDuckdb({ directory: root, threads: 1 });
});
afterAll(() => store.close());

let places = 0;
/** A new state location. */
const place = (): string => {
  places += 1;
  return join(root, `state-${places}`);
};
const filesIn = (directory: string): string[] =>
  existsSync(join(directory, 'judgements')) ? readdirSync(join(directory, 'judgements')).sort() : [];

const HITS = `SELECT part, h.* EXCLUDE (part, told), t.* EXCLUDE (told) FROM hit_part h JOIN told t USING (told)`;
const JUDGED = `SELECT a.* EXCLUDE (source), t.* EXCLUDE (told), v.* EXCLUDE (verdict)
  FROM judgement j JOIN asked a USING (source) JOIN told t USING (told) JOIN verdict v USING (verdict)`;
const ALL = [HITS, JUDGED, 'SELECT * EXCLUDE (told) FROM told', 'SELECT * EXCLUDE (verdict) FROM verdict'];

/** Everything that is decided on a fleet, or only what is judged of its sources, which takes a tenth of the time. */
type Assess = (world: NaiveWorld, known: boolean) => Promise<unknown>;
const wholly: Assess = (world, known) => assessedWorld(store, policy, world, loadRows, known);
const judgedOnly: Assess = async ({ rows }, known) => {
  await loadRows(store, rows);
  await reduceFleet(store, labelUses([], []));
  await matchParts(store, [], known);
};

/** What was said, and how many sources were judged for it. */
async function run(
  world: NaiveWorld,
  directory?: string,
  { intel = INTEL, program = PROGRAM, assess = judgedOnly } = {},
) {
  const deps = { store, state: directoryStateStore(directory ?? root) };
  const { known, keep } = await loadKnownJudgements(deps, intel, directory ? program : undefined);
  const assessed = await assess(world, known);
  const tables: unknown[] = [];
  for (const sql of ALL) tables.push(await store.rows(`SELECT * FROM (${sql}) ORDER BY ALL`));
  const [{ fresh } = { fresh: -1 }] = await store.rows<{ fresh: number }>(
    'SELECT count(*) AS fresh FROM fresh',
  );
  await keep();
  return { said: { assessed, tables }, fresh };
}

/** The same documents and advisories; of the hosts only some. */
const hostsOf = (world: NaiveWorld, which: (i: number) => boolean): NaiveWorld => {
  const assets = world.rows.assets.filter((_, i) => which(i));
  const sets = new Set(assets.map((a) => a.set));
  const components = world.rows.components.filter((c) => sets.has(c.set));
  const origins = world.rows.origins.filter((o) => assets.some((a) => a.asset === o.asset));
  return { ...world, rows: { ...world.rows, assets, components, origins } };
};

const NAMES = ['libssl3', 'openssl', 'libssl-dev'];
/** One host with versions of openssl, and of other packages that no advisory names. */
const fleet = (...versions: readonly string[]): NaiveWorld => ({
  rows: aWorld([anAsset('host', {})], {
    components: versions.map((version, i) =>
      aPart({ name: NAMES[i] ?? `lib${i}`, version, sourceVersion: version }),
    ),
  }),
  baselines: [aBaseline('servers')],
  exceptions: [],
  holds: [],
  feeds: [],
  asOf: '2024-10-24T12:00:00Z',
});
const ONE = fleet('1.0-1', '0.9-1');

describe('kept judgements', () => {
  it(
    'say of any fleet what judging says, whatever fleet they are from',
    async () => {
      const together = 5;
      const property = fc.asyncProperty(
        fleetWorlds(together),
        fc.array(fc.constantFrom('first', 'second', 'both'), { minLength: 7, maxLength: 7 }),
        async (worlds, runs) => {
          const world = sideBySide(worlds);
          const first = hostsOf(world, (i) => runs[i % 7] !== 'second');
          const second = hostsOf(world, (i) => runs[i % 7] !== 'first');
          const assess = { assess: wholly };
          const cold = await run(second, undefined, assess);
          const directory = place();
          await run(first, directory);
          const warm = await run(second, directory, assess);
          expect(warm.said).toEqual(cold.said);
          expect(warm.fresh).toBeLessThanOrEqual(cold.fresh);
          expect((await run(second, directory)).fresh).toBe(0);
        },
      );
      await fc.assert(property, { ...ofFleets(Math.ceil(FLEETS / together / 2)), unbiased: true });
    },
    FLEETS * 10_000,
  );

  it('are added to, and written only when something is new', async () => {
    const directory = place();
    expect((await run(ONE, directory)).fresh).toBe(2);
    const written = filesIn(directory);
    expect(written).toHaveLength(5);
    expect((await run(ONE, directory)).fresh).toBe(0);
    expect(filesIn(directory)).toEqual(written);
    const more = fleet('1.0-1', '0.9-1', '1.0-2');
    expect(await run(more, directory)).toEqual({ ...(await run(more)), fresh: 1 });
    expect(filesIn(directory)).toHaveLength(5);
    expect(filesIn(directory).filter((name) => written.includes(name))).toEqual(['manifest.json']);
    expect((await run(ONE, directory)).fresh).toBe(0);
    expect((await run(more, directory)).fresh).toBe(0);
  });

  it('tell once what they tell of several', async () => {
    const directory = place();
    await run(fleet('1.0-1'), directory);
    await run(fleet('0.9-1'), directory);
    await run(fleet('0.8-1', '0.9-1', '1.0-1'), directory);
    const [known] = await store.rows(`SELECT (SELECT count(*) FROM known_asked) AS asked,
      (SELECT count(*) FROM known_told) AS told, (SELECT count(*) FROM known_verdict) AS verdict`);
    expect(known).toEqual({ asked: 3, told: 1, verdict: 1 });
  });

  it('are forgotten where far more are kept than asked', async () => {
    const directory = place();
    await run(fleet(...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `0.${n}-1`)), directory);
    expect((await run(fleet('0.1-1', '0.9-1'), directory)).fresh).toBe(1);
    expect((await run(fleet('0.1-1', '0.9-1'), directory)).fresh).toBe(0);
    expect((await run(fleet('0.9-1', '0.2-1'), directory)).fresh).toBe(1);
    expect((await run(fleet('0.8-1'), directory)).said).toEqual((await run(fleet('0.8-1'))).said);
  });

  it.each([
    ['other intelligence', `sha256:${'3'.repeat(64)}`, PROGRAM],
    ['another program', INTEL, `sha256:${'3'.repeat(64)}`],
  ])('do not serve %s, which replaces them', async (_, intel, program) => {
    const directory = place();
    await run(ONE, directory);
    const written = filesIn(directory);
    expect((await run(ONE, directory, { intel, program })).fresh).toBe(2);
    expect(filesIn(directory)).toHaveLength(5);
    expect(filesIn(directory).filter((name) => written.includes(name))).toEqual(['manifest.json']);
    expect((await run(ONE, directory, { intel, program })).fresh).toBe(0);
  });

  it('are not used by a program that does not know itself', async () => {
    const directory = place();
    const deps = { store, state: directoryStateStore(directory) };
    const { known, keep } = await loadKnownJudgements(deps, INTEL, undefined);
    expect(known).toBe(false);
    await run(ONE);
    await keep();
    expect(filesIn(directory)).toEqual([]);
  });

  const FILES = ['asked.parquet', 'judgement.parquet', 'told.parquet', 'verdict.parquet', 'manifest.json'];
  const flip = (at: (length: number) => number) => (bytes: Buffer) => {
    const changed = Buffer.from(bytes);
    const i = at(bytes.length);
    changed.writeUInt8(changed.readUInt8(i) ^ 1, i);
    return changed;
  };
  const DAMAGE: [string, (bytes: Buffer) => Buffer | undefined][] = [
    ['cut', (bytes) => bytes.subarray(0, -20)],
    ['empty', () => Buffer.alloc(0)],
    ['missing', () => undefined],
    ['changed at its beginning', flip(() => 12)],
    ['changed in the middle', flip((length) => length >> 1)],
    ['changed near its end', flip((length) => length - 10)],
  ];
  it.each(FILES.flatMap((file) => DAMAGE.map(([what, damage]) => [file, what, damage] as const)))(
    'whose %s is %s are judged again, and written again',
    async (ending, _, damage) => {
      const directory = place();
      const { said } = await run(ONE, directory);
      const name = filesIn(directory).find((n) => n.endsWith(ending)) ?? '';
      const file = join(directory, 'judgements', name);
      const bytes = damage(readFileSync(file));
      if (bytes) writeFileSync(file, bytes);
      else rmSync(file);
      expect(await run(ONE, directory)).toEqual({ said, fresh: 2 });
      expect(await run(ONE, directory)).toEqual({ said, fresh: 0 });
      expect(filesIn(directory)).toHaveLength(5);
    },
  );

  it.each(['null', '[]', '{}', '{"key":1}', 'no JSON'])(
    'whose manifest is %s are judged again',
    async (text) => {
      const directory = place();
      await run(ONE, directory);
      writeFileSync(join(directory, 'judgements/manifest.json'), text);
      expect((await run(ONE, directory)).fresh).toBe(2);
    },
  );

  it('of a manifest that names files elsewhere are judged again', async () => {
    const directory = place();
    await run(ONE, directory);
    const manifest = join(directory, 'judgements/manifest.json');
    const { writing, ...rest } = JSON.parse(readFileSync(manifest, 'utf8'));
    writeFileSync(manifest, JSON.stringify({ ...rest, writing: `../judgements/${writing}` }));
    expect((await run(ONE, directory)).fresh).toBe(2);
  });

  it.each([1, 2, 3, 4])('that a killed run left after %d files change nothing, and go', async (count) => {
    const [directory, other] = [place(), place()];
    const more = fleet('1.0-1', '0.9-1', '1.0-2');
    const { said } = await run(more, other);
    for (const old of [false, true]) {
      if (old) await run(ONE, directory);
      mkdirSync(join(directory, 'judgements'), { recursive: true });
      const left = filesIn(other)
        .filter((n) => n !== 'manifest.json')
        .slice(0, count);
      for (const name of left) {
        const bytes = readFileSync(join(other, 'judgements', name));
        writeFileSync(join(directory, 'judgements', name), bytes);
        writeFileSync(join(directory, 'judgements', `${name}.1.part`), bytes.subarray(0, 9));
      }
      expect(await run(more, directory)).toEqual({ said, fresh: old ? 1 : 3 });
      expect(filesIn(directory)).toHaveLength(5);
      rmSync(join(directory, 'judgements'), { recursive: true });
    }
  });

  it('leave the old ones in force until the new ones are whole', async () => {
    const directory = place();
    await run(ONE, directory);
    const before = filesIn(directory);
    for (const failing of ['verdict', 'manifest']) {
      const broken = async () => Promise.reject(new Error('no'));
      const exportParquet = (table: string, file: string) =>
        table === `known_${failing}` ? broken() : store.exportParquet(table, file);
      const state = directoryStateStore(directory);
      const deps = { store: { ...store, exportParquet }, state: { ...state, write: broken } };
      const { keep } = await loadKnownJudgements(deps, INTEL, PROGRAM);
      await judgedOnly(fleet('1.0-1', '1.0-2'), true);
      await expect(keep()).resolves.toBeUndefined();
      expect(filesIn(directory)).toEqual(before);
    }
    expect((await run(ONE, directory)).fresh).toBe(0);
  });

  it('are not needed: a state location that can be neither read nor written changes no answer', async () => {
    const { said } = await run(ONE);
    const directory = place();
    mkdirSync(directory);
    writeFileSync(join(directory, 'judgements'), 'no directory');
    expect((await run(ONE, directory)).said).toEqual(said);
    const locked = place();
    mkdirSync(locked);
    chmodSync(locked, 0o500);
    expect((await run(ONE, locked)).said).toEqual(said);
    chmodSync(locked, 0o700);
  });
});
