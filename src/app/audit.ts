import { resolve } from 'node:path';
import { readEvidenceView } from '../audit/evidence-view.ts';
import { refusalLine } from '../audit/history/refusal.ts';
import { walkHistory } from '../audit/history/walk.ts';
import { readProtectedHistory } from '../audit/protected-history.ts';
import { type Authority, readAuthority } from '../audit/read-roles.ts';
import { verifyEvidence } from '../audit/verify-evidence.ts';
import { verifyLog } from '../audit/verify-log.ts';
import type { Config } from '../contracts/generated/config.ts';
import { parseJsonDocument } from '../contracts/load-json.ts';
import { validateDocument } from '../contracts/validate.ts';
import { PatchwardenError } from '../domain/errors.ts';
import {
  EVIDENCE_BRANCH,
  type EvidenceProblem,
  type EvidenceVerdict,
  evidenceTracking,
  type Logged,
  REMEMBERED_HEAD,
} from '../domain/evidence.ts';
import type { Git } from '../ports/git.ts';
import type { Logger } from '../ports/logger.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import type { StateStore } from '../ports/state-store.ts';
import { hexOf } from '../util/tlog/hash.ts';
import { parseVerifier } from '../util/tlog/note-keys.ts';

export interface AuditPorts {
  readonly git: Git;
  readonly log: Pick<Logger, 'warn'>;
  /** The change rules, by which the history is judged. */
  policy(): Promise<Pick<PolicyEngine, 'change'>>;
  stateStore(dir: string): Pick<StateStore, 'read'>;
}

/** An entry with the hash by which the tree knows it, lower-case hex. @see RFC 6962 section 2.1 */
export interface LoggedLeaf extends Logged {
  readonly leaf: string;
}

/** Where the evidence and the branch that is its subject are now. */
interface Subject {
  readonly head: string;
  readonly evidence: string | undefined;
  readonly config: Config;
  readonly authority: Authority;
}

/** All entries in order. Throws `evidence-broken` when their bytes do not verify. */
export async function auditLog({ git }: Pick<AuditPorts, 'git'>): Promise<readonly LoggedLeaf[]> {
  const { evidence, authority } = await readSubject(git);
  const verifier = parseVerifier(authority.roles.log.key);
  if ('problem' in verifier)
    throw new PatchwardenError('bad-document', `log.key in roles.json is of no use: ${verifier.problem}`);
  const log = verifyLog(await readEvidenceView(git, evidence), verifier.value);
  const [first] = log.problems;
  if (first)
    throw new PatchwardenError(
      'evidence-broken',
      `the evidence does not verify: ${first.message}; run patchwarden audit verify`,
    );
  return log.entries.map((e) => ({ ...e, leaf: hexOf(log.leaves[e.index] ?? new Uint8Array()) }));
}

/**
 * Checks the evidence log against itself, its own history, the protected branch, and what this controller remembers;
 * with a trust anchor also the history of the protected branch.
 * @param trustAnchor commit id from outside the repository
 */
export async function auditVerify(
  ports: AuditPorts,
  options: { readonly trustAnchor: string | undefined },
): Promise<EvidenceVerdict> {
  const { git, log } = ports;
  if (await git.isShallow())
    throw new PatchwardenError(
      'history-unverified',
      `${git.dir} is a shallow clone, so older commits cannot be checked; run git fetch --unshallow`,
    );
  const { head, evidence, config, authority } = await readSubject(git);
  const verdict = await verifyEvidence(git, {
    view: await readEvidenceView(git, evidence),
    verifierKey: authority.roles.log.key,
    history: await readProtectedHistory(git, head),
    remembered: await ports.stateStore(resolve(git.dir, config.state.path)).read(REMEMBERED_HEAD),
  });
  if (options.trustAnchor === undefined) {
    log.warn('no trust anchor given (--trust-anchor): the history of the protected branch was not walked');
    return verdict;
  }
  const history = await walked(ports, options.trustAnchor, head, verdict.entries);
  const problems = [...history, ...verdict.problems];
  return { ...verdict, ok: problems.length === 0, problems };
}

/** The first reason why the history does not stand; approvals that no reference has any more come from the evidence. */
async function walked(
  { git, policy }: AuditPorts,
  anchor: string,
  head: string,
  entries: readonly Logged[],
): Promise<readonly EvidenceProblem[]> {
  const objects = new Map(
    entries.flatMap(({ entry }) => (entry.type === 'approval' ? [[entry.commit, entry.object]] : [])),
  );
  const approvalObject = async (commit: string) => objects.get(commit);
  const result = await walkHistory({ git, policy: await policy() }, { anchor, head, approvalObject });
  return result.kind === 'verified'
    ? []
    : [
        {
          entry: null,
          message: `the history of the protected branch does not verify: ${refusalLine(result.refusal)}`,
        },
      ];
}

/** Brings a clone up to date with its remote, and reads what the protected branch says now; a bare origin is read as it is. */
async function readSubject(git: Git): Promise<Subject> {
  const local = await readConfig(git, 'HEAD');
  const remote = local.forge?.remote ?? 'origin';
  const branch = local.branch ?? 'main';
  const cloned = (await git.config(`remote.${remote}.url`)) !== undefined;
  const tracking = evidenceTracking(remote);
  const main = cloned ? `refs/remotes/${remote}/${branch}` : `refs/heads/${branch}`;
  if (cloned) await git.fetch(remote, [`+refs/heads/${branch}:${main}`, tracking.refspec]);
  const head = await git.resolve(main);
  if (head === undefined)
    throw new PatchwardenError('not-a-repository', `${git.dir} has no protected branch ${branch}`);
  const authority = await readAuthority(git, head);
  if (!authority.ok)
    throw new PatchwardenError('bad-document', `at the head of ${branch}: ${authority.error}`);
  return {
    head,
    evidence: await git.resolve(cloned ? tracking.ref : EVIDENCE_BRANCH),
    config: await readConfig(git, head),
    authority: authority.value,
  };
}

async function readConfig(git: Git, commit: string): Promise<Config> {
  const id = await git.resolve(commit);
  const text = id && (await git.readFile(id, 'patchwarden.json'));
  if (!text)
    throw new PatchwardenError(
      'not-a-repository',
      `${git.dir} is no policy repository: its commit ${commit.slice(0, 12)} has no patchwarden.json`,
    );
  const parsed = parseJsonDocument(text, { file: 'patchwarden.json' });
  const document = parsed.ok ? validateDocument(parsed.value, 'Config') : parsed;
  if (!document.ok || document.value.kind !== 'Config')
    throw new PatchwardenError('bad-document', 'patchwarden.json is not valid; run patchwarden validate');
  return document.value;
}
