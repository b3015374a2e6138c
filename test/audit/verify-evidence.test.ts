import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEvidenceView } from '../../src/audit/evidence-view.ts';
import { readProtectedHistory } from '../../src/audit/protected-history.ts';
import { verifyEvidence } from '../../src/audit/verify-evidence.ts';
import type {
  ApprovalEvidence,
  EvidenceEntry,
  MergeEvidence,
} from '../../src/contracts/generated/evidence-entry.ts';
import { formatHead } from '../../src/domain/evidence.ts';
import { commitId, digest, proposals } from '../support/builders/evidence.ts';
import { viewOf } from '../support/builders/evidence-view.ts';
import { createEvidenceWorld, EVIDENCE, type EvidenceWorld, KEY } from '../support/evidence-world.ts';
import { rawCommit } from '../support/git-fixtures.ts';
import { historyWriter, PROD_LOCK } from '../support/history.ts';

let w: EvidenceWorld;
beforeAll(async () => {
  w = await createEvidenceWorld();
});
afterAll(() => w.world.dispose());

/** The log with these entries, signed well, against the real repository. */
async function judge(
  entries: readonly EvidenceEntry[],
  over: { readonly head?: string; readonly remembered?: string } = {},
) {
  return verifyEvidence(w.repository, {
    view: viewOf([entries.slice(0, 1), entries.slice(1)]),
    verifierKey: KEY.verifier.text,
    history: await readProtectedHistory(w.repository, over.head ?? w.merge),
    repository: 'test',
    remembered: over.remembered,
  });
}

/** Positions in the log. */
const APPROVAL = 1;
const MERGE = 2;
const altered = <E extends EvidenceEntry>(index: number, change: Partial<E>): readonly EvidenceEntry[] =>
  w.entries.with(index, { ...(w.entries[index] as E), ...change });

describe('the evidence of a real repository', () => {
  test('verifies as it lies on its branch', async () => {
    await w.repository.fetch('origin', [`+${EVIDENCE}:refs/remotes/origin/patchwarden/evidence`]);
    const verdict = await verifyEvidence(w.repository, {
      view: await readEvidenceView(w.repository, w.head),
      verifierKey: KEY.verifier.text,
      history: await readProtectedHistory(w.repository, w.merge),
      repository: 'test',
      remembered: `${formatHead(await w.log.head())}\n`,
    });
    expect(verdict.problems).toEqual([]);
    expect(verdict.entries.map((e) => e.entry.type)).toEqual([
      'proposal',
      'approval',
      'merge',
      'intent',
      'effect',
      'verification',
    ]);
  });

  test('has a claim for each commit that names a state, those of the bot that a merge brought included', async () => {
    const { claims, line } = await readProtectedHistory(w.repository, w.merge);
    expect(claims.map((c) => c.head.split(':')[0])).toEqual(['0', '1']);
    expect([...line.keys()]).toEqual([w.world.anchor, w.merge]);
  });

  test('a head behind what a commit of the protected branch names is found', async () => {
    const ahead = rawCommit(w.world.clone, {
      base: w.merge,
      parents: [w.merge],
      message: `Ahead\n\nPatchwarden-Evidence: 9:${'a'.repeat(64)}\n`,
      signer: w.world.keys.merger,
    });
    const { problems } = await judge(w.entries, { head: ahead });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ entry: 6 });
    expect(problems[0]?.message).toContain(`commit ${ahead.slice(0, 12)} of the protected branch names`);
  });

  test('a head behind what this controller remembers is found', async () => {
    const { problems } = await judge(w.entries, { remembered: `7:${'a'.repeat(64)}` });
    expect(problems.map((p) => p.message).join()).toContain('the state location names the evidence head 7:');
  });
});

describe('merge entries', () => {
  const cases: readonly (readonly [string, Partial<MergeEvidence>, RegExp])[] = [
    ['of a commit that is nowhere', { commit: commitId('9') }, /is not on the protected branch/],
    [
      'with a lock that was not brought',
      { locks: [digest('5')] },
      /brought no lock with the digest sha256:555/,
    ],
    ['of another pull request', { pull: 2 }, /says something else/],
    ['of another scope', { scope: 'servers/canary' }, /says something else/],
    ['of other content', { contentDigest: digest('5') }, /says something else/],
    ['without its approval', { approvals: [] }, /says something else/],
    ['on another approval', { approvals: [commitId('9')] }, /its approval 999999999999 is not in the log/],
  ];
  test.each(cases)('%s', async (_, change, message) => {
    const { problems } = await judge(altered<MergeEvidence>(MERGE, change));
    const found = problems.filter((p) => p.entry === MERGE).map((p) => p.message);
    expect(found.join('\n')).toMatch(message);
    expect(found[0]).toMatch(/^entry 2 \(merge\): /);
  });

  test('of a commit that is no merge of a pull request', async () => {
    const { problems } = await judge(altered<MergeEvidence>(MERGE, { commit: w.world.anchor, locks: [] }));
    expect(problems.map((p) => p.message).join('\n')).toMatch(
      /^entry 2 \(merge\): .* is no merge of a pull request/m,
    );
  });

  test('given twice', async () => {
    const { problems } = await judge([...w.entries, w.entries[MERGE]!]);
    expect(problems).toEqual([
      { entry: 6, message: 'entry 6 (merge): its merge was logged before, by entry 2 (merge)' },
    ]);
  });

  test('before their approval', async () => {
    const swapped = w.entries.with(APPROVAL, w.entries[MERGE]!).with(MERGE, w.entries[APPROVAL]!);
    expect((await judge(swapped)).problems[0]?.message).toMatch(
      /^entry 1 \(merge\): its approval .* not in the log before it/,
    );
  });
});

describe('approval entries', () => {
  const only = async (change: Partial<ApprovalEvidence>) => {
    const { problems } = await judge(altered<ApprovalEvidence>(APPROVAL, change));
    return problems.filter((p) => p.entry === APPROVAL).map((p) => p.message);
  };
  const object = () => (w.entries[APPROVAL] as ApprovalEvidence).object;

  test('with another object than the commit they name', async () => {
    expect((await only({ object: object().replace('Approve', 'approve') }))[0]).toMatch(
      /object is not the commit/,
    );
    expect((await only({ object: 'nonsense' }))[0]).toMatch(/cannot be read as a commit/);
    expect((await only({ commit: commitId('9') }))[0]).toMatch(/object is not the commit 999/);
  });

  test('of another person, content or pull request', async () => {
    expect((await only({ person: 'cleo' }))[0]).toMatch(/is that of ben, not of cleo/);
    expect((await only({ contentDigest: digest('5') }))[0]).toMatch(
      /^entry 1 \(approval\): .* not sha256:555/,
    );
    expect((await only({ pull: 2 }))[0]).toMatch(/is for pull request 1, not 2/);
  });

  test.each([
    ['nobody', null, /is not signed/],
    ['a key that nobody knows', 'outsider', /key that is not in allowed-signers/],
    ['the bot', 'bot', /the bot approves nothing/],
  ] as const)('signed by %s', async (_, by, message) => {
    const { contentDigest } = w.entries[APPROVAL] as ApprovalEvidence;
    const forged = historyWriter(w.world, w.repository).approval(contentDigest, by);
    const found = await only({ commit: forged, object: await w.repository.rawCommit(forged) });
    expect(found.join()).toMatch(message);
  });

  test('given twice', async () => {
    const { problems } = await judge([...w.entries, w.entries[APPROVAL]!]);
    expect(problems.map((p) => p.message)).toEqual([
      'entry 6 (approval): its approval was logged before, by entry 1 (approval)',
    ]);
  });

  test('are judged by the roles their merge landed on, not by those of today', async () => {
    const write = historyWriter(w.world, w.repository);
    const withoutBen = write.commit(
      w.merge,
      { 'allowed-signers': 'nobody@example.org ssh-ed25519 AAAA\n' },
      'merger',
    );
    expect((await judge(w.entries, { head: withoutBen })).problems).toEqual([]);
    const unmerged = w.entries.toSpliced(MERGE);
    expect((await judge(unmerged, { head: withoutBen })).problems.map((p) => p.entry)).toEqual([APPROVAL]);
    const noRoles = write.commit(w.merge, { 'roles.json': null }, 'merger');
    expect((await judge(unmerged, { head: noRoles })).problems[0]?.message).toMatch(/there is no roles.json/);
    const badRoles = write.commit(w.merge, { 'roles.json': '{}' }, 'merger');
    expect((await judge(unmerged, { head: badRoles })).problems[0]?.message).toMatch(
      /roles.json is not valid/,
    );
  });
});

test('a lock that a merge deletes or never brought in is no authority', async () => {
  const write = historyWriter(w.world, w.repository);
  const proposal = write.commit(w.merge, { [PROD_LOCK]: null });
  const contentDigest = await write.digest(w.merge, proposal);
  const merge = write.merge(w.merge, proposal, { digest: contentDigest, approvals: [], pull: 2 });
  const entry = {
    ...(w.entries[MERGE] as MergeEvidence),
    commit: merge,
    pull: 2,
    approvals: [],
    contentDigest,
  };
  const { problems } = await judge([...w.entries, entry], { head: merge });
  expect(problems.map((p) => p.message).join()).toContain('brought no lock');
  expect((await judge([...w.entries, { ...entry, locks: [] }], { head: merge })).problems).toEqual([]);
});

test('entries of a log that was tampered with are not looked at further', async () => {
  const view = viewOf([proposals(2)]);
  const verdict = await verifyEvidence(w.repository, {
    view: { ...view, odd: ['tile/0/000.p/2'] },
    verifierKey: KEY.verifier.text,
    history: { head: w.merge, line: new Map(), claims: [] },
    repository: 'test',
    remembered: undefined,
  });
  expect(verdict.entries).toEqual([]);
  expect(verdict.problems).toHaveLength(1);
});
