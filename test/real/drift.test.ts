import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalDocument } from '../../src/contracts/canonical.ts';
import type { PatchLock } from '../../src/contracts/generated/patch-lock.ts';
import { git } from '../support/git-fixtures.ts';
import { buildPaperFleet, type PaperFleet, printed } from '../support/paper-fleet.ts';

interface Reconciled {
  readonly actions: readonly { readonly action: string; readonly kind: string; readonly number: number }[];
  readonly observations: readonly { readonly code: string; readonly subject: string }[];
}

const LOCK = 'locks/servers/all.lock.json';
const CLOSED = canonicalDocument('Calendar', {
  ...{ apiVersion: 'patchwarden/v1', kind: 'Calendar', id: 'closed', zone: 'UTC' },
  windows: [{ id: 'w', recurrence: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', start: '22:00', minutes: 60 }],
});

describe('drift and dead lock entries on the git forge', () => {
  let fleet: PaperFleet;
  beforeAll(() => {
    fleet = buildPaperFleet(
      ['app', 'lib'].map((name, i) => ({ cve: `CVE-2024-100${i}`, name, epss: 0.1 })),
      { baseline: { approve: [{ id: 'all', match: {} }] }, files: { 'calendars/closed.json': CLOSED } },
    );
  });
  afterAll(() => fleet?.dispose());

  const look = async (versions: Readonly<Record<string, string>>) => {
    fleet.have(versions);
    for (const verb of ['scan', 'sync']) printed(await fleet.run([verb, '--format', 'json']));
  };
  const run = async () => printed<Reconciled>(await fleet.bot('reconcile', '--format', 'json'));
  /** What it changed. */
  const reconcile = async () =>
    (await run()).actions.flatMap(({ action, kind, number }) =>
      action === 'keep' ? [] : [`${action} ${kind} ${number}`],
    );
  const merge = async (number: number) => {
    const pull = [String(number), '--format', 'json'];
    printed(await fleet.run(['pr', 'approve', ...pull], fleet.keys.approver));
    printed(await fleet.run(['pr', 'merge', ...pull], fleet.keys.merger));
    git(fleet.clone, ['pull', '-q']);
  };
  const locked = () =>
    Object.values((JSON.parse(git(fleet.origin, ['show', `main:${LOCK}`])) as PatchLock).entries).map(
      ({ version, downgradeFrom = null }) => [version, downgradeFrom],
    );

  it('a host that is newer than its lock from nowhere is drift, and a second run writes nothing', async () => {
    await look({ app: '1.0', lib: '1.0' });
    expect(await reconcile()).toEqual(['open remediate 1']);
    await merge(1);
    await look({ app: '1.2', lib: '1.1' });
    expect(await reconcile()).toEqual(['open drift 2']);
    const refs = git(fleet.origin, ['for-each-ref']);
    expect(await reconcile()).toEqual([]);
    expect(git(fleet.origin, ['for-each-ref'])).toBe(refs);
    const shown = (await fleet.run(['pr', 'show', '2'])).stdout;
    expect(shown).toContain('Take servers back to its lock: 1 package');
    expect(shown).toContain(
      '`app` `1.2` on 1 host of ring `all`: no declared origin of these hosts offers it',
    );
    expect(shown).not.toContain('web-1');
  });

  it('only a person takes hosts back: without an approval it does not merge', async () => {
    const early = await fleet.run(['pr', 'merge', '2'], fleet.keys.merger);
    expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('change/enough-approvals') });
  });

  it('closing it accepts exactly this content; other content is wanted again', async () => {
    printed(
      await fleet.run(['pr', 'close', '2', '--reason', 'ours', '--format', 'json'], fleet.keys.approver),
    );
    expect(await reconcile()).toEqual(['refused drift 2']);
    await look({ app: '1.3', lib: '1.1' });
    expect(await reconcile()).toEqual(['open drift 3']);
  });

  it('approved and merged by people, the lock says where from; the history verifies, and nothing more is wanted', async () => {
    await merge(3);
    expect(locked()).toEqual([
      ['1.1', '1.3'],
      ['1.1', null],
    ]);
    expect(await reconcile()).toEqual([]);
    const audit = await fleet.run(['audit', 'verify', '--trust-anchor', fleet.anchor]);
    expect(audit.code, audit.stderr).toBe(0);
  });

  it('an entry that no host has leaves its lock by housekeeping of the owner', async () => {
    await look({ app: '1.1' });
    expect(await reconcile()).toEqual(['open housekeeping 4']);
    expect((await fleet.run(['pr', 'show', '4'])).stdout).toContain(
      'Remove 1 lock entry of team:ops that does nothing',
    );
    expect(await reconcile()).toEqual([]);
    await merge(4);
    expect(locked()).toEqual([['1.1', '1.3']]);
    expect(await reconcile()).toEqual([]);
  });

  it('what no pull request can mend is told, in words and as data', async () => {
    const { observations } = await run();
    expect(observations).toMatchObject([{ code: 'calendar-never-opens', subject: 'closed', owner: null }]);
    const text = await fleet.bot('reconcile');
    expect(text.stdout).toContain('To look at:\n  calendar-never-opens closed [unowned]: no window of');
  });
});
