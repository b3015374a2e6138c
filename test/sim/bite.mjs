import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { applyPatch, parsePatch } from 'diff';
import { compileTree, ROOT, readTexts } from './compile.mjs';

/** Where the planted bugs are, and what plays the worlds that are to catch them. */
const SUITES = [
  { name: 'rollout', bugs: join(ROOT, 'test', 'sim', 'bugs'), worker: 'test/sim/worker.js', least: 20 },
  {
    name: 'reconcile',
    bugs: join(ROOT, 'test', 'sim', 'reconcile', 'bugs'),
    worker: 'test/sim/reconcile/worker.js',
    least: 15,
  },
];
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    suite: { type: 'string', default: '' },
    jobs: { type: 'string', default: String(Math.min(2, availableParallelism())) },
  },
});
const [seeds, from, jobs] = [Number(values.seeds), Number(values.from), Number(values.jobs)];
/** As everything was when this began: clean and planted trees differ by the bug alone. */
const texts = readTexts();
const print = (text) => process.stdout.write(`${text}\n`);

/** One planted bug: one hunk in one file. @returns the patched text, or why there is none */
function plant({ suite, name }) {
  const patches = parsePatch(readFileSync(join(suite.bugs, name), 'utf8'));
  const [patch] = patches;
  if (patches.length !== 1 || patch?.hunks.length !== 1) return { problem: 'is not one hunk of one file' };
  const file = (patch.newFileName ?? '').replace(/^b\//, '').trim();
  const text = applyPatch(texts.get(file) ?? '', patch, { fuzzFactor: 1 });
  return text === false ? { problem: `no longer applies to ${file}` } : { file, text };
}

/** The first failures of a tree within some seeds. */
const firstFailure = (tree, suite, share) =>
  new Promise((resolve, reject) => {
    const url = pathToFileURL(join(tree, suite.worker));
    const worker = new Worker(url, { workerData: { step: 1, seconds: null, maxFailures: 1, ...share } });
    worker.once('message', (tally) => resolve(tally.failures[0]));
    worker.once('error', reject);
  });

/** Looks for a seed that fails with the bug and not without it. */
async function hunt(tree, clean, suite) {
  for (let next = from; next < from + seeds; ) {
    const failure = await firstFailure(tree, suite, { from: next, seeds: from + seeds - next });
    if (!failure) return undefined;
    if (!(await firstFailure(clean, suite, { from: failure.seed, seeds: 1 }))) return failure;
    next = failure.seed + 1;
  }
  return undefined;
}

const began = performance.now();
const out = mkdtempSync(join(tmpdir(), 'patchwarden-bite-'));
const bugs = SUITES.filter((suite) => suite.name.includes(values.suite)).flatMap((suite) =>
  readdirSync(suite.bugs)
    .filter((n) => n.endsWith('.patch') && n.includes(values.only))
    .sort()
    .map((name) => ({ suite, name })),
);
const failed = [];
let caught = 0;
try {
  const clean = join(out, 'clean');
  compileTree(clean, undefined, texts);
  const queue = [...bugs];
  const work = async () => {
    for (let bug = queue.shift(); bug !== undefined; bug = queue.shift()) {
      const name = `${bug.suite.name} ${bug.name}`;
      const planted = plant(bug);
      if (planted.problem !== undefined) {
        failed.push(name);
        print(`${name}: ${planted.problem}`);
        continue;
      }
      const tree = join(out, `${bug.suite.name}-${bug.name}`);
      compileTree(tree, (file, text) => (file === planted.file ? planted.text : text), texts);
      const failure = await hunt(tree, clean, bug.suite);
      rmSync(tree, { recursive: true, force: true });
      if (failure) caught += 1;
      else failed.push(name);
      print(
        failure
          ? `${name}: caught by ${failure.invariant} at seed ${failure.seed}: ${failure.message.split('\n')[0].slice(0, 140)}`
          : `${name}: NOT CAUGHT within ${seeds} seeds`,
      );
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
} finally {
  rmSync(out, { recursive: true, force: true });
}
print(
  `${caught} of ${bugs.length} planted bugs caught in ${((performance.now() - began) / 1000).toFixed(0)} s`,
);
const whole = values.suite === '' && values.only === '';
const few = SUITES.filter((s) => whole && bugs.filter((b) => b.suite === s).length < s.least);
process.exitCode = failed.length > 0 || few.length > 0 ? 1 : 0;
