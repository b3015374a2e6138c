import { gitEvidenceLog } from '../../src/adapters/evidence-log-git.ts';
import { openGit } from '../../src/adapters/git-simple-git.ts';
import type { EvidenceEntry } from '../../src/contracts/generated/evidence-entry.ts';
import { EVIDENCE_TRAILER, formatHead } from '../../src/domain/evidence.ts';
import { mergeMessage } from '../../src/domain/pull-trailers.ts';
import type { EvidenceLog } from '../../src/ports/evidence-log.ts';
import type { Git } from '../../src/ports/git.ts';
import { digestOf } from '../../src/util/digest.ts';
import {
  effectEntry,
  intentEntry,
  logKey,
  mergeEntry,
  proposalEntry,
  verificationEntry,
} from './builders/evidence.ts';
import {
  createWorld,
  git,
  lockText,
  NOW,
  type RawCommit,
  ROLES,
  rawCommit,
  type World,
} from './git-fixtures.ts';
import { historyWriter, PROD_LOCK } from './history.ts';

export const KEY = logKey();
export const EVIDENCE = 'refs/heads/patchwarden/evidence';

/** A policy repository in which one lock was proposed, approved, merged, applied and logged, everything really signed. */
export interface EvidenceWorld {
  readonly world: World;
  readonly repository: Git;
  readonly log: EvidenceLog;
  /** Id of the merge on `main`. */
  readonly merge: string;
  readonly approval: string;
  /** What is in the log, in order. */
  readonly entries: readonly EvidenceEntry[];
  /** Head of the evidence branch. */
  readonly head: string;
  /** Somebody pushes onto the merge past all approvals. @returns the new head of `main` */
  pushStraight(files: NonNullable<RawCommit['files']>): string;
  /** Puts the remote's branches back to how they were made. */
  reset(): void;
}

export async function createEvidenceWorld(): Promise<EvidenceWorld> {
  const roles = `${JSON.stringify({ ...ROLES, log: { key: KEY.verifier.text } }, null, 2)}\n`;
  const world = createWorld({ 'roles.json': roles });
  const repository = await openGit(world.clone);
  const write = historyWriter(world, repository);
  const log = gitEvidenceLog({
    git: repository,
    remote: 'origin',
    clock: { now: () => NOW },
    verifier: KEY.verifier.text,
    writer: { key: KEY, signer: world.keys.bot },
  });

  const text = lockText('prod', '3.0.14-1~deb12u2', 2);
  const before = await log.append([]);
  const proposal = write.commit(world.anchor, { [PROD_LOCK]: text }, 'bot', {
    message: `Lock servers/prod\n\n${EVIDENCE_TRAILER}: ${formatHead(before)}\n`,
  });
  const contentDigest = await write.digest(world.anchor, proposal);
  const opened = await log.append([proposalEntry({ contentDigest, head: proposal })]);
  const approval = write.approval(contentDigest, 'approver');
  const merge = write.merge(world.anchor, proposal, {
    digest: contentDigest,
    approvals: [approval],
    message: mergeMessage('Lock servers/prod', {
      pull: 1,
      kind: 'remediate',
      scope: 'servers/prod',
      contentDigest,
      approvals: [approval],
      evidence: formatHead(opened),
    }),
  });
  git(world.clone, ['push', '-q', 'origin', `${merge}:refs/heads/main`]);

  const lock = digestOf(JSON.parse(text));
  const authority: readonly EvidenceEntry[] = [
    {
      apiVersion: 'patchwarden/v1',
      type: 'approval',
      time: NOW,
      pull: 1,
      contentDigest,
      commit: approval,
      person: 'ben',
      object: await repository.rawCommit(approval),
    },
    mergeEntry({ commit: merge, contentDigest, approvals: [approval], locks: [lock] }),
  ];
  await log.append(authority);
  await log.append([intentEntry({ merge, lock })]);
  await log.append([effectEntry({ lock }), verificationEntry({ lock })]);
  const head = git(world.origin, ['rev-parse', EVIDENCE]);
  return {
    world,
    repository,
    log,
    merge,
    approval,
    head,
    entries: await log.entries(),
    pushStraight: (files) => {
      const signer = world.keys.bot;
      const message = 'Straight to main\n';
      const pushed = rawCommit(world.origin, { base: merge, files, parents: [merge], message, signer });
      git(world.origin, ['update-ref', 'refs/heads/main', pushed]);
      return pushed;
    },
    reset: () => {
      git(world.origin, ['update-ref', EVIDENCE, head]);
      git(world.origin, ['update-ref', 'refs/heads/main', merge]);
    },
  };
}
