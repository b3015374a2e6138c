import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git } from '../support/git-fixtures.ts';
import { daysAgo, printed } from '../support/paper-fleet.ts';
import { APP, enterProven, LIB, NOW_EXPLOITED, scenarioFleet, URGENT } from './support/forge-scenario.ts';
import { type ForgeStage, giteaStage, gitStage, type MakeStage } from './support/forge-stage.ts';
import { type GiteaPeople, giteaPeople } from './support/gitea-people.ts';
import { whyNoGitea } from './support/gitea-server.ts';

interface Reconciled {
  readonly actions: readonly {
    readonly action: string;
    readonly kind: string;
    readonly scope: string;
    readonly number: number | null;
    readonly reason: string | null;
  }[];
}

let people: GiteaPeople | undefined;
const why = whyNoGitea();
afterAll(() => people?.stop());

const onGitea: MakeStage = async (build) => {
  people ??= await giteaPeople();
  return giteaStage(people)(build);
};

describe.each<[string, MakeStage, string | undefined]>([
  ['the git forge', gitStage, undefined],
  ['Gitea', onGitea, why],
])('40 hosts in three rings of three baselines on %s', (_name, make, missing) => {
  describe.skipIf(missing !== undefined)(missing === undefined ? 'for real' : `skipped: ${missing}`, () => {
    let stage: ForgeStage;
    const numbers = new Map<string, number>();
    beforeAll(async () => {
      stage = await make(scenarioFleet);
    });
    afterAll(() => stage?.dispose());

    const look = async () => {
      for (const verb of ['scan', 'sync']) printed(await stage.fleet.run([verb, '--format', 'json']));
    };
    /** What reconcile did, as `action kind scope`, without what it kept; the numbers are remembered. */
    const reconcile = async (): Promise<readonly string[]> => {
      const { actions } = printed<Reconciled>(await stage.fleet.bot('reconcile', '--format', 'json'));
      for (const a of actions) if (a.number !== null) numbers.set(`${a.kind} ${a.scope}`, a.number);
      git(stage.fleet.clone, ['pull', '-q']);
      return actions
        .filter((a) => a.action !== 'keep')
        .map((a) => `${a.action} ${a.kind} ${a.scope}${a.action === 'defer' ? ` ${a.reason}` : ''}`)
        .sort();
    };
    const still = async () => {
      let did: readonly string[] = [];
      const writes = await stage.writes(async () => {
        did = await reconcile();
      });
      expect(writes).toEqual([]);
      return did;
    };
    const numberOf = (what: string): number => numbers.get(what) ?? 0;
    const merge = async (what: string, style: 'merge' | 'squash' | 'rebase', two = false) => {
      await stage.people.approve(numberOf(what), 'approver');
      if (two) await stage.people.approve(numberOf(what), 'approver2');
      await stage.people.merge(numberOf(what), style);
      git(stage.fleet.clone, ['pull', '-q']);
    };
    const verified = async () => {
      const args = ['audit', 'verify', '--trust-anchor', stage.fleet.anchor, '--format', 'json'];
      expect(printed(await stage.fleet.run(args))).toMatchObject({ ok: true });
    };

    it('opens what is wanted, and writes nothing the second time', async () => {
      await look();
      expect(await reconcile()).toEqual([
        'open housekeeping team:ops',
        'open pins all',
        'open remediate app/canary',
        'open remediate db/canary',
        'open remediate web/canary',
      ]);
      expect(await still()).toEqual([]);
    });

    it('leaves alone what a person works on, closes or holds, and refreshes the rest in place', async () => {
      const before = new Map(numbers);
      await stage.people.push('patchwarden/remediate/app/canary');
      await stage.people.close(numberOf('remediate db/canary'));
      await stage.people.label(numberOf('pins all'), 'patchwarden/hold');
      const quiet = ['refused remediate db/canary', 'yield remediate app/canary'];
      const held = ['yield pins all'];
      expect(await reconcile()).toEqual([...quiet, ...held].sort());
      expect(await still()).toEqual([...quiet, ...held].sort());
      const likely = { ...LIB, epss: 0.9 };
      stage.fleet.know([APP, likely, URGENT], daysAgo(1));
      await look();
      const did = await reconcile();
      expect(did).toEqual(
        expect.arrayContaining([
          'open remediate db/canary',
          'refresh remediate web/canary',
          'yield remediate app/canary',
        ]),
      );
      expect(numberOf('remediate web/canary')).toBe(before.get('remediate web/canary'));
      await still();
      await stage.people.label(numberOf('remediate app/canary'), 'patchwarden/rebase');
      expect(await reconcile()).toEqual(['refresh remediate app/canary', 'yield pins all']);
      await still();
      if (!stage.people.check) return;
      await stage.people.check(numberOf('remediate app/canary'));
      expect(await reconcile()).toEqual(['refresh remediate app/canary', 'yield pins all']);
      await still();
    });

    it('takes to all rings what an operator asks for, as long as the label stays', async () => {
      await stage.people.label(numberOf('remediate web/canary'), 'patchwarden/expedite');
      expect(await reconcile()).toEqual(['open expedited web', 'yield pins all']);
      expect(await still()).toEqual(['yield pins all']);
      await stage.people.label(numberOf('remediate web/canary'), 'patchwarden/expedite', false);
      expect(await reconcile()).toEqual(['close expedited web', 'yield pins all']);
      await still();
    });

    it('takes merges of each style, and proposes the next ring for what is proven', async () => {
      await merge('remediate web/canary', 'merge');
      await merge('remediate db/canary', 'squash');
      await merge('housekeeping team:ops', 'rebase');
      const after = await reconcile();
      expect(after.filter((a) => !/pins|app/.test(a))).toEqual([]);
      await verified();
      await enterProven(stage.fleet, 'web', 'canary');
      await enterProven(stage.fleet, 'db', 'canary');
      expect(await reconcile()).toEqual(
        expect.arrayContaining(['open promote db/early', 'open promote web/early']),
      );
      await merge('promote web/early', 'squash');
      await reconcile();
      await still();
      await verified();
    });

    it('goes back from what a person stopped, and brings what cannot wait to all rings at once', async () => {
      const version = `debian:12:amd64/${APP.name}=1.1`;
      const stop = ['stop', version, '--reason', 'it breaks', '--format', 'json'];
      printed(await stage.fleet.run(stop, stage.fleet.keys.approver));
      const known = [APP, { ...LIB, epss: 0.9 }, { ...URGENT, ...NOW_EXPLOITED }];
      stage.fleet.know(known, daysAgo(0));
      await look();
      const did = await reconcile();
      expect(did).toEqual(
        expect.arrayContaining([
          'open expedited db',
          'open expedited web',
          'open rollback db/canary',
          'open rollback web/canary',
          'open rollback web/early',
        ]),
      );
      await still();
      await merge('rollback web/canary', 'rebase');
      await reconcile();
      await merge('expedited db', 'merge', true);
      await reconcile();
      await still();
      await verified();
    });
  });
});
