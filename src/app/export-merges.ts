import { contentBetween } from '../audit/history/content.ts';
import { judgeMerge } from '../audit/history/judge-merge.ts';
import { type LoggedExport, loggedObjects } from '../audit/history/logged-objects.ts';
import { type HistoryRule, type Refusal, unverified } from '../audit/history/refusal.ts';
import type { HistoryDeps } from '../audit/history/verified-merge.ts';
import { walkHistory } from '../audit/history/walk.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { exportMessage } from '../domain/merge-export.ts';
import type { Clock } from '../ports/clock.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { Forge } from '../ports/forge.ts';
import type { Git, Signer } from '../ports/git.ts';
import { appendMissing } from '../rollout/evidence-sync.ts';
import { exportEntry } from './verified-authority.ts';

export interface ExportDeps {
  readonly git: Git;
  readonly policy: HistoryDeps['policy'];
  readonly clock: Pick<Clock, 'now'>;
  /** What a commit that is verified names: no head that is not may say where tokens go or who signs. */
  openAt(commit: string): Promise<{
    readonly documents: PolicyDocuments;
    readonly evidence: EvidenceLog;
    readonly forge: Forge;
    readonly bot: Signer;
  }>;
}

/** How a merge looks that a forge made: it has none of our trailers and no signature of a person. */
const OF_A_FORGE: readonly HistoryRule[] = [
  'history/not-a-merge',
  'history/unsigned',
  'history/unknown-key',
  'history/bad-signature',
  'history/trailers',
];

/**
 * Exports the merges that the forge made since the last run, oldest first, each judged before it is entered into the
 * evidence: what the forge says of it (head, merger, reviews), signed by the bot. What is no merge of the forge is left to
 * the walk, which refuses it. Throws `history-unverified` for a merge that does not stand, with the reason.
 * @returns the merges that were exported now
 */
export async function exportMerges(
  deps: ExportDeps,
  { anchor, head }: { readonly anchor: string; readonly head: string },
): Promise<readonly string[]> {
  const { git } = deps;
  // The walk says what is wrong with an anchor; nothing may be opened as it says before that.
  if ((await git.resolve(anchor)) !== anchor) return [];
  const done: string[] = [];
  let from = anchor;
  let { documents, evidence, forge, bot } = await deps.openAt(anchor);
  while (forge.merged !== undefined || from === anchor) {
    const objects = loggedObjects(await evidence.entries());
    const walked = await walkHistory(deps, { anchor: from, head, objects });
    if (walked.kind === 'verified') return done;
    const { commit, rule } = walked.refusal;
    if (!OF_A_FORGE.includes(rule)) return done;
    const [base] = (await git.readCommit(commit)).parents;
    if (base === undefined) return done;
    // Everything up to its first parent was verified on the way here.
    ({ documents, evidence, forge, bot } = await deps.openAt(base));
    const exported = await makeExport(deps, { documents, forge, bot }, { base, commit });
    if (exported === undefined) return done;
    const { pull, ...logged } = exported;
    const known = { ...objects, exported: async () => logged };
    const verdict = await judgeMerge(deps, commit, known);
    if (!verdict.ok) throw unverified(verdict.error);
    await appendMissing(evidence, [await exportEntry(git, { pull, commit }, logged)]);
    done.push(commit);
    from = base;
  }
  return done;
}

type Exported = LoggedExport & { readonly pull: number };

async function makeExport(
  { git, clock }: ExportDeps,
  at: { readonly documents: PolicyDocuments; readonly forge: Forge; readonly bot: Signer },
  { base, commit }: { readonly base: string; readonly commit: string },
): Promise<Exported | undefined> {
  const pull = await at.forge.merged?.(commit);
  if (pull === undefined) return undefined;
  const { number, kind, scope, head, merger, reviews } = pull;
  const subject = { repository: at.documents.config.repository, kind, scope };
  const content = await contentBetween(git, subject, base, commit, commit);
  if (!content.ok) throw unverified(content.error satisfies Refusal);
  const said = { pull: number, kind, scope, contentDigest: content.value.digest, head, merge: commit };
  const id = await git.createCommit({
    base: null,
    files: new Map(),
    parents: [],
    message: exportMessage({ ...said, merger, reviews }),
    signer: at.bot,
    at: clock.now(),
  });
  const commits: string[] = [];
  for (const each of await git.commitsBetween(base, head)) commits.push(await git.rawCommit(each));
  return { pull: number, commit: id, object: await git.rawCommit(id), commits };
}
