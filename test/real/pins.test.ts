import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalDocument } from '../../src/contracts/canonical.ts';
import type { Pins } from '../../src/contracts/generated/pins.ts';
import { git } from '../support/git-fixtures.ts';
import {
  buildPaperFleet,
  daysAgo,
  type PaperFleet,
  type PaperVulnerability,
  printed,
} from '../support/paper-fleet.ts';

interface Reconciled {
  readonly actions: readonly { readonly action: string; readonly kind: string; readonly number: number }[];
}
interface Status {
  readonly overdue: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly pins: {
    readonly behind: readonly { readonly pin: string }[];
    readonly kept: readonly object[];
    readonly afterMerge: { readonly overdue: number; readonly byStatus: Readonly<Record<string, number>> };
  };
}

const likely: PaperVulnerability = { cve: 'CVE-2024-1000', name: 'app', epss: 0.9 };
const quiet: PaperVulnerability = { cve: 'CVE-2024-2000', name: 'lib', epss: 0.1 };

/** What is likely to be exploited is wanted now, the rest after a year; what is exploited is due after a day. */
const baseline = {
  approve: [
    { id: 'likely', match: { epss: 0.5 } },
    { id: 'others', match: { classification: ['security' as const] }, afterDays: 365 },
  ],
  deadlines: [{ id: 'exploited', kind: 'kev' as const, clock: 'kevAdded' as const, days: 1 }],
};
const NOTHING_PINNED: Pins = { apiVersion: 'patchwarden/v1', kind: 'Pins', id: 'pins' };

describe('pins on the git forge', () => {
  let fleet: PaperFleet;
  beforeAll(() => {
    const files = { 'pins.json': canonicalDocument('Pins', NOTHING_PINNED) };
    fleet = buildPaperFleet([likely, quiet], { baseline, files });
  });
  afterAll(() => fleet?.dispose());

  /** What it changed. */
  const reconcile = async () =>
    printed<Reconciled>(await fleet.bot('reconcile', '--format', 'json')).actions.flatMap(
      ({ action, kind, number }) => (action === 'keep' ? [] : [`${action} ${kind} ${number}`]),
    );
  const status = async () => printed<Status>(await fleet.run(['status', '--format', 'json']));
  const merge = async (number: number) => {
    const pull = [String(number), '--format', 'json'];
    printed(await fleet.run(['pr', 'approve', ...pull], fleet.keys.approver));
    printed(await fleet.run(['pr', 'merge', ...pull], fleet.keys.merger));
    git(fleet.clone, ['pull', '-q']);
  };
  const pinned = () => JSON.parse(git(fleet.origin, ['show', 'main:pins.json'])) as Pins;

  it('the first proposal pins what there is', async () => {
    for (const verb of ['scan', 'sync']) printed(await fleet.run([verb, '--format', 'json']));
    expect(await reconcile()).toEqual(['open remediate 1', 'open pins 2']);
    await merge(2);
    expect(Object.keys(pinned()).slice(3)).toEqual(['intel', 'firstSeen', 'labels']);
    expect(await status()).toMatchObject({
      ...{ overdue: 0, byStatus: { missing: 2, waiting: 2 } },
      pins: { behind: [], kept: [], afterMerge: { byStatus: { missing: 2, waiting: 2 } } },
    });
    expect(await reconcile()).toEqual([]);
  });

  it('what got stricter counts at once, what got looser waits for a merge', async () => {
    fleet.know(
      [
        { ...likely, epss: 0.1 },
        { ...quiet, kev: daysAgo(5) },
      ],
      daysAgo(1),
    );
    printed(await fleet.run(['sync', '--format', 'json']));
    expect(await status()).toMatchObject({
      ...{ overdue: 1, byStatus: { missing: 2, waiting: 2 } },
      pins: {
        behind: [{ pin: 'intel' }],
        kept: [{ from: 'missing', to: 'waiting', findings: 2, assets: 1 }],
        afterMerge: { overdue: 1, byStatus: { waiting: 4 } },
      },
    });
  });

  it('the proposal shows which decisions move, and needs a person', async () => {
    expect(await reconcile()).toEqual(['open pins 3']);
    const shown = await fleet.run(['pr', 'show', '3']);
    expect(shown.stdout).toContain('change    modified pins.json (pins)');
    expect(shown.stdout).toContain('| missing | waiting | 2 | 1 | 0 | 0 |');
    expect(shown.stdout).not.toContain('web-1');
    const early = await fleet.run(['pr', 'merge', '3'], fleet.keys.merger);
    expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('change/enough-approvals') });
    expect(await reconcile()).toEqual([]);
  });

  it('the merge is what the next reconcile and status go by', async () => {
    const before = pinned();
    await merge(3);
    expect(pinned()).toEqual({ ...before, intel: expect.not.stringMatching(before.intel ?? '') });
    expect(await status()).toMatchObject({
      ...{ overdue: 1, byStatus: { waiting: 4 } },
      pins: { behind: [], kept: [] },
    });
    // The lock that only the pinned score wanted is wanted no more.
    expect(await reconcile()).toEqual(['close remediate 1']);
    expect(await reconcile()).toEqual([]);
  });
});
