import { type LoggedObjects, loggedObjects } from '../audit/history/logged-objects.ts';
import { readDocument } from '../audit/history/read-document.ts';
import { refusal, unverified } from '../audit/history/refusal.ts';
import type { VerifiedMerge } from '../audit/history/verified-merge.ts';
import { requireVerified } from '../audit/history/walk.ts';
import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { Git } from '../ports/git.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import { documentsAt } from './documents-at.ts';

/** Where the protected branch stands and what may be believed of it. */
export interface VerifiedHead {
  /** Commit of the protected branch on its remote. */
  readonly head: string;
  readonly documents: PolicyDocuments;
  readonly merges: readonly VerifiedMerge[];
  readonly evidence: EvidenceLog;
}

export interface VerifiedHeadDeps {
  readonly git: Git;
  readonly policy: Pick<PolicyEngine, 'change'>;
  /** The log as the documents at the head name it. */
  readonly evidenceLog: (documents: PolicyDocuments) => EvidenceLog;
}

/**
 * The protected branch as its remote has it now, believed only as far as the walk from the trust anchor reaches (R4).
 * Throws `history-unverified` without an anchor or when the walk is refused.
 */
export async function verifiedHead(
  deps: VerifiedHeadDeps,
  anchor: string | undefined,
): Promise<VerifiedHead> {
  const { git, policy } = deps;
  if (anchor === undefined)
    throw new PatchwardenError(
      'history-unverified',
      'no trust anchor: name the commit from which the protected branch is verified with --trust-anchor or PATCHWARDEN_TRUST_ANCHOR',
    );
  const head = await protectedHead(git);
  // The log is opened as the head names it, before the walk only where an approval can be found nowhere else; whatever it
  // then offers must still be signed by an approver.
  let opened: Promise<Pick<VerifiedHead, 'documents' | 'evidence'>> | undefined;
  const open = () => {
    opened ??= documentsAt(git, head).then((documents) => ({
      documents,
      evidence: deps.evidenceLog(documents),
    }));
    return opened;
  };
  let logged: Promise<LoggedObjects> | undefined;
  const kept = (): Promise<LoggedObjects> => {
    logged ??= open().then(async ({ evidence }) => loggedObjects(await evidence.entries()));
    return logged;
  };
  const objects: LoggedObjects = {
    approval: async (commit) => (await kept()).approval(commit),
    exported: async (merge) => (await kept()).exported(merge),
  };
  const { merges } = await requireVerified({ git, policy }, { anchor, head, objects });
  const { documents, evidence } = await open();
  await requireNotRewound(git, head, await evidence.entries());
  return { head, merges, documents, evidence };
}

/** What was merged stays merged: a branch that was pushed back by force would bring back older locks and older roles. */
async function requireNotRewound(git: Git, head: string, entries: readonly EvidenceEntry[]): Promise<void> {
  const last = entries.findLast((e) => e.type === 'merge');
  if (last === undefined || (await isOn(git, last.commit, head))) return;
  // Somebody else may have merged and entered it since we looked.
  if (await isOn(git, last.commit, await protectedHead(git))) return;
  const sentence = `pull request ${last.pull} was merged by it, and the protected branch has it no more: it was pushed over`;
  throw unverified(refusal(last.commit, 'history/rewound', sentence));
}

const isOn = async (git: Git, commit: string, head: string): Promise<boolean> =>
  (await git.resolve(commit)) === commit && (await git.isAncestor(commit, head));

/** Brings the protected branch and the pull requests up to date; a bare origin is read as it is. */
export async function protectedHead(git: Git): Promise<string> {
  const local = await git.resolve('HEAD');
  const bytes = local === undefined ? undefined : await git.readBytes(local, 'patchwarden.json');
  const config = readDocument(bytes, 'patchwarden.json', 'Config');
  if (!config)
    throw new PatchwardenError(
      'not-a-repository',
      `${git.dir} is no policy repository: its HEAD has no valid patchwarden.json`,
    );
  const remote = config.forge?.remote ?? 'origin';
  const branch = config.branch ?? 'main';
  const cloned = (await git.config(`remote.${remote}.url`)) !== undefined;
  const ref = cloned ? `refs/remotes/${remote}/${branch}` : `refs/heads/${branch}`;
  if (cloned)
    await git.fetch(remote, [
      `+refs/heads/*:refs/remotes/${remote}/*`,
      `+refs/patchwarden/pulls/*:refs/patchwarden/remotes/${remote}/pulls/*`,
    ]);
  const head = await git.resolve(ref);
  if (head === undefined)
    throw new PatchwardenError('not-a-repository', `${git.dir} has no protected branch ${branch}`);
  return head;
}
