// The full numbers, some hours on two cores: `npm run exam`, or a part of it by name: `npm run exam -- kill`.
// Prints what ran, how it ended and how long it took; docs/STATUS.md holds the last output.
import { spawnSync } from 'node:child_process';

const vitest = (...files) => ['npx', 'vitest', 'run', '--testTimeout=36000000', ...files];
const PARTS = {
  parity: [
    ['npm', 'run', '--silent', 'test:real', '--', 'policy-opa', '-t', 'same bytes'],
    { PATCHWARDEN_REAL: 'required' },
  ],
  properties: [
    vitest('test/policies', 'test/assess/fleet/exceptions.test.ts'),
    { PATCHWARDEN_RUNS: '10000' },
  ],
  fleets: [
    vitest('test/assess/fleet/assess-fleet.test.ts', 'test/assess/fleet/independence.test.ts'),
    { PATCHWARDEN_FLEETS: '2000', PATCHWARDEN_HOSTS: '200' },
  ],
  sim: [['npm', 'run', '--silent', 'sim:rollout', '--', '--seeds', '20000']],
  'sim-reconcile': [['npm', 'run', '--silent', 'sim:reconcile', '--', '--seeds', '20000']],
  bite: [['npm', 'run', '--silent', 'sim:bite', '--', '--seeds', '1000']],
  kill: [
    ['npm', 'run', '--silent', 'test:real', '--', 'kill'],
    { PATCHWARDEN_KILL: 'all', PATCHWARDEN_REAL: 'required' },
  ],
  hosts: [['npm', 'run', '--silent', 'test:real', '--', 'hosts'], { PATCHWARDEN_REAL: 'required' }],
  apply: [['npm', 'run', '--silent', 'bench:apply']],
  decide: [['npm', 'run', '--silent', 'bench:decide']],
};

const asked = process.argv.slice(2);
const unknown = asked.filter((a) => !Object.hasOwn(PARTS, a));
if (unknown.length > 0) {
  console.error(`no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}
const commit = spawnSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8' }).stdout.trim();
console.log(`exam of ${commit}`);
let failed = 0;
for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) {
  const [[program, ...args], env = {}] = PARTS[name];
  const started = process.hrtime.bigint();
  console.log(`\n=== ${name}: ${[program, ...args].join(' ')}`);
  const { status } = spawnSync(program, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  const seconds = Number((process.hrtime.bigint() - started) / 1_000_000_000n);
  console.log(`=== ${name}: ${status === 0 ? 'passed' : `FAILED (${status})`} in ${seconds} s`);
  if (status !== 0) failed += 1;
}
process.exit(failed > 0 ? 1 : 0);
