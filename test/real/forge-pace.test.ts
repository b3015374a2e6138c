import { describe, expect, it } from 'vitest';
import type { Kill } from './support/pace-killer.ts';
import { type PaceRun, type PlantedBug, paceRun } from './support/pace-world.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const KILLS: readonly Kill[] = [
  ['pace before', 1],
  ['write arrived', 2],
  ['write done', 3],
  ['write answered', 10],
  ['push before', 20],
  ['push during', 30],
  ['push after', 40],
  ['evidence before', 50],
  ['pace before', 59],
  ['pace after', 60],
  ['sleep', 1],
  ['evidence during', 80],
  ['write done', 100],
  ['evidence after', 110],
  ['write arrived', 121],
  ['sleep', 3],
  ['push during', 160],
  ['write done', 199],
  ['write answered', 300],
  ['pace after', 401],
];

/** The most moments in any window of this length. */
const most = (moments: readonly number[], ms: number): number =>
  Math.max(0, ...moments.map((from, i) => moments.slice(i).filter((at) => at < from + ms).length));

/** What is not as it must be; of the stand-in and the log alone, nothing that the product says of itself. */
function complaints({ hub, writes, entries }: PaceRun, proposals: number): readonly string[] {
  const minute = most(writes, MINUTE);
  const hour = most(writes, HOUR);
  const pulls = hub.state.issues.filter((i) => i.pull !== undefined);
  const titles = pulls.map((i) => i.title);
  const logged = entries.flatMap((e) => (e.type === 'proposal' ? [e.pull] : []));
  const twice = (list: readonly unknown[]): boolean => new Set(list).size < list.length;
  const open = pulls.filter((i) => i.state === 'open').map((i) => i.number);
  return [
    ...(minute > 60 ? [`${minute} writes within a minute`] : []),
    ...(hour > 400 ? [`${hour} writes within an hour`] : []),
    ...(twice(titles) ? ['two pull requests for one matter'] : []),
    ...(open.length === proposals ? [] : [`${open.length} pull requests are open`]),
    ...(twice(logged) ? ['two entries for one proposal'] : []),
    ...(open.every((n) => logged.includes(n)) ? [] : ['a pull request without an entry']),
    ...hub.violations.map((v) => v.message),
  ];
}

describe('200 proposals to open, in virtual time', () => {
  it('obeys the pace over all runs, and SIGKILL at 20 points leaves no duplicate', {
    timeout: 1_800_000,
  }, async () => {
    const from = performance.now();
    const run = await paceRun(200, KILLS);
    process.stderr.write(
      `  ${run.writes.length} writes, ${run.pushes} pushes and ${run.entries.length} entries by ${run.runs} processes, ` +
        `${run.kills.length} of them killed, ${run.limited} at the limit of the hour, in ${Math.round(run.virtualMs / MINUTE)} ` +
        `minutes of their time and ${Math.round((performance.now() - from) / 1000)} s of ours\n`,
    );
    expect(complaints(run, 200)).toEqual([]);
    expect([...run.kills].sort()).toEqual(KILLS.map(([point, nth]) => `${point} ${nth}`).sort());
    // Both limits were met, or their test says nothing.
    expect(run.limited).toBeGreaterThan(0);
    expect(most(run.writes, 62_000)).toBeGreaterThanOrEqual(60);
  });

  it.each<[PlantedBug, number, readonly Kill[], string]>([
    ['the pace is forgotten between runs', 40, [['write done', 30]], 'writes within a minute'],
    ['another branch after a crash', 3, [['write done', 2]], 'two pull requests for one matter'],
    ['the evidence is not looked at', 3, [['write done', 2]], 'two entries for one proposal'],
  ])('is caught: %s', async (planted, proposals, kills, complaint) => {
    expect(complaints(await paceRun(proposals, kills, planted), proposals)).toContainEqual(
      expect.stringContaining(complaint),
    );
  });
});
