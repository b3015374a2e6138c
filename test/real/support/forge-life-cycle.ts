import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Player, playerOf } from './forge-player.ts';
import {
  BASELINES,
  enterProven,
  LIKELY,
  NOW_EXPLOITED,
  RINGS,
  scenarioFleet,
  stopVersion,
} from './forge-scenario.ts';
import type { ForgeStage, MakeStage } from './forge-stage.ts';

/** What is said of each baseline, or of each in these rings. */
const each = (what: string, ...rings: readonly string[]): string[] =>
  BASELINES.flatMap((b) => (rings.length === 0 ? [`${what} ${b}`] : rings.map((r) => `${what} ${b}/${r}`)));
const sorted = (...actions: readonly string[]): string[] => [...actions].sort();

/**
 * The life of every kind of proposal as tests of the suite that calls it, each going on from the one before. What `db` gets is
 * closed by a person and comes back with other content; what the others get is refreshed in place. The same on every forge.
 */
export function forgeLifeCycle(make: MakeStage): void {
  let stage: ForgeStage;
  let p: Player;
  beforeAll(async () => {
    stage = await make(scenarioFleet);
    p = playerOf(stage);
  });
  afterAll(() => stage?.dispose());
  const proven = (...rings: readonly string[]) =>
    enterProven(
      stage.fleet,
      BASELINES.flatMap((b) => rings.map((r) => [b, r] as const)),
    );
  const ON_APP = 'patchwarden/remediate/app/canary';

  it.sequential('remediate, pins and housekeeping open; the second run writes nothing', async () => {
    await p.look();
    expect(await p.program()).toEqual(
      sorted('open housekeeping team:ops', 'open pins all', ...each('open remediate', 'canary')),
    );
    expect(await stage.pages?.check(p.number('remediate web/canary'))).toBe(stage.pages && 'pending');
    expect(await p.still()).toEqual([]);
  });

  it.sequential('what people close, hold or work on is left alone; what they approve is green', async () => {
    await p.close('remediate db/canary', 'housekeeping team:ops');
    await stage.people.push(ON_APP);
    await stage.pages?.label(p.number('pins all'), 'patchwarden/hold');
    await stage.people.approve(p.number('remediate web/canary'), 'approver');
    const left = sorted(
      ...(stage.pages ? ['yield pins all'] : []),
      ...['refused housekeeping team:ops', 'refused remediate db/canary', 'yield remediate app/canary'],
    );
    expect(await p.reconcile()).toEqual(left);
    expect(await stage.pages?.check(p.number('remediate web/canary'))).toBe(stage.pages && 'success');
    expect(await p.still()).toEqual(left);
  });

  it.sequential('other content brings back what was closed, and is put into what is open', async () => {
    const before = p.numbers();
    p.know(1, { second: LIKELY });
    p.have({ leaving: null });
    await p.look();
    expect(await p.reconcile()).toEqual(
      sorted(
        ...['open housekeeping team:ops', 'open remediate db/canary', 'refresh remediate web/canary'],
        ...['yield remediate app/canary', stage.pages ? 'yield pins all' : 'refresh pins all'],
      ),
    );
    expect(p.same(before)).toEqual(sorted('pins all', 'remediate app/canary', 'remediate web/canary'));
    const again = p.numbers();
    await stage.people.handBack(p.number('remediate app/canary'), ON_APP);
    await stage.pages?.unlabel(p.number('pins all'), 'patchwarden/hold');
    p.have({ leaving: null, leaving2: null });
    await p.look();
    expect(await p.reconcile()).toEqual(
      sorted(
        ...['refresh housekeeping team:ops', 'refresh remediate app/canary'],
        ...(stage.pages ? ['refresh pins all'] : []),
      ),
    );
    expect(p.numbers()).toEqual(again);
  });

  it.sequential('merges of each style count; closed pins stay away until there is more to pin', async () => {
    await p.merge('merge', 'remediate web/canary');
    await p.merge('squash', 'remediate db/canary');
    await p.merge('rebase', 'remediate app/canary', 'housekeeping team:ops');
    await p.close('pins all');
    expect(await p.reconcile()).toEqual(['refused pins all']);
    await p.verified();
    await proven('canary');
    p.know(0, { third: LIKELY });
    await p.look();
    expect(await p.reconcile()).toEqual(
      sorted('open pins all', ...each('open promote', 'early'), ...each('open remediate', 'canary')),
    );
  });

  it.sequential('a newer generation takes the place of an open one in the same pull request', async () => {
    await p.merge('merge', ...each('remediate', 'canary'), 'pins all');
    await p.close('promote db/early');
    expect(await p.reconcile()).toEqual(['refused promote db/early']);
    await proven('canary');
    const before = p.numbers();
    expect(await p.reconcile()).toEqual(
      sorted('open promote db/early', 'refresh promote app/early', 'refresh promote web/early'),
    );
    expect(p.same(before)).toEqual(expect.arrayContaining(['promote app/early', 'promote web/early']));
    expect(p.same(before)).not.toContain('promote db/early');
    await p.merge('squash', ...each('promote', 'early'));
    expect(await p.reconcile()).toEqual([]);
    await proven('early');
    expect(await p.reconcile()).toEqual(each('open promote', 'prod'));
    await p.merge('rebase', ...each('promote', 'prod'));
  });

  it.sequential('what cannot wait for ring after ring, and hosts that drifted, beside each other', async () => {
    p.know(0, { urgent: NOW_EXPLOITED });
    await p.look();
    expect(await p.reconcile()).toEqual(
      sorted(...each('open expedited'), ...each('open remediate', 'canary')),
    );
    await p.close('expedited db');
    await proven('prod');
    const patched = { leaving: null, leaving2: null, first: '1.1', second: '1.1', third: '1.1' };
    p.have({ ...patched, first: '1.2' });
    await p.look();
    expect(await p.reconcile()).toEqual(sorted('refused expedited db', ...each('open drift')));
    await p.close('drift db');
    expect(await p.reconcile()).toEqual(['refused drift db', 'refused expedited db']);
    const before = p.numbers();
    p.have({ ...patched, first: '1.3' });
    p.know(0, { urgent2: NOW_EXPLOITED });
    await p.look();
    expect(await p.reconcile()).toEqual(
      sorted(
        ...['open drift db', 'refresh drift app', 'refresh drift web', 'open expedited db'],
        ...['refresh expedited app', 'refresh expedited web', ...each('refresh remediate', 'canary')],
      ),
    );
    expect(p.same(before)).toEqual(
      expect.arrayContaining(['drift app', 'drift web', 'expedited app', 'expedited web']),
    );
    await p.merge('squash', ...each('drift'));
    // All of them are about the same locks.
    expect(await p.reconcile()).toEqual(
      sorted(...each('refresh expedited'), ...each('refresh remediate', 'canary')),
    );
    await p.merge('merge', ...each('expedited'));
    p.have(patched);
    await p.look();
  });

  it.sequential('what a person stopped is taken back from every ring', async () => {
    await stopVersion(stage.fleet, 'first');
    expect(await p.program()).toEqual(
      sorted(...each('close remediate', 'canary'), ...each('open rollback', ...RINGS)),
    );
    await p.close('rollback db/canary');
    expect(await p.reconcile()).toEqual(['refused rollback db/canary']);
    const before = p.numbers();
    await stopVersion(stage.fleet, 'second');
    const others = (verb: string, ...but: string[]) =>
      each(`${verb}rollback`, ...RINGS).filter((a) => !but.some((b) => a === `${verb}rollback ${b}`));
    expect(await p.reconcile()).toEqual(
      sorted('open rollback db/canary', ...others('refresh ', 'db/canary')),
    );
    expect(p.same(before)).not.toContain('rollback db/canary');
    await p.merge('rebase', 'rollback db/canary');
    // All of them would add the same hold, which is there now.
    expect(await p.reconcile()).toEqual(sorted(...others('refresh ', 'db/canary')));
    await p.merge('rebase', ...others('', 'db/canary'));
  });

  it.sequential('in the end nothing is wanted, open or written, and all of it verifies', async () => {
    expect(await p.reconcile()).toEqual([]);
    expect(await p.still()).toEqual([]);
    expect(p.open()).toEqual([]);
    await p.verified();
  });
}
