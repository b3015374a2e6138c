import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const none = spawnSync('python3', ['--version']).status === 0 ? undefined : 'needs python3';
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

interface Ended {
  readonly ended: 'ok' | 'bad';
  readonly said: string;
  /** Seconds since the beginning, as are `since` and `until`, by the host's own clock. */
  readonly passed: number;
  readonly watch: {
    readonly since: number;
    readonly until: number;
    readonly samples: number;
    readonly healthySeconds: number;
  };
}

/** A watch of ten minutes. @see streak.py */
function play(plan: object): Ended {
  const argv = ['-I', at('streak.py'), at('../../src/helper/patchwarden_host.py')];
  const input = JSON.stringify({ seconds: 600, ...plan });
  const { stdout, stderr } = spawnSync('python3', argv, { input, encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Ended;
}
/** As the controller counts: no more than six seconds beside. */
const about = (seconds: number) => (value: number) => value >= seconds && value <= seconds + 6;

describe.skipIf(none !== undefined)(`the healthy streak${none ? ` (skipped: ${none})` : ''}`, () => {
  const flap = [
    [0, 'good'],
    [305, 'inconclusive'],
    [307, 'good'],
  ];

  it.each<[string, object, { since: number; seconds: number; passed: number }]>([
    ['is all of an undisturbed watch', {}, { since: 0, seconds: 600, passed: 600 }],
    ['is exact when probes are slow', { probeSeconds: 25 }, { since: 25, seconds: 600, passed: 625 }],
    ['starts anew after one inconclusive sample', { from: flap }, { since: 310, seconds: 600, passed: 910 }],
    [
      'starts anew after a probe was bad for a moment',
      {
        from: [
          [0, 'good'],
          [300, 'bad'],
          [300.4, 'good'],
        ],
      },
      { since: 305, seconds: 600, passed: 905 },
    ],
    ['has nothing of a time without a worker', { dead: [200, 500] }, { since: 0, seconds: 600, passed: 905 }],
    [
      'does not forget what broke it when the worker dies',
      { from: flap, dead: [308, 400] },
      { since: 400, seconds: 600, passed: 1000 },
    ],
    ['has one minute of a long pause', { paused: [300, 900] }, { since: 0, seconds: 600, passed: 1445 }],
    [
      'starts anew when the clock is set back',
      { set: [300, -3600] },
      { since: -3300, seconds: 600, passed: 900 },
    ],
    ['goes by no wall clock', { set: [300, 3600] }, { since: 0, seconds: 600, passed: 600 }],
    [
      'waits for services that are slow after a boot',
      {
        booted: true,
        from: [
          [0, 'bad'],
          [100, 'good'],
        ],
      },
      { since: 105, seconds: 600, passed: 705 },
    ],
    [
      'is not broken by a worker that has no CPU rate yet',
      { cpu: true, dead: [200, 300] },
      { since: 5, seconds: 600, passed: 715 },
    ],
  ])('%s', (_name, plan, expected) => {
    const { ended, said, passed, watch } = play(plan);
    expect({ ended, said }).toEqual({ ended: 'ok', said: '' });
    expect(watch.healthySeconds).toSatisfy(about(expected.seconds));
    expect(watch.since).toSatisfy(about(expected.since));
    expect(passed).toSatisfy(about(expected.passed));
    // What the controller believes: a streak fits into its own time.
    expect(watch.healthySeconds).toBeLessThanOrEqual(watch.until - watch.since + 1);
    expect(watch.healthySeconds).toBeLessThanOrEqual((watch.samples - 1) * 60);
  });

  it.each<[string, object]>([
    [
      'a probe that stays bad',
      {
        from: [
          [0, 'good'],
          [300, 'bad'],
        ],
      },
    ],
    ['a probe that stays bad after a boot', { booted: true, from: [[0, 'bad']] }],
  ])('ends with %s, which is taken back', (_name, plan) => {
    const { ended, passed } = play(plan);
    expect(ended).toBe('bad');
    expect(passed).toBeLessThan(310);
  });

  it('is waited for a day, or three times as long as asked, and then the watch says what is missing', () => {
    const never = { from: [[0, 'inconclusive']] };
    expect(play(never)).toMatchObject({
      ended: 'ok',
      said: expect.stringContaining('healthy for 0 s at a stretch'),
      passed: expect.toSatisfy(about(86_400)),
      watch: { samples: 0, healthySeconds: 0 },
    });
    expect(play({ ...never, seconds: 40_000 }).passed).toSatisfy(about(120_000));
    expect(play({ ...never, seconds: 0 }).passed).toBe(0);
  });
});
