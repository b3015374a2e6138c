import { Octokit } from 'octokit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import { postChecks } from '../../src/app/post-checks.ts';
import type { HaltEvidence } from '../../src/contracts/generated/evidence-entry.ts';
import type { Roles } from '../../src/contracts/generated/roles.ts';
import { PatchwardenError } from '../../src/domain/errors.ts';
import type { Growth } from '../../src/domain/growth.ts';
import { branchOf } from '../../src/domain/proposal.ts';
import { TRAILER, trailerLines } from '../../src/domain/pull-trailers.ts';
import type { PolicyEngine } from '../../src/ports/policy-engine.ts';
import { halt } from '../support/builders/rings.ts';
import { lockText, ROLES, rawCommit, git as rawGit } from '../support/git-fixtures.ts';
import { type HostedWorld, hostedWorld } from '../support/github/hosted-world.ts';
import { PROD_LOCK } from '../support/history.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const WITH_ACCOUNTS: Roles = {
  ...ROLES,
  people: ROLES.people.map((p) => (p.id === 'ben' ? { ...p, accounts: ['github:1001'] } : p)),
};
const repo = { owner: 'acme', repo: 'fleet' };

describe('postChecks', () => {
  let t: HostedWorld;
  let policy: PolicyEngine;
  beforeEach(async () => {
    policy ??= await loadPolicyEngine();
    t = await hostedWorld({ 'roles.json': json(WITH_ACCOUNTS) });
  });
  afterEach(() => t.world.dispose());

  const as = (token: string): Octokit =>
    new Octokit({
      auth: token,
      request: { fetch: (url: string, init: RequestInit) => t.standIn.handle(new Request(url, init)) },
      throttle: { enabled: false },
      retry: { enabled: false },
    });
  const open = async (version = '3.0.14-1~deb12u2') => {
    const message = `Patch\n\n${trailerLines([
      [TRAILER.kind, 'remediate'],
      [TRAILER.scope, 'servers/prod'],
      [TRAILER.content, `sha256:${'a'.repeat(64)}`],
    ])}`;
    const branch = branchOf('remediate', 'servers/prod');
    const { anchor, origin, keys } = t.world;
    const files = { [PROD_LOCK]: lockText('prod', version, 2) };
    const head = rawCommit(origin, { base: anchor, files, parents: [anchor], message, signer: keys.bot });
    rawGit(origin, ['update-ref', `refs/heads/${branch}`, head]);
    const { data } = await as('app').rest.pulls.create({
      ...repo,
      title: 'Patch',
      head: branch,
      base: 'main',
    });
    return { number: data.number, head, branch };
  };
  const post = async (halts: readonly HaltEvidence[] = [], grown?: ReadonlyMap<number, Growth>) => {
    const listing = await t.forge.list();
    if (!listing.complete) throw new Error(listing.reason);
    const remedies = new Map([['change/enough-approvals', 'Ask for the approvals that are missing.']]);
    const at = { remote: 'origin', branch: 'main', remedies, log: { warn: () => undefined } };
    const ports = { ...at, git: t.git, forge: t.forge };
    const all = { ...ports, policyAt: async () => policy, halts: async () => halts };
    return postChecks(all, listing.pulls, grown);
  };
  const check = async (head: string) => {
    const { data } = await as('will').rest.repos.getCombinedStatusForRef({ ...repo, ref: head });
    return data.statuses.map((s) => [s.context, s.state, s.description]);
  };

  it('waits for an approval, is green with it, and writes each verdict once', async () => {
    const pull = await open();
    expect(await post()).toBe(1);
    expect(await check(pull.head)).toEqual([
      ['patchwarden/change', 'pending', expect.stringMatching(/approv/)],
    ]);
    expect(await post()).toBe(0);
    const review = { ...repo, pull_number: pull.number, commit_id: pull.head, event: 'APPROVE' as const };
    await as('ada').rest.pulls.createReview(review);
    expect(await post()).toBe(1);
    expect(await check(pull.head)).toEqual([['patchwarden/change', 'success', expect.any(String)]]);
    expect(await post()).toBe(0);
  });

  it('fails what has outgrown its approvals, until it has not', async () => {
    const pull = await open();
    const review = { ...repo, pull_number: pull.number, commit_id: pull.head, event: 'APPROVE' as const };
    await as('ada').rest.pulls.createReview(review);
    await post([], new Map([[pull.number, { from: 10, to: 13 }]]));
    expect(await check(pull.head)).toEqual([
      ['patchwarden/change', 'failure', expect.stringMatching(/13 hosts now, and 10 .*\(change\/growth\)$/)],
    ]);
    await post([], new Map([[99, { from: 10, to: 13 }]]));
    expect(await check(pull.head)).toEqual([['patchwarden/change', 'success', expect.any(String)]]);
  });

  it('is written again over what somebody else wrote', async () => {
    const pull = await open();
    await post();
    const forged = { ...repo, sha: pull.head, context: 'patchwarden/change', state: 'success' as const };
    await as('will').rest.repos.createCommitStatus(forged);
    expect(await post()).toBe(1);
    expect(await check(pull.head)).toEqual([['patchwarden/change', 'pending', expect.any(String)]]);
  });

  it('fails what brings a halted version, and what does not merge any more', async () => {
    const pull = await open();
    await post([halt('openssl', '3.0.14-1~deb12u2')]);
    expect(await check(pull.head)).toEqual([
      ['patchwarden/change', 'failure', expect.stringContaining('openssl')],
    ]);
    const { anchor, origin, keys } = t.world;
    const files = { [PROD_LOCK]: lockText('prod', '3.0.15-1~deb12u1', 2) };
    const other = rawCommit(origin, {
      base: anchor,
      files,
      parents: [anchor],
      message: 'x\n',
      signer: keys.approver,
    });
    rawGit(origin, ['update-ref', 'refs/heads/main', other]);
    await post();
    expect(await check(pull.head)).toEqual([
      ['patchwarden/change', 'failure', expect.stringContaining('does not merge cleanly')],
    ]);
  });

  it('shows no character that hides or moves text', async () => {
    const { number } = await open();
    const listing = await t.forge.list();
    const pulls = listing.complete ? listing.pulls.filter((p) => p.number === number) : [];
    const said: string[] = [];
    const forge = {
      check: async (_head: string, { description }: { readonly description: string }) => {
        said.push(description);
        return true;
      },
    };
    const policyAt = async () => {
      throw new PatchwardenError('bad-document', 'the path a\u202eb\u001b[2J\nc is no document');
    };
    const log = { warn: () => undefined };
    const ports = { git: t.git, forge, log, remote: 'origin', branch: 'main', remedies: new Map() };
    expect(await postChecks({ ...ports, policyAt, halts: async () => [] }, pulls)).toBe(1);
    expect(said).toEqual(['the path a\\u{202e}b\\u{1b}[2J\\u{a}c is no document']);
  });

  it('judges what a person proposes as well, from a branch of theirs', async () => {
    const commit = await t.pushAs('will', 'ben/notes', { 'README.md': 'Better.\n' });
    await as('will').rest.pulls.create({ ...repo, title: 'Notes', head: 'ben/notes', base: 'main' });
    await post();
    expect(await check(commit)).toMatchObject([
      ['patchwarden/change', expect.any(String), expect.any(String)],
    ]);
  });
});
