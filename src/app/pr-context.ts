import { readDocument } from '../audit/history/read-document.ts';
import { readAuthority } from '../audit/read-roles.ts';
import type { HaltEvidence } from '../contracts/generated/evidence-entry.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { formatHead } from '../domain/evidence.ts';
import { haltsInForce } from '../domain/halt.ts';
import type { Clock } from '../ports/clock.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { GitForge, PullRequest } from '../ports/forge.ts';
import type { Git } from '../ports/git.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import { changeRulesAt } from './policy-at.ts';
import { standing } from './stop-requests.ts';
import type { Wire } from './wire.ts';

/** What the verbs of pull requests work with. */
export interface PullPorts {
  readonly git: Git;
  readonly forge: GitForge;
  /** The rules over what would land on a commit. */
  policyAt(commit: string): Promise<Pick<PolicyEngine, 'change'>>;
  readonly clock: Pick<Clock, 'now'>;
  /** Name of the remote and of the protected branch on it. */
  readonly remote: string;
  readonly branch: string;
  /** State of the evidence log as commits name it: `<size>:<root hex>`. */
  evidenceHead(): Promise<string>;
  /** Halts in force now: what they forbid, no proposal may bring. */
  halts(): Promise<readonly HaltEvidence[]>;
}

/** Opens a clone of a policy repository: config from its HEAD, never from the work tree, which these verbs do not need. */
export async function openPullPorts(
  wire: Pick<Wire, 'git' | 'forge' | 'policy' | 'ownPolicy' | 'evidenceLog' | 'clock' | 'log'>,
  dir: string,
): Promise<PullPorts> {
  const git = await wire.git(dir);
  const [bytes] = await git.readObjects(['HEAD:patchwarden.json']);
  if (!bytes)
    throw new PatchwardenError(
      'not-a-repository',
      `${dir} is no policy repository: its HEAD has no patchwarden.json; name the right directory with --repo`,
    );
  const config = readDocument(bytes, 'patchwarden.json', 'Config');
  if (!config)
    throw new PatchwardenError(
      'bad-document',
      `patchwarden.json at the HEAD of ${dir} is not valid; run patchwarden validate`,
    );
  if (config.forge !== undefined && config.forge.kind !== 'git')
    throw new PatchwardenError(
      'usage',
      `the pull requests of this repository are on ${config.forge.kind}, at ${config.forge.owner}/${config.forge.repo}: list, approve and merge them there`,
    );
  const remote = config.forge?.remote ?? 'origin';
  const branch = config.branch ?? 'main';
  const evidence = async (): Promise<EvidenceLog> => {
    const authority = await readAuthority(git, await fetchedHead({ git, remote, branch }));
    if (!authority.ok)
      throw new PatchwardenError('bad-document', `at the head of ${branch}: ${authority.error}`);
    const verifier = authority.value.roles.log.key;
    return wire.evidenceLog({ git, remote, clock: wire.clock, verifier });
  };
  return {
    git,
    remote,
    branch,
    clock: wire.clock,
    forge: wire.forge(git, { remote, base: branch }),
    policyAt: (commit) => changeRulesAt(wire, git, commit),
    evidenceHead: async () => formatHead(await (await evidence()).head()),
    halts: async () => {
      const at = {
        ...{ head: await fetchedHead({ git, remote, branch }), remote },
        repository: config.repository,
      };
      const entries = await (await evidence()).entries();
      return haltsInForce((await standing(git, at, wire.log, entries)).entries);
    },
  };
}

/** Commit that the protected branch had at the last fetch. */
export async function fetchedHead({
  git,
  remote,
  branch,
}: Pick<PullPorts, 'remote' | 'branch'> & { readonly git: Pick<Git, 'resolve'> }): Promise<string> {
  const head = await git.resolve(`refs/remotes/${remote}/${branch}`);
  if (head === undefined)
    throw new PatchwardenError(
      'forge-failed',
      `the remote ${remote} has no branch ${branch}; check patchwarden.json`,
    );
  return head;
}

/** All pull requests, fetched now. Throws `forge-failed` when the listing is not whole. */
export async function listPulls({
  forge,
}: {
  readonly forge: Pick<GitForge, 'all'>;
}): Promise<readonly PullRequest[]> {
  const listing = await forge.all();
  if (listing.complete) return listing.pulls;
  throw incompleteListing(listing.reason);
}

export const incompleteListing = (reason: string): PatchwardenError =>
  new PatchwardenError('forge-failed', `the pull requests cannot be listed in full: ${reason}`);

/** Throws `usage` when there is none with that number. */
export async function findPull(ports: Pick<PullPorts, 'forge'>, number: number): Promise<PullRequest> {
  const pull = (await listPulls(ports)).find((p) => p.number === number);
  if (pull) return pull;
  throw new PatchwardenError('usage', `there is no pull request ${number}; patchwarden pr list shows them`);
}

/** Throws `refused` when it is closed or merged. */
export async function findOpen(ports: Pick<PullPorts, 'forge'>, number: number): Promise<PullRequest> {
  const pull = await findPull(ports, number);
  if (pull.state === 'open') return pull;
  throw new PatchwardenError('refused', `pull request ${number} is ${pull.state} already`);
}
