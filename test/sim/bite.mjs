import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { applyPatch, parsePatch } from 'diff';
import { compileTree, ROOT, readTexts } from './compile.mjs';

const BUGS = join(ROOT, 'test', 'sim', 'bugs');
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: String(Math.min(2, availableParallelism())) },
  },
});
const [seeds, from, jobs] = [Number(values.seeds), Number(values.from), Number(values.jobs)];
/** As everything was when this began: clean and planted trees differ by the bug alone. */
const texts = readTexts();
const print = (text) => process.stdout.write(`${text}\n`);

/** One planted bug: one hunk in one file. @returns the patched text, or why there is none */
function plant(name) {
  const patches = parsePatch(readFileSync(join(BUGS, name), 'utf8'));
  const [patch] = patches;
  if (patches.length !== 1 || patch?.hunks.length !== 1) return { problem: 'is not one hunk of one file' };
  const file = (patch.newFileName ?? '').replace(/^b\//, '').trim();
  const text = applyPatch(texts.get(file) ?? '', patch, { fuzzFactor: 1 });
  return text === false ? { problem: `no longer applies to ${file}` } : { file, text };
}

/** The first failures of a tree within some seeds. */
const firstFailure = (tree, share) =>
  new Promise((resolve, reject) => {
    const url = pathToFileURL(join(tree, 'test/sim/worker.js'));
    const worker = new Worker(url, { workerData: { step: 1, seconds: null, maxFailures: 1, ...share } });
    worker.once('message', (tally) => resolve(tally.failures[0]));
    worker.once('error', reject);
  });

/** Looks for a seed that fails with the bug and not without it. */
async function hunt(tree, clean) {
  for (let next = from; next < from + seeds; ) {
    const failure = await firstFailure(tree, { from: next, seeds: from + seeds - next });
    if (!failure) return undefined;
    if (!(await firstFailure(clean, { from: failure.seed, seeds: 1 }))) return failure;
    next = failure.seed + 1;
  }
  return undefined;
}

const began = performance.now();
const out = mkdtempSync(join(tmpdir(), 'patchwarden-bite-'));
const names = readdirSync(BUGS)
  .filter((n) => n.endsWith('.patch') && n.includes(values.only))
  .sort();
const failed = [];
let caught = 0;
try {
  const clean = join(out, 'clean');
  compileTree(clean, undefined, texts);
  const queue = [...names];
  const work = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const planted = plant(name);
      if (planted.problem !== undefined) {
        failed.push(name);
        print(`${name}: ${planted.problem}`);
        continue;
      }
      const tree = join(out, name);
      compileTree(tree, (file, text) => (file === planted.file ? planted.text : text), texts);
      const failure = await hunt(tree, clean);
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
  `${caught} of ${names.length} planted bugs caught in ${((performance.now() - began) / 1000).toFixed(0)} s`,
);
process.exitCode = failed.length > 0 || names.length < 20 ? 1 : 0;
