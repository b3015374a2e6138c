import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGit } from '../../../src/adapters/git-simple-git.ts';
import { loadPolicyEngine } from '../../../src/adapters/policy-opa-wasm.ts';
import type { LoggedObjects } from '../../../src/audit/history/logged-objects.ts';
import type { HistoryRule } from '../../../src/audit/history/refusal.ts';
import { requireVerified, walkHistory } from '../../../src/audit/history/walk.ts';
import type { Git } from '../../../src/ports/git.ts';
import type { PolicyEngine } from '../../../src/ports/policy-engine.ts';
import {
  createWorld,
  lockText,
  ROLES,
  rawCommit,
  git as rawGit,
  type World,
} from '../../support/git-fixtures.ts';
import { CANARY_LOCK, type HistoryWriter, historyWriter, PROD_LOCK } from '../../support/history.ts';
import { allowedSignersOf } from '../../support/keys.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const NEW = { [PROD_LOCK]: lockText('prod', '3.0.14-1~deb12u2', 2) };

describe('walkHistory', () => {
  let world: World;
  let git: Git;
  let policy: PolicyEngine;
  let h: HistoryWriter;
  beforeAll(async () => {
    world = createWorld();
    git = await openGit(world.clone);
    policy = await loadPolicyEngine();
    h = historyWriter(world, git);
  });
  afterAll(() => world.dispose());

  const walk = (head: string, anchor = world.anchor) => walkHistory({ git, policy }, { anchor, head });

  /** The usual proposal by the bot, its digest, an approval by Ben. */
  const proposal = async (base = world.anchor, pull = 1) => {
    const known = proposals.get(base);
    if (known) return known;
    const head = h.commit(base, NEW);
    const digest = await h.digest(base, head);
    const made = { head, digest, approval: h.approval(digest, 'approver', { pull }) };
    proposals.set(base, made);
    return made;
  };
  const proposals = new Map<
    string,
    { readonly head: string; readonly digest: string; readonly approval: string }
  >();
  const merged = async (over: Partial<Parameters<HistoryWriter['merge']>[2]> = {}) => {
    const { head, digest, approval } = await proposal();
    return h.merge(world.anchor, head, { digest, approvals: [approval], ...over });
  };

  describe('accepts', () => {
    it('the anchor itself', async () => {
      expect(await walk(world.anchor)).toEqual({ kind: 'verified', head: world.anchor, merges: [] });
    });

    it('a merge of an approved proposal, and tells who did what', async () => {
      const { head, digest, approval } = await proposal();
      const merge = h.merge(world.anchor, head, { digest, approvals: [approval] });
      expect(await walk(merge)).toEqual({
        kind: 'verified',
        head: merge,
        merges: [
          {
            ...{ commit: merge, base: world.anchor, head, at: '2024-10-24T12:00:00Z' },
            ...{ pull: 1, kind: 'remediate', scope: 'servers/prod', contentDigest: digest, evidence: null },
            approvals: [
              {
                commit: approval,
                person: 'ben',
                teams: ['ops'],
                roles: ['author', 'approver', 'merger'],
                contentDigest: digest,
              },
            ],
            merger: 'mia',
            paths: [{ path: PROD_LOCK, class: 'lock', change: 'modified' }],
          },
        ],
      });
    });

    it('commits of any kind that touch nothing governed, signed or not', async () => {
      const a = h.commit(world.anchor, { 'README.md': 'new\n' }, null);
      const b = h.commit(a, { 'docs/x.md': 'x\n' }, 'outsider');
      const octopus = rawCommit(world.clone, {
        base: b,
        parents: [b, a, world.anchor],
        message: 'm\n',
        signer: null,
      });
      expect(await walk(octopus)).toMatchObject({ kind: 'verified', merges: [] });
    });

    it('a proposal that is behind the protected branch and still fits', async () => {
      const { head, digest, approval } = await proposal();
      const main = h.commit(world.anchor, { 'README.md': 'moved on\n' }, null);
      const merge = h.merge(main, head, { digest, approvals: [approval] });
      expect(await walk(merge)).toMatchObject({ kind: 'verified', merges: [{ base: main }] });
    });

    it('the bot’s own change of a ring that merges by itself, without approvals', async () => {
      const head = h.commit(world.anchor, { [CANARY_LOCK]: lockText('canary', '3.0.14-1~deb12u2') });
      const digest = await h.digest(world.anchor, head, { scope: 'servers/canary' });
      const merge = h.merge(world.anchor, head, { digest, approvals: [], scope: 'servers/canary' });
      expect(await walk(merge)).toMatchObject({
        kind: 'verified',
        merges: [{ approvals: [], merger: 'mia' }],
      });
    });

    it('a change of roles, and judges what follows by the new ones', async () => {
      const withoutBen = { ...ROLES, roles: { ...ROLES.roles, approver: ['person:cleo' as const] } };
      const head = h.commit(world.anchor, { 'roles.json': json(withoutBen) }, 'author');
      const kind = { kind: 'manual', scope: 'anna/roles' };
      const digest = await h.digest(world.anchor, head, kind);
      const first = h.merge(world.anchor, head, {
        ...kind,
        digest,
        approvals: [h.approval(digest, 'approver')],
      });
      expect(await walk(first)).toMatchObject({ kind: 'verified' });
      const next = await proposal(first, 2);
      const byBen = h.merge(first, next.head, { digest: next.digest, approvals: [next.approval], pull: 2 });
      expect(await walk(byBen)).toMatchObject({
        kind: 'refused',
        refusal: { commit: byBen, rule: 'history/policy' },
      });
      const byCleo = h.approval(next.digest, 'approver2', { pull: 2 });
      const second = h.merge(first, next.head, { digest: next.digest, approvals: [byCleo], pull: 2 });
      expect(await walk(second)).toMatchObject({
        kind: 'verified',
        merges: [{ commit: first }, { commit: second }],
      });
    });

    it('an approval whose object only the evidence still has', async () => {
      const { head, digest, approval } = await proposal();
      const merge = h.merge(world.anchor, head, { digest, approvals: [approval] });
      const raw = await git.rawCommit(approval);
      const without = createWorld();
      rawGit(without.clone, ['fetch', '-q', world.clone, `${merge}:refs/heads/main2`], {
        env: {
          GIT_CONFIG_COUNT: '1',
          GIT_CONFIG_KEY_0: 'uploadpack.allowAnySHA1InWant',
          GIT_CONFIG_VALUE_0: 'true',
        },
      });
      const deps = { git: await openGit(without.clone), policy };
      const input = { anchor: world.anchor, head: merge };
      expect(await walkHistory(deps, input)).toMatchObject({
        refusal: { commit: merge, rule: 'history/approval-missing' },
      });
      const kept = (approval: LoggedObjects['approval']): LoggedObjects => ({
        approval,
        exported: async () => undefined,
      });
      const forged = async () => raw.replace('Approve', 'approve');
      expect(await walkHistory(deps, { ...input, objects: kept(forged) })).toMatchObject({
        refusal: { rule: 'history/approval-missing' },
      });
      const approvalObject = async (id: string) => (id === approval ? raw : undefined);
      expect(await walkHistory(deps, { ...input, objects: kept(approvalObject) })).toMatchObject({
        kind: 'verified',
      });
      without.dispose();
    });
  });

  interface Attack {
    readonly name: string;
    readonly rule: HistoryRule;
    /** What the sentence must name. */
    readonly says: RegExp;
    readonly make: () => string | Promise<string>;
  }
  const attacks: readonly Attack[] = [
    {
      name: 'a lock pushed straight to the protected branch',
      rule: 'history/not-a-merge',
      says: /no merge/,
      make: () => h.commit(world.anchor, NEW, 'merger'),
    },
    {
      name: 'an approved proposal squashed onto the protected branch',
      rule: 'history/not-a-merge',
      says: /no merge/,
      make: async () => {
        const { digest, approval } = await proposal();
        return h.commit(world.anchor, NEW, 'merger', {
          message: `Squash\n\nPatchwarden-Pull: 1\nPatchwarden-Content: ${digest}\nPatchwarden-Approval: ${approval}\n`,
        });
      },
    },
    {
      name: 'a root commit put in place of history (the anchor is not on the line)',
      rule: 'history/anchor',
      says: /rewritten/,
      make: () =>
        rawCommit(world.clone, {
          base: world.anchor,
          parents: [],
          message: 'x\n',
          signer: world.keys.merger,
        }),
    },
    {
      name: 'a merge whose first parent is the branch (the line is swapped)',
      rule: 'history/not-a-merge',
      says: /no merge/,
      make: async () => {
        const { head, digest, approval } = await proposal();
        const main = h.commit(world.anchor, { 'README.md': 'x\n' }, null);
        return h.merge(head, main, { digest, approvals: [approval] });
      },
    },
    {
      name: 'an octopus merge',
      rule: 'history/octopus',
      says: /2 branches/,
      make: async () => {
        const { head } = await proposal();
        return merged({ over: { parents: [world.anchor, head, h.commit(world.anchor, { a: 'a' }, null)] } });
      },
    },
    {
      name: 'an evil merge: a governed change that neither parent had',
      rule: 'history/evil-merge',
      says: /merge itself/,
      make: () => merged({ evil: { 'holds/x.json': '{}\n' } }),
    },
    {
      name: 'an evil merge in a path that nothing governs',
      rule: 'history/evil-merge',
      says: /merge itself/,
      make: () => merged({ evil: { 'README.md': 'sneaked in\n' } }),
    },
    {
      name: 'a conflict resolved by hand',
      rule: 'history/evil-merge',
      says: /cleanly/,
      make: async () => {
        const first = await merged();
        const { head, digest, approval } = await proposal();
        const other = h.commit(world.anchor, { [PROD_LOCK]: lockText('prod', '9', 3) });
        const tree = rawGit(world.clone, ['rev-parse', `${other}^{tree}`]);
        const merge = h.merge(world.anchor, head, { digest, approvals: [approval] });
        const raw = rawGit(world.clone, ['log', '-1', '--format=%B', merge]);
        return rawGit(world.clone, ['rev-parse', handMade(tree, [first, other], raw)]);
      },
    },
    {
      name: 'an unsigned merge',
      rule: 'history/unsigned',
      says: /not signed/,
      make: () => merged({ by: null }),
    },
    {
      name: 'a merge signed by an unknown key',
      rule: 'history/unknown-key',
      says: /not in allowed-signers/,
      make: () => merged({ by: 'outsider' }),
    },
    {
      name: 'a merge whose signature was moved to other content',
      rule: 'history/bad-signature',
      says: /does not fit/,
      make: async () => {
        const raw = await git.rawCommit(await merged());
        return git.storeCommit(raw.replace('Merge pull request 1', 'Merge pull request I'));
      },
    },
    {
      name: 'a merge signed by one known person in the name of another',
      rule: 'history/signer-mismatch',
      says: /mia.*anna|anna.*mia/,
      make: () => merged({ by: 'author', over: { committer: world.keys.merger } }),
    },
    {
      name: 'the bot as merger',
      rule: 'history/bot-merges',
      says: /bot merges nothing/,
      make: () => merged({ by: 'bot' }),
    },
    {
      name: 'a merger without the role',
      rule: 'history/policy',
      says: /cleo.*merger/,
      make: () => merged({ by: 'approver2' }),
    },
    {
      name: 'a merge without trailers',
      rule: 'history/trailers',
      says: /Patchwarden-Pull/,
      make: () => merged({ message: 'Merge branch x\n' }),
    },
    {
      name: 'a merge with a trailer twice',
      rule: 'history/trailers',
      says: /twice/,
      make: async () => {
        const { digest, approval } = await proposal();
        const lines = [`Pull: 1`, `Pull: 2`, `Kind: remediate`, `Scope: servers/prod`, `Content: ${digest}`];
        const message = [...lines, `Approval: ${approval}`].map((l) => `Patchwarden-${l}\n`).join('');
        return merged({ message: `Merge\n\n${message}` });
      },
    },
    {
      name: 'a merge that claims other content than it brings',
      rule: 'history/wrong-content',
      says: /sha256:f{64}/,
      make: () => {
        const digest = `sha256:${'f'.repeat(64)}`;
        return merged({ digest, approvals: [h.approval(digest, 'approver')] });
      },
    },
    {
      name: 'a merge that names no approval',
      rule: 'history/no-approvals',
      says: /names no approval/,
      make: () => merged({ approvals: [] }),
    },
    {
      name: 'a person’s change of a ring that merges by itself, without approvals',
      rule: 'history/no-approvals',
      says: /names no approval/,
      make: async () => {
        const head = h.commit(world.anchor, { [CANARY_LOCK]: lockText('canary', '1') }, 'author');
        const digest = await h.digest(world.anchor, head, { scope: 'servers/canary' });
        return h.merge(world.anchor, head, { digest, approvals: [], scope: 'servers/canary' });
      },
    },
    {
      name: 'a commit of the bot that a person co-authored, in a ring that merges by itself',
      rule: 'history/no-approvals',
      says: /names no approval/,
      make: async () => {
        const head = h.commit(world.anchor, { [CANARY_LOCK]: lockText('canary', '1') }, 'bot', {
          message: 'Change\n\nCo-authored-by: Anna <anna@home.example>\n',
        });
        const digest = await h.digest(world.anchor, head, { scope: 'servers/canary' });
        return h.merge(world.anchor, head, { digest, approvals: [], scope: 'servers/canary' });
      },
    },
    {
      name: 'a lock and its baseline turned to auto in the same change',
      rule: 'history/no-approvals',
      says: /names no approval/,
      make: async () => {
        const baseline = (await git.readFile(world.anchor, 'baselines/servers.json')) ?? '';
        const head = h.commit(world.anchor, {
          ...NEW,
          'baselines/servers.json': baseline.replace('"human"', '"auto"'),
        });
        const digest = await h.digest(world.anchor, head);
        return h.merge(world.anchor, head, { digest, approvals: [] });
      },
    },
    {
      name: 'an approval cherry-picked from another pull request',
      rule: 'history/approval-other-pull',
      says: /pull request 2, not 1/,
      make: async () => {
        const { digest } = await proposal();
        return merged({ approvals: [h.approval(digest, 'approver', { pull: 2 })] });
      },
    },
    {
      name: 'an approval of another content',
      rule: 'history/approval-other-content',
      says: /sha256:e{64}/,
      make: () => merged({ approvals: [h.approval(`sha256:${'e'.repeat(64)}`, 'approver')] }),
    },
    {
      name: 'an approval that is not there',
      rule: 'history/approval-missing',
      says: /neither/,
      make: () => merged({ approvals: ['d'.repeat(40)] }),
    },
    {
      name: 'an unsigned approval',
      rule: 'history/approval-signature',
      says: /not signed/,
      make: async () => {
        const { digest } = await proposal();
        return merged({ approvals: [h.approval(digest, null, { committer: world.keys.approver })] });
      },
    },
    {
      name: 'an approval by an unknown key',
      rule: 'history/approval-signature',
      says: /not in allowed-signers/,
      make: async () => {
        const { digest } = await proposal();
        return merged({ approvals: [h.approval(digest, 'outsider', { committer: world.keys.approver })] });
      },
    },
    {
      name: 'an approval by the bot',
      rule: 'history/approval-bot',
      says: /bot approves nothing/,
      make: async () => {
        const { digest } = await proposal();
        return merged({ approvals: [h.approval(digest, 'bot')] });
      },
    },
    {
      name: 'an approval signed in the name of somebody else',
      rule: 'history/approval-mismatch',
      says: /cleo.*ben/,
      make: async () => {
        const { digest } = await proposal();
        return merged({ approvals: [h.approval(digest, 'approver', { committer: world.keys.approver2 })] });
      },
    },
    {
      name: 'a commit that approves nothing, named as approval',
      rule: 'history/approval-form',
      says: /does not approve/,
      make: async () => merged({ approvals: [h.commit(world.anchor, { a: 'a' }, 'approver')] }),
    },
    {
      name: 'an approval by a person without the role',
      rule: 'history/policy',
      says: /mia does not have the role approver/,
      make: async () => {
        const { digest } = await proposal();
        return merged({ approvals: [h.approval(digest, 'merger')] });
      },
    },
    {
      name: 'an approval by the author under an alias',
      rule: 'history/policy',
      says: /anna worked on the change/,
      make: () => ownApproval('author', {}, 'alias'),
    },
    {
      name: 'an approval by a co-author',
      rule: 'history/policy',
      says: /ben worked on the change/,
      make: () =>
        ownApproval(
          'author',
          { message: 'Change\n\nco-authored-by: Ben <BEN@example.org>\n\nSigned-off-by: x\n' },
          'approver',
        ),
    },
    {
      name: 'an approval by the one whom another committed for',
      rule: 'history/policy',
      says: /ben worked on the change/,
      make: () => ownApproval('author', { author: { name: 'Ben', email: 'ben@example.org' } }, 'approver'),
    },
    {
      name: 'a proposal with an unsigned commit',
      rule: 'history/author-signature',
      says: /not signed/,
      make: () => ownApproval(null, { committer: { name: 'B', email: 'bot@example.org' } }, 'approver'),
    },
    {
      name: 'a proposal with a commit signed in the name of the bot',
      rule: 'history/author-mismatch',
      says: /bot.*anna/,
      make: () => ownApproval('author', { committer: { name: 'B', email: 'bot@example.org' } }, 'approver'),
    },
    {
      name: 'a proposal with an author whom nobody knows',
      rule: 'history/policy',
      says: /unknown:eve@example.net/,
      make: () => ownApproval('author', { author: { name: 'E', email: 'eve@example.net' } }, 'approver'),
    },
    {
      name: 'a link in place of a document',
      rule: 'history/mode',
      says: /no regular file/,
      make: async () => {
        const head = h.commit(world.anchor, { 'roles.json': { link: '/etc/passwd' } }, 'author');
        const digest = `sha256:${'0'.repeat(64)}`;
        return h.merge(world.anchor, head, { digest, approvals: [h.approval(digest, 'approver')] });
      },
    },
    {
      name: 'a commit that readers could read in two ways',
      rule: 'history/unreadable',
      says: /UTF-8|headers/,
      make: async () => {
        const raw = await git.rawCommit(await merged());
        const twice = raw.replace(/^committer .*$/m, '$&\n$&');
        return rawGit(world.clone, ['hash-object', '-t', 'commit', '-w', '--literally', '--stdin'], {
          input: twice,
        });
      },
    },
  ];

  const ownApproval = async (
    by: 'author' | null,
    over: NonNullable<Parameters<HistoryWriter['commit']>[3]>,
    approver: 'alias' | 'approver',
  ) => {
    const kind = { kind: 'manual', scope: 'x' };
    const head = h.commit(world.anchor, { 'exceptions/x.json': '{}\n' }, by, over);
    const digest = await h.digest(world.anchor, head, kind);
    return h.merge(world.anchor, head, { ...kind, digest, approvals: [h.approval(digest, approver)] });
  };
  const handMade = (tree: string, parents: readonly string[], message: string) =>
    rawGit(
      world.clone,
      [
        ...['-c', 'gpg.format=ssh', '-c', `user.signingkey=${world.keys.merger.key}`],
        ...['-c', 'user.name=Mia', '-c', 'user.email=mia@example.org'],
        ...['commit-tree', tree, ...parents.flatMap((p) => ['-p', p]), '-S', '-F', '-'],
      ],
      { input: message },
    );

  describe('refuses, naming commit, path and rule:', () => {
    it.each(attacks)('$name', async ({ make, rule, says }) => {
      const head = await make();
      const result = await walk(head);
      expect(result).toMatchObject({
        kind: 'refused',
        refusal: { rule, sentence: expect.stringMatching(says) },
      });
      await expect(requireVerified({ git, policy }, { anchor: world.anchor, head })).rejects.toMatchObject({
        code: 'history-unverified',
        message: expect.stringContaining(rule),
      });
    });

    it('and stops at the first commit that does not stand, however good what follows is', async () => {
      const pushed = h.commit(world.anchor, { 'holds/x.json': '{}\n' }, 'merger');
      const { head, digest, approval } = await proposal(pushed);
      const good = h.merge(pushed, head, { digest, approvals: [approval] });
      expect(await walk(good)).toMatchObject({
        refusal: { commit: pushed, path: 'holds/x.json', rule: 'history/not-a-merge' },
      });
      expect(await walk(good, pushed)).toMatchObject({ kind: 'verified' });
    });

    it('a pull request merged a second time, after its content was taken back', async () => {
      const first = await merged();
      const back = h.commit(first, { [PROD_LOCK]: lockText('prod', '3.0.11-1~deb12u1') });
      const undone = await h.digest(first, back);
      const approvals = [h.approval(undone, 'approver', { pull: 2 })];
      const base = h.merge(first, back, { digest: undone, approvals, pull: 2 });
      expect(await walk(base)).toMatchObject({ kind: 'verified' });
      const again = h.commit(base, NEW);
      const { digest, approval } = await proposal();
      expect(await h.digest(base, again)).toBe(digest);
      const replayed = h.merge(base, again, { digest, approvals: [approval] });
      expect(await walk(replayed)).toMatchObject({
        refusal: { commit: replayed, path: PROD_LOCK, rule: 'history/merged-twice' },
      });
    });

    it('an approver who was removed from roles.json before the merge', async () => {
      const kind = { kind: 'manual', scope: 'x' };
      const people = ROLES.people.filter((p) => p.id !== 'ben');
      const removal = h.commit(
        world.anchor,
        { 'roles.json': json({ ...ROLES, people, roles: { ...ROLES.roles, merger: ['team:release'] } }) },
        'author',
      );
      const first = await h.digest(world.anchor, removal, kind);
      const base = h.merge(world.anchor, removal, {
        ...kind,
        digest: first,
        approvals: [h.approval(first, 'approver2')],
      });
      // Approved by Ben while he could, on the old base; merged after he was removed.
      const stale = await proposal();
      const merge = h.merge(base, stale.head, { digest: stale.digest, approvals: [stale.approval] });
      expect(await walk(merge)).toMatchObject({
        refusal: { commit: merge, path: PROD_LOCK, rule: 'history/approval-unknown-person' },
      });
    });

    it('a key that was removed from allowed-signers before the merge', async () => {
      const kind = { kind: 'manual', scope: 'x' };
      const signers = allowedSignersOf(world.keys, ['author', 'approver2', 'merger', 'bot']);
      const removal = h.commit(world.anchor, { 'allowed-signers': signers }, 'author');
      const first = await h.digest(world.anchor, removal, kind);
      const base = h.merge(world.anchor, removal, {
        ...kind,
        digest: first,
        approvals: [h.approval(first, 'approver2')],
      });
      const stale = await proposal();
      const merge = h.merge(base, stale.head, { digest: stale.digest, approvals: [stale.approval] });
      expect(await walk(merge)).toMatchObject({ refusal: { rule: 'history/approval-signature' } });
    });

    it.each(['0'.repeat(40), 'main', 'HEAD'])(
      'the anchor %s, which is no commit id of the repository',
      async (anchor) => {
        expect(await walk(world.anchor, anchor)).toMatchObject({ refusal: { rule: 'history/anchor' } });
      },
    );

    it('a clone that lacks older history', async () => {
      const result = await walkHistory(
        { git: { ...git, isShallow: async () => true }, policy },
        { anchor: world.anchor, head: world.anchor },
      );
      expect(result).toMatchObject({ refusal: { rule: 'history/shallow' } });
    });
  });
});
