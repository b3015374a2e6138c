import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalDocument } from '../../src/contracts/canonical.ts';
import { anException } from '../support/fleet-world.ts';
import { git } from '../support/git-fixtures.ts';
import { buildPaperFleet, daysAgo, type PaperFleet, printed } from '../support/paper-fleet.ts';

interface Reconciled {
  readonly actions: readonly { readonly action: string; readonly kind: string; readonly number: number }[];
}

const WEB = { all: [{ label: 'role', in: ['web'] }] };
const days = (from: number, until: number) => ({ validFrom: daysAgo(from), validUntil: daysAgo(until) });

/** Of two owners: over, without assets, without findings, in use, and too young to be called useless. */
const EXCEPTIONS = [
  anException('over', { ...days(60, 1), match: { advisories: ['CVE-2024-1000'] } }),
  anException('nobody', { ...days(60, -30), select: WEB, match: { advisories: ['CVE-2024-1000'] } }),
  anException('nothing', { ...days(60, -30), owner: 'team:security', match: { advisories: ['CVE-2020-1'] } }),
  anException('used', { ...days(60, -30), owner: 'team:security', match: { advisories: ['CVE-2024-1000'] } }),
  anException('young', { ...days(5, -30), owner: 'team:security', match: { advisories: ['CVE-2020-2'] } }),
];

describe('housekeeping on the git forge', () => {
  let fleet: PaperFleet;
  beforeAll(() => {
    const files = EXCEPTIONS.map((e) => [`exceptions/${e.id}.json`, canonicalDocument('Exception', e)]);
    fleet = buildPaperFleet([{ cve: 'CVE-2024-1000', name: 'app', epss: 0.1 }], {
      baseline: { approve: [{ id: 'all', match: {}, afterDays: 365 }], exceptionDays: {} },
      files: Object.fromEntries(files),
    });
  });
  afterAll(() => fleet?.dispose());

  const reconcile = async () =>
    printed<Reconciled>(await fleet.bot('reconcile', '--format', 'json')).actions.flatMap(
      ({ action, kind, number }) => (action === 'keep' ? [] : [`${action} ${kind} ${number}`]),
    );
  const names = () => git(fleet.origin, ['ls-tree', '--name-only', 'main:exceptions']).trim().split('\n');

  it('opens one pull request for each owner, and none the second time', async () => {
    for (const verb of ['scan', 'sync']) printed(await fleet.run([verb, '--format', 'json']));
    expect(await reconcile()).toEqual(['open housekeeping 1', 'open housekeeping 2']);
    expect(await reconcile()).toEqual([]);
    const shown = (await fleet.run(['pr', 'show', '1'])).stdout;
    expect(shown).toContain('Remove 2 exceptions of team:ops that do nothing');
    expect(shown).toContain('deleted exceptions/over.json');
  });

  it('what a person closes stays closed while it is the same list', async () => {
    printed(
      await fleet.run(['pr', 'close', '2', '--reason', 'wanted', '--format', 'json'], fleet.keys.approver),
    );
    expect(await reconcile()).toEqual(['refused housekeeping 2']);
  });

  it('an approved one is merged by a person, and wanted no more', async () => {
    printed(await fleet.run(['pr', 'approve', '1', '--format', 'json'], fleet.keys.approver));
    printed(await fleet.run(['pr', 'merge', '1', '--format', 'json'], fleet.keys.merger));
    git(fleet.clone, ['pull', '-q']);
    expect(names()).toEqual(['nothing.json', 'used.json', 'young.json']);
    expect(await reconcile()).toEqual(['refused housekeeping 2']);
  });
});
