import type { VerifiedApproval } from '../audit/history/approval.ts';
import { judgeMerge } from '../audit/history/judge-merge.ts';
import { readAuthority } from '../audit/read-roles.ts';
import type { ChangeOutput } from '../contracts/generated/change-output.ts';
import { denialWords } from '../domain/change-words.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { growthWords } from '../domain/growth.ts';
import type { PullAsk, PullRequest } from '../ports/forge.ts';
import type { Signer } from '../ports/git.ts';
import { buildMerge } from '../review/merge.ts';
import { manualPull } from '../review/pull-manual.ts';
import { toldGrowth } from '../review/pull-notes.ts';
import { fetchedHead, findOpen, findPull, listPulls, type PullPorts } from './pr-context.ts';
import { identify, type Judged, judgePull, refusalError, requireSameContent, verdictOn } from './pr-judge.ts';

/** One pull request with everything that decides over it. `judged` only while it is open and can be judged. */
export interface PullView {
  readonly pull: PullRequest;
  readonly judged: Judged | null;
  readonly verdict: ChangeOutput | null;
  /** Why it cannot be judged; null when it can. */
  readonly trouble: string | null;
}

/** What a write did. */
export interface PullChange {
  readonly pull: PullRequest;
  /** False when nothing was to be done. */
  readonly written: boolean;
  readonly verdict: ChangeOutput | null;
}

export async function showPull(ports: PullPorts, number: number): Promise<PullView> {
  const pull = await findPull(ports, number);
  if (pull.state !== 'open') return { pull, judged: null, verdict: null, trouble: null };
  try {
    const judged = await judgePull(ports, pull);
    requireSameContent(number, pull.contentDigest, judged);
    const verdict = verdictOn(pull, judged, judged.approvals, null);
    return { pull, judged, verdict, trouble: null };
  } catch (error) {
    if (!(error instanceof PatchwardenError) || error.code === 'bug') throw error;
    return { pull, judged: null, verdict: null, trouble: error.message };
  }
}

/**
 * Approves exactly the content that is there now. Throws `refused` for the bot, an author, a co-author or somebody without
 * the role; `signature-invalid`, `digest-mismatch` when something does not verify. Approving twice writes nothing.
 */
export async function approvePull(ports: PullPorts, number: number, by: Signer): Promise<PullChange> {
  const { git, forge } = ports;
  const at = ports.clock.now();
  const pull = await findOpen(ports, number);
  requireBounded(pull, 'approved');
  const judged = await judgePull(ports, pull);
  requireSameContent(number, pull.contentDigest, judged);
  const person = await identify(git, by, judged.change.authority, at, judged.tree);
  const { id, teams, roles } = person === 'bot' ? { id: 'bot', teams: [], roles: [] } : person;
  const mine = { person: id, teams, roles, contentDigest: pull.contentDigest };
  const reasons = verdictOn(pull, judged, [mine], null).reasons.filter(
    (r) => r.effect === 'ignore' && r.subject === id,
  );
  if (reasons.length > 0)
    throw new PatchwardenError(
      'refused',
      `pull request ${number} cannot be approved by ${id}: ${denialWords(reasons)}`,
    );
  const before = judged.approvals;
  if (before.some((a) => a.person === id))
    return { pull, written: false, verdict: verdictOn(pull, judged, before, null) };
  const approved = await forge.approve(number, pull.contentDigest, at, by);
  const verdict = verdictOn(pull, judged, [...before, mine], null);
  return { pull: approved, written: true, verdict };
}

/**
 * Merges a proposal that the change rules allow: a merge commit that names the approvals that count, checked the way the
 * history walk will check it, and only then published together with the event. The work tree is not touched.
 */
export async function mergePull(ports: PullPorts, number: number, by: Signer): Promise<PullChange> {
  const { git, forge } = ports;
  const at = ports.clock.now();
  const pull = await findOpen(ports, number);
  requireBounded(pull, 'merged');
  const judged = await judgePull(ports, pull);
  requireSameContent(number, pull.contentDigest, judged);
  const person = await identify(git, by, judged.change.authority, at, judged.tree);
  const merger =
    person === 'bot' ? { person: 'bot', roles: [] } : { person: person.id, roles: [...person.roles] };
  const verdict = verdictOn(pull, judged, judged.approvals, merger);
  if (!verdict.allowed)
    throw new PatchwardenError(
      'refused',
      `pull request ${number} cannot be merged: ${denialWords(verdict.reasons)}`,
    );

  const commit = await git.commitTree(
    buildMerge({
      pull,
      tree: judged.tree,
      base: judged.base,
      approvals: counted(judged.approvals, verdict),
      evidence: await ports.evidenceHead(),
      signer: by,
      at,
    }),
  );
  const checked = await judgeMerge({ git, policy: judged.policy }, commit);
  if (!checked.ok) throw refusalError(checked.error);
  return { pull: await forge.merge(number, commit, judged.base, at, by), written: true, verdict };
}

/** One approval of each person whom the rules count. */
function counted(approvals: readonly VerifiedApproval[], verdict: ChangeOutput): readonly string[] {
  const people = new Set(verdict.reasons.filter((r) => r.effect === 'count').map((r) => r.subject));
  return approvals.flatMap((a) => (people.delete(a.person) ? [a.commit] : []));
}

/** Closes without merging; a branch of ours that nobody moved goes with it. */
export async function closePull(
  ports: PullPorts,
  number: number,
  reason: string,
  by: Signer,
): Promise<PullChange> {
  const at = ports.clock.now();
  await findOpen(ports, number);
  await requireSomebody(ports, by, at);
  const pull = await ports.forge.close(number, reason, at, by, { deleteBranch: true });
  return { pull, written: true, verdict: null };
}

/** Asks something of the bot at an open pull request, or takes it back; the next `reconcile` does it. */
export async function labelPull(
  ports: PullPorts,
  number: number,
  { ask, set }: { readonly ask: PullAsk; readonly set: boolean },
  by: Signer,
): Promise<PullChange> {
  const at = ports.clock.now();
  const before = await findOpen(ports, number);
  if (before.asks.includes(ask) === set) return { pull: before, written: false, verdict: null };
  await requireSomebody(ports, by, at);
  return { pull: await ports.forge.label(number, ask, set, at, by), written: true, verdict: null };
}

/** Throws `refused` where the bot says in the text that the effect has outgrown what was approved. */
function requireBounded({ number, body }: PullRequest, what: string): void {
  const growth = toldGrowth(body);
  if (growth)
    throw new PatchwardenError(
      'refused',
      `pull request ${number} cannot be ${what}: ${growthWords(growth)}, as patchwarden pr label ${number} rebase does`,
    );
}

/** Throws `signature-invalid` when nobody on the protected branch stands behind a key. */
async function requireSomebody(ports: PullPorts, by: Signer, at: string): Promise<void> {
  const base = await fetchedHead(ports);
  const { tree } = await ports.git.readCommit(base);
  const authority = await readAuthority(ports.git, base);
  if (!authority.ok)
    throw new PatchwardenError('bad-document', `at the protected branch: ${authority.error}`);
  await identify(ports.git, by, authority.value, at, tree);
}

/** Opens a pull request from a branch that a person pushed; one that is open already gets the branch's present head. */
export async function openPull(
  ports: PullPorts,
  branch: string,
  title: string | undefined,
  by: Signer,
): Promise<PullChange> {
  const { git, forge, remote } = ports;
  const at = ports.clock.now();
  const pulls = await listPulls(ports);
  const head = await git.resolve(`refs/remotes/${remote}/${branch}`);
  if (head === undefined || branch === ports.branch)
    throw new PatchwardenError(
      'usage',
      `the remote ${remote} has no branch ${branch} to propose; push one first`,
    );
  const known = pulls.find((p) => p.state === 'open' && p.branch === branch);
  const { kind, scope } = known ?? ({ kind: 'manual', scope: branch } as const);
  const judged = await judgePull(ports, { number: known?.number ?? 1, kind, scope, head, approvals: [] });
  await identify(git, by, judged.change.authority, at, judged.tree);
  const subject = (await git.readCommit(head)).message.split('\n')[0] ?? '';
  const next = manualPull({
    ...{ kind, scope, branch, head, at },
    title: title ?? known?.title ?? subject,
    contentDigest: judged.change.content.digest,
    paths: judged.change.content.paths,
  });
  if (known?.head === head && known.contentDigest === next.contentDigest && known.title === next.title)
    return { pull: known, written: false, verdict: null };
  const pull = known ? await forge.refresh(known.number, next, by) : await forge.open(next, by);
  return { pull, written: true, verdict: null };
}
