import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { addTally, emptyTally, playSafely, type Simulator, type Tally } from './run-seeds.ts';
import { shrink } from './shrink.ts';

const OPTIONS =
  '[--seeds N] [--from N] [--seconds S] [--minutes M] [--jobs N] [--least N] [--failures N] | --seed N [--trace]';

/** `npm run sim:…`: many seeds, or one of them with its story. @param worker the module that plays a share of them */
export async function simulate<S>(
  simulator: Simulator<S>,
  worker: URL,
  argv: readonly string[],
): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seeds: { type: 'string', default: '20000' },
      from: { type: 'string', default: '1' },
      seconds: { type: 'string' },
      minutes: { type: 'string' },
      least: { type: 'string', default: '0' },
      seed: { type: 'string' },
      jobs: { type: 'string' },
      failures: { type: 'string', default: '3' },
      trace: { type: 'boolean', default: false },
      'no-shrink': { type: 'boolean', default: false },
    },
  });
  const number = (text: string | undefined, name: string): number => {
    if (text === undefined || !/^\d{1,9}$/.test(text))
      throw new Error(`--${name} wants a number; npm run ${simulator.script} -- ${OPTIONS}`);
    return Number(text);
  };
  if (values.seed !== undefined)
    return one(simulator, number(values.seed, 'seed'), values.trace, !values['no-shrink']);
  const began = performance.now();
  const seeds = number(values.seeds, 'seeds');
  const from = number(values.from, 'from');
  const jobs = values.jobs === undefined ? Math.min(2, availableParallelism()) : number(values.jobs, 'jobs');
  const seconds =
    values.minutes !== undefined
      ? number(values.minutes, 'minutes') * 60
      : values.seconds === undefined
        ? null
        : number(values.seconds, 'seconds');
  const maxFailures = number(values.failures, 'failures');
  const total = emptyTally();
  await Promise.all(
    Array.from({ length: jobs }, async (_, i) => {
      const share = {
        from: from + i,
        seeds: Math.ceil((seeds - i) / jobs),
        step: jobs,
        seconds,
        maxFailures,
      };
      addTally(total, await inWorker(worker, share));
    }),
  );
  const elapsed = (performance.now() - began) / 1000;
  say(total, elapsed);
  total.failures.sort((a, b) => a.seed - b.seed);
  for (const f of total.failures)
    print(
      `VIOLATION ${f.invariant} seed ${f.seed} at ${f.at}: ${f.message}\n  replay: npm run ${simulator.script} -- --seed ${f.seed} --trace`,
    );
  const [first] = total.failures;
  if (first && !values['no-shrink']) await one(simulator, first.seed, false, true);
  const least = number(values.least, 'least');
  if (total.seeds < least) print(`only ${total.seeds} of at least ${least} seeds in ${elapsed.toFixed(0)} s`);
  return total.failures.length > 0 || total.seeds < least ? 1 : 0;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

function inWorker(module: URL, share: object): Promise<Tally> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(module, { workerData: share });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      if (code !== 0) reject(new Error(`a worker ended with ${code}`));
    });
  });
}

async function one<S>(
  simulator: Simulator<S>,
  seed: number,
  trace: boolean,
  small: boolean,
): Promise<number> {
  const scenario = simulator.generate(seed);
  const outcome = await playSafely(simulator, scenario, trace);
  for (const line of outcome.trace) print(line);
  print(
    `seed ${seed}: ${simulator.describe(scenario)}, ${outcome.calls} calls, ${outcome.virtualHours.toFixed(1)} virtual hours`,
  );
  for (const v of outcome.violations) print(`VIOLATION ${v.invariant} at ${v.at}: ${v.message}`);
  const [first] = outcome.violations;
  if (!first) return 0;
  if (small) {
    const shrunk = await shrink(simulator, scenario, first.invariant);
    const again = await playSafely(simulator, shrunk.scenario);
    print(`smallest after ${shrunk.tries} tries: ${JSON.stringify(shrunk.scenario)}`);
    for (const v of again.violations) print(`  ${v.invariant} at ${v.at}: ${v.message}`);
  }
  return 1;
}

function say(t: Tally, elapsed: number): void {
  const list = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, n]) => `${name} ${n}`)
      .join(', ');
  print(
    `${t.seeds} seeds in ${elapsed.toFixed(1)} s (${(t.seeds / elapsed).toFixed(1)} a second), ${t.invocations} starts of processes, ${t.calls} calls, ${t.events} events, ${Math.round(t.virtualHours)} virtual hours`,
  );
  print(`faults: ${list(t.faults)}`);
  print(`checked: ${list(t.checks)}`);
  print(`violations: ${t.failures.length}`);
}
