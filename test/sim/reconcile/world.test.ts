import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { branchOf as productBranchOf } from '../../../src/domain/proposal.ts';
import { shrink } from '../shrink.ts';
import { branchOf } from './facts.ts';
import { generate } from './generate.ts';
import { HOUR, type Scenario } from './scenario.ts';
import { reconcileSimulator } from './simulator.ts';
import { play } from './world.ts';

const quiet = (more: Partial<Scenario> = {}): Scenario => ({
  seed: 1,
  start: Date.UTC(2025, 2, 3, 8),
  restAt: HOUR,
  clones: [{ name: 'c1', every: 600_000, offset: 1_000, lag: 0, stays: true }],
  topics: [
    {
      kind: 'remediate',
      scope: 'web/prod',
      path: 'locks/web/prod.json',
      wishes: [{ at: 0, content: 1, waits: false }],
    },
  ],
  people: [],
  faults: [],
  settings: { openLimit: 10, pageSize: 100, writesAMinute: 60, writesAnHour: 400 },
  ...more,
});

const posted = (trace: readonly string[]): readonly string[] =>
  trace.flatMap(
    (line) => / POST \S*(\/pulls\S*) /.exec(line)?.[1] ?? (line.includes(' POST ') ? [line] : []),
  );
/** One pull request, and whom it asks for a review. */
const ONCE = ['/pulls', '/pulls/1/requested_reviewers'];

describe('scenarios of reconcilers', () => {
  it('are a function of the seed', () => {
    expect(generate(42)).toEqual(generate(42));
    expect(generate(42)).not.toEqual(generate(43));
  });

  it('name branches as the product does', () => {
    for (let seed = 1; seed <= 50; seed += 1)
      for (const topic of generate(seed).topics)
        expect(branchOf(topic)).toBe(productBranchOf(topic.kind, topic.scope));
  });
});

describe('worlds of reconcilers', () => {
  it('play the same seed twice to the same story', async () => {
    const [a, b] = [await play(generate(11), { trace: true }), await play(generate(11), { trace: true })];
    expect(a.trace.length).toBeGreaterThan(10);
    expect(b.trace).toEqual(a.trace);
    expect(b.calls).toBe(a.calls);
  });

  it('leave the timers of the process as they were', async () => {
    const before = [globalThis.setTimeout, globalThis.clearTimeout];
    await play(generate(3));
    expect([globalThis.setTimeout, globalThis.clearTimeout]).toEqual(before);
  });

  it('open what is wanted once, and then write nothing', async () => {
    const { violations, trace } = await play(quiet(), { trace: true });
    expect(violations).toEqual([]);
    expect(posted(trace)).toEqual(ONCE);
  });

  it.each([
    ['502-after', 'create'],
    ['drop-after', 'create'],
    ['crash-after', 'create'],
    ['crash-before', 'create'],
    ['502-before', 'list'],
    ['secondary-limit', 'create'],
  ] as const)('come to rest with one pull request after %s of a %s', async (kind, target) => {
    const fault = { on: 'api', at: 0, clone: null, target, kind, times: 1, size: 60 } as const;
    const { violations, faults, trace } = await play(quiet({ faults: [fault] }), { trace: true });
    expect(violations).toEqual([]);
    expect(faults.get(`api ${target} ${kind}`)).toBe(1);
    expect(trace.filter((line) => /moves refs\/pull\/\d+\/head - /.test(line))).toHaveLength(1);
  });

  it.each(['close', 'close-and-delete', 'delete-branch'] as const)(
    'leave closed what a person ended with %s',
    async (act) => {
      const person = { at: HOUR / 2, who: 'olga', pick: 0, meets: null, act } as const;
      const { violations, trace } = await play(quiet({ people: [person] }), { trace: true });
      expect(violations).toEqual([]);
      expect(posted(trace)).toEqual(ONCE);
    },
  );

  it('keep all rules in 300 seeds', async () => {
    const script = fileURLToPath(new URL('../reconcile.mjs', import.meta.url));
    // In threads of their own: what is measured here is not their coverage.
    const ran = await promisify(execFile)(process.execPath, [script, '--seeds', '300', '--from', '600001'], {
      env: { ...process.env, NODE_V8_COVERAGE: '' },
    });
    expect(ran.stdout).toMatch(/^300 seeds in /);
    expect(ran.stdout).toMatch(/^violations: 0$/m);
  }, 120_000);
});

describe('shrinking a world of reconcilers', () => {
  it('keeps what is needed for the failure and nothing else', async () => {
    // Nobody may have anything open: what is wanted is then never there.
    const scenario = { ...generate(5), clones: generate(5).clones.map((c) => ({ ...c, every: 10 * HOUR })) };
    const { violations } = await play(scenario);
    expect(violations[0]?.invariant).toBe('R2');
    const { scenario: small } = await shrink(reconcileSimulator, scenario, 'R2', 60);
    expect(small.topics).toHaveLength(1);
    expect(small.faults).toEqual([]);
    expect(small.people).toEqual([]);
  }, 60_000);
});
