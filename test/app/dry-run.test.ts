import { describe, expect, it } from 'vitest';
import { dryRunEvidence, dryRunForge, dryRunGitForge } from '../../src/app/dry-run.ts';
import type { EvidenceLog } from '../../src/ports/evidence-log.ts';
import type { GitForge, PullRequest } from '../../src/ports/forge.ts';

const pull: PullRequest = {
  number: 7,
  kind: 'remediate',
  scope: 'a/all',
  branch: 'patchwarden/remediate/a/all',
  base: 'main',
  head: 'h',
  tip: 'h',
  foreign: false,
  title: 't',
  body: 'b',
  contentDigest: 'd',
  state: 'open',
  openedBy: 'bot@x',
  openedAt: '2024-01-01T00:00:00Z',
  asks: [],
  approvals: [],
  merge: null,
  closeReason: null,
  closedBy: null,
};
const fresh = {
  kind: pull.kind,
  scope: pull.scope,
  branch: pull.branch,
  head: 'h2',
  expectedBranch: 'h',
  title: 'new',
  body: 'b',
  contentDigest: 'd2',
  at: pull.openedAt,
};
const by = { name: 'bot', email: 'bot@x', key: '/dev/null' };
const forbidden = () => {
  throw new Error('a dry run wrote');
};

/** A forge whose every write fails the test. */
const readOnly: GitForge = {
  all: async () => ({ complete: true, pulls: [pull] }),
  list: async () => ({ complete: true, pulls: [pull] }),
  branch: async () => ({ pulls: [pull], tip: 'h', ours: true }),
  open: forbidden,
  refresh: forbidden,
  close: forbidden,
  approve: forbidden,
  label: forbidden,
  merge: forbidden,
};

describe('a dry run', () => {
  it.each<[string, (f: GitForge) => Promise<PullRequest>, string]>([
    [
      'open',
      (f) => f.open(fresh, by),
      'dry run: would open a pull request from patchwarden/remediate/a/all: new',
    ],
    ['refresh', (f) => f.refresh(7, fresh, by), 'dry run: would refresh pull request 7: new'],
    [
      'close',
      (f) => f.close(7, 'obsolete', pull.openedAt, by),
      'dry run: would close pull request 7: obsolete',
    ],
    ['approve', (f) => f.approve(7, 'd', pull.openedAt, by), 'dry run: would approve d of pull request 7'],
    [
      'label',
      (f) => f.label(7, 'rebase', true, pull.openedAt, by),
      'dry run: would ask for rebase at pull request 7',
    ],
    ['merge', (f) => f.merge(7, 'm', 'b', pull.openedAt, by), 'dry run: would merge pull request 7'],
  ])('tells %s and does not do it', async (_what, write, line) => {
    const lines: string[] = [];
    await write(dryRunGitForge(readOnly, { info: (l) => lines.push(l) }));
    expect(lines).toEqual([line]);
  });
  it('covers every method of the forge', () => {
    const names = (forge: object) => Object.keys(forge).sort();
    const quiet = { info: () => undefined };
    expect(names(dryRunGitForge(readOnly, quiet))).toEqual(names(readOnly));
    expect(names(dryRunForge(readOnly, quiet))).toEqual(['branch', 'close', 'list', 'open', 'refresh']);
  });
  it('names a pull request that is not there', async () => {
    const none: GitForge = { ...readOnly, list: async () => ({ complete: true, pulls: [] }) };
    await expect(dryRunForge(none, { info: () => undefined }).close(9, 'x', '', by)).rejects.toMatchObject({
      code: 'forge-failed',
    });
  });
  it('reads the evidence log and appends nothing', async () => {
    const lines: string[] = [];
    const log: EvidenceLog = {
      head: async () => ({ size: 3, root: 'r' }),
      entries: async () => [],
      append: forbidden,
    };
    const dry = dryRunEvidence(log, { info: (l) => lines.push(l) });
    const entry = {
      apiVersion: 'patchwarden/v1',
      type: 'effect',
      time: 't',
      run: 'r',
      asset: 'a',
      lock: 'l',
      outcome: 'installed',
    } as const;
    expect(await dry.append([entry])).toEqual({ size: 3, root: 'r' });
    expect(lines).toEqual(['dry run: would enter effect into the evidence log']);
  });
});
