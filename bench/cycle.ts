/**
 * Times whole cycles of reconcile: npm run bench:cycle -- [hosts] [--merges 30] [--dir <cache>] [--slow]. The first writes what it
 * has to, the second finds nothing to do and is the one that counts, and in the third one of 300 baselines wants something.
 * Each is a process of its own.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { git } from '../test/support/git-fixtures.ts';
import { ASKING, buildWorld, type CycleWorld, openWorld, wantMore } from './cycle-world.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    merges: { type: 'string', default: '30' },
    dir: { type: 'string', default: join(tmpdir(), 'patchwarden-bench-cycle') },
    slow: { type: 'boolean', default: false },
  },
});
const hosts = Number(positionals[0] ?? 100_000);

interface Cycle {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly rssMb: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly actions: readonly { readonly action: string; readonly kind: string; readonly scope: string }[];
  readonly leftOut: number;
  readonly observations: number;
}

/** Two cores at most, whatever the machine has. */
const CORES = existsSync('/usr/bin/taskset') ? ['taskset', '-c', '0,1'] : [];

function cycle({ dir }: CycleWorld): Cycle {
  const script = fileURLToPath(new URL('cycle-run.js', import.meta.url));
  const [program = '', ...args] = [...CORES, process.execPath, script, dir, values.slow ? 'slow' : 'plain'];
  const out = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(out) as Cycle;
}

const refsOf = ({ origin }: CycleWorld): string => git(origin, ['for-each-ref']);

function must(holds: boolean, what: string, found: unknown): void {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(found).slice(0, 2000)}`);
}

async function prepare(): Promise<CycleWorld> {
  const dir = join(values.dir, `${hosts}-${values.merges}`);
  if (!existsSync(join(dir, 'state', 'fleet', 'manifest.json'))) {
    rmSync(dir, { recursive: true, force: true });
    const from = performance.now();
    await buildWorld(dir, hosts, Number(values.merges));
    console.error(`made ${dir} in ${((performance.now() - from) / 1000).toFixed(1)} s`);
  }
  return openWorld(dir);
}

const rounded = (seconds: number): number => Number(seconds.toFixed(2));
const row = (what: string, c: Cycle): Record<string, string | number> => ({
  what,
  seconds: rounded(c.seconds),
  'CPU s': rounded(c.cpuSeconds),
  'RSS MB': c.rssMb,
  ...Object.fromEntries(Object.entries(c.parts).map(([part, seconds]) => [part, rounded(seconds)])),
  actions: c.actions.length,
  told: c.observations,
});

const world = await prepare();
const table = [row('first', cycle(world))];
const before = refsOf(world);
const settled = cycle(world);
table.push(row('nothing to do', settled));
must(
  settled.actions.every((a) => a.action === 'keep'),
  'there was something to do',
  settled.actions,
);
must(refsOf(world) === before, 'the remote was written to', refsOf(world));

const asking = join(values.dir, `${hosts}-${values.merges}-asking`);
rmSync(asking, { recursive: true, force: true });
cpSync(world.dir, asking, { recursive: true });
await wantMore(openWorld(asking));
const wanting = cycle(openWorld(asking));
table.push(row('one wants', wanting));
must(
  wanting.actions.length === 1 &&
    wanting.actions[0]?.action === 'open' &&
    wanting.actions[0].scope.split('/')[0] === ASKING,
  'not exactly what one baseline wants was opened',
  wanting.actions,
);
console.table(table);
console.log(
  `load ${loadavg()
    .map((n) => n.toFixed(1))
    .join(' ')}`,
);
