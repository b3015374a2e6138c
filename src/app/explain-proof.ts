import type { VerifiedMerge } from '../audit/history/judge-merge.ts';
import { loggedObjects } from '../audit/history/logged-objects.ts';
import { requireVerified } from '../audit/history/walk.ts';
import {
  bringingMerge,
  entryFor,
  evidenceAbout,
  mergeOfPath,
  type ProofSubject,
  provenMerge,
} from '../audit/prove-finding.ts';
import { provenEntry } from '../audit/prove-inclusion.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { lockPath } from '../domain/document-paths.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { EvidenceVerdict, Logged } from '../domain/evidence.ts';
import type { FindingProof, Proof } from '../domain/finding-proof.ts';
import type { Git } from '../ports/git.ts';
import { digestOf } from '../util/digest.ts';
import { type AuditPorts, evidenceVerdict } from './audit.ts';
import { documentsAt } from './documents-at.ts';
import type { Explanation } from './explain.ts';
import { lockReader } from './lock-at.ts';

/** History and evidence that were verified from the trust anchor: what a proof is read from. */
interface VerifiedGround {
  readonly anchor: string;
  readonly head: string;
  /** As they are at the head; what the work tree says counts for nothing. */
  readonly documents: PolicyDocuments;
  readonly merges: readonly VerifiedMerge[];
  readonly verdict: EvidenceVerdict;
  readonly git: Git;
  readonly prove: (logged: Logged) => ReturnType<typeof provenEntry>;
}

/**
 * Verifies the evidence and the history of the protected branch, or refuses.
 * @throws PatchwardenError `evidence-broken`, `history-unverified`, also without a trust anchor
 */
export async function verifiedGround(
  ports: Omit<AuditPorts, 'log'>,
  anchor: string | undefined,
): Promise<VerifiedGround> {
  const { git } = ports;
  if (anchor === undefined)
    throw new PatchwardenError(
      'history-unverified',
      'a proof needs a trust anchor: name the commit from which the protected branch is verified with --trust-anchor or PATCHWARDEN_TRUST_ANCHOR',
    );
  const { subject, view, verdict } = await evidenceVerdict(ports);
  const [problem] = verdict.problems;
  if (problem)
    throw new PatchwardenError(
      'evidence-broken',
      `the evidence does not verify: ${problem.message}; run patchwarden audit verify`,
    );
  const { head } = subject;
  const { merges } = await requireVerified(
    { git, policy: await ports.policy() },
    { anchor, head, objects: loggedObjects(verdict.entries.map((e) => e.entry)) },
  );
  return {
    ...{ anchor, head, merges, verdict, git },
    documents: await documentsAt(git, head),
    prove: (logged) => provenEntry(view.files, verdict.head, logged),
  };
}

/** Who approved what an explanation rests on, and what was done about each finding, as far as history and evidence prove it. */
export async function proofOf(
  ground: VerifiedGround,
  { asset, findings, documents }: Explanation,
): Promise<Proof> {
  const { anchor, head, merges, verdict } = ground;
  const { baseline, ring } = asset;
  const path = baseline === null || ring === null ? null : lockPath(baseline, ring);
  const proofs: FindingProof[] = [];
  for (const { name, arch, advisory, names, records } of findings)
    proofs.push(
      await findingProof(ground, path, {
        ...{ asset: asset.asset, stream: asset.stream, name, arch, advisory, names, records },
      }),
    );
  return {
    ...{ anchor, head, merges: merges.length, log: verdict.head },
    documents: documents.map(({ file }) => {
      const merge = mergeOfPath(merges, file);
      return { file, merge: merge ? provenMerge(merge) : null };
    }),
    findings: proofs,
  };
}

async function findingProof(
  { git, documents, merges, verdict, prove }: VerifiedGround,
  path: string | null,
  subject: ProofSubject,
): Promise<FindingProof> {
  const lock = path === null ? undefined : documents.locks.get(path);
  const found = entryFor(lock, subject);
  const read = lockReader(git, merges);
  const at = async (merge: string) => (await read(merge, path ?? ''))?.lock;
  const merge = found && path !== null ? await bringingMerge(merges, at, path, found) : undefined;
  const about = lock && found ? { digest: digestOf(lock), key: found.key } : undefined;
  const evidence = evidenceAbout(verdict.entries, subject, merge, about);
  const ids = [subject.advisory, ...subject.names, ...subject.records];
  const closes = found?.entry.advisories.some((a) => ids.includes(a)) ?? false;
  return {
    name: subject.name,
    advisory: subject.advisory,
    lock:
      lock && found && path !== null
        ? {
            ...{ file: path, generation: lock.generation, key: found.key, closes },
            ...{ version: found.entry.version, approvedBy: found.entry.approvedBy },
          }
        : null,
    merge: merge ? provenMerge(merge) : null,
    evidence: evidence.map(prove),
    missing: missingOf(path, subject, { found: found !== undefined, closes, merge, evidence }),
  };
}

function missingOf(
  path: string | null,
  { asset, name, advisory }: ProofSubject,
  has: {
    readonly found: boolean;
    readonly closes: boolean;
    readonly merge: VerifiedMerge | undefined;
    readonly evidence: readonly Logged[];
  },
): readonly string[] {
  if (path === null) return [`no ring holds ${asset}, so no lock is for it`];
  if (!has.found) return [`${path} has no entry for ${name ?? 'it'} yet: no patch of it was merged`];
  const logged = (type: string): boolean => has.evidence.some((e) => e.entry.type === type);
  return [
    ...(has.closes || advisory === null ? [] : [`the entry in ${path} does not name ${advisory}`]),
    ...(has.merge ? [] : ['the entry is older than the trust anchor: no merge since then brought it']),
    ...(has.merge && !logged('merge') ? ['the evidence does not have that merge yet: run apply'] : []),
    ...(logged('intent') ? [] : [`nothing was logged about ${name ?? 'it'} on ${asset} yet`]),
    ...(logged('intent') && !logged('effect') ? ['the end of what was announced is not logged yet'] : []),
  ];
}
