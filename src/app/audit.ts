import { type EvidenceView, readEvidenceView } from '../audit/evidence-view.ts';
import { loggedObjects } from '../audit/history/logged-objects.ts';
import { readDocument } from '../audit/history/read-document.ts';
import { refusalLine } from '../audit/history/refusal.ts';
import { walkHistory } from '../audit/history/walk.ts';
import { readProtectedHistory } from '../audit/protected-history.ts';
import { type Authority, readAuthority } from '../audit/read-roles.ts';
import { verifyEvidence } from '../audit/verify-evidence.ts';
import { verifyLog } from '../audit/verify-log.ts';
import type { Config } from '../contracts/generated/config.ts';
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
import { stateDir } from './locations.ts';
import { protectedHead } from './verified-head.ts';

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
  const { log } = ports;
  const { subject, verdict } = await evidenceVerdict(ports);
  if (options.trustAnchor === undefined) {
    log.warn('no trust anchor given (--trust-anchor): the history of the protected branch was not walked');
    return verdict;
  }
  const history = await walked(ports, options.trustAnchor, subject.head, verdict.entries);
  const problems = [...history, ...verdict.problems];
  return { ...verdict, ok: problems.length === 0, problems };
}

/** The evidence as it is now, checked in full against the protected branch; its history is not walked. */
export async function evidenceVerdict(
  ports: Pick<AuditPorts, 'git' | 'stateStore'>,
): Promise<{ readonly subject: Subject; readonly view: EvidenceView; readonly verdict: EvidenceVerdict }> {
  const { git } = ports;
  if (await git.isShallow())
    throw new PatchwardenError(
      'history-unverified',
      `${git.dir} is a shallow clone, so older commits cannot be checked; run git fetch --unshallow`,
    );
  const subject = await readSubject(git);
  const { head, evidence, config, authority } = subject;
  const view = await readEvidenceView(git, evidence);
  const verdict = await verifyEvidence(git, {
    view,
    verifierKey: authority.roles.log.key,
    history: await readProtectedHistory(git, head),
    repository: config.repository,
    remembered: await ports.stateStore(stateDir(git.dir, config)).read(REMEMBERED_HEAD),
  });
  return { subject, view, verdict };
}

/** The first reason why the history does not stand; approvals that no reference has any more come from the evidence. */
async function walked(
  { git, policy }: AuditPorts,
  anchor: string,
  head: string,
  entries: readonly Logged[],
): Promise<readonly EvidenceProblem[]> {
  const objects = loggedObjects(entries.map((e) => e.entry));
  const result = await walkHistory({ git, policy: await policy() }, { anchor, head, objects });
  return result.kind === 'verified'
    ? []
    : [
        {
          entry: null,
          message: `the history of the protected branch does not verify: ${refusalLine(result.refusal)}`,
        },
      ];
}

/** What the protected branch says now, and where the log is; a bare origin is read as it is. */
async function readSubject(git: Git): Promise<Subject> {
  const head = await protectedHead(git);
  const authority = await readAuthority(git, head);
  if (!authority.ok)
    throw new PatchwardenError('bad-document', `at the head of the protected branch: ${authority.error}`);
  const config = readDocument(await git.readBytes(head, 'patchwarden.json'), 'patchwarden.json', 'Config');
  if (!config)
    throw new PatchwardenError(
      'bad-document',
      'at the head of the protected branch: patchwarden.json is missing or not valid',
    );
  const remote = config.forge?.remote ?? 'origin';
  const cloned = (await git.config(`remote.${remote}.url`)) !== undefined;
  const evidence = await git.resolve(cloned ? evidenceTracking(remote).ref : EVIDENCE_BRANCH);
  return { head, evidence, config, authority: authority.value };
}
