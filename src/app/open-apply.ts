import { rememberingEvidenceLog } from '../audit/remember-head.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { Git, Signer } from '../ports/git.ts';
import type { ApplyPorts } from './apply.ts';
import { fetchUrlOf } from './fetch-url.ts';
import { governedHosts } from './governed.ts';
import { stateDir } from './locations.ts';
import { openHosts } from './open-hosts.ts';
import type { Wire } from './wire.ts';

/** Paths of keys, never their content. */
export interface ApplyKeys {
  /** SSH key that signs the commits of the evidence branch. */
  readonly bot: string | undefined;
  /** Private key of the evidence log. */
  readonly log: string | undefined;
}

/** Real technologies for {@link ApplyPorts}, for the policy repository in a directory. */
export async function openApply(wire: Wire, dir: string, keys: ApplyKeys): Promise<ApplyPorts> {
  const git = await wire.git(dir);
  return {
    git,
    policy: await wire.policy(),
    governed: (documents) => governedHosts(wire, git.dir, documents),
    clock: wire.clock,
    log: wire.log,
    runLock: wire.runLock,
    holder: wire.instance,
    artifactStore: wire.artifactStore,
    evidenceLog: (documents, mode) => openEvidence(wire, git, documents, mode === 'apply' ? keys : undefined),
    lease: (documents) =>
      wire.lease({
        git,
        remote: documents.config.forge?.remote ?? 'origin',
        clock: wire.clock,
        signer: botSigner(documents, keys),
      }),
    hosts: ({ config }) => openHosts(wire, git.dir, config),
    fetchUrl: ({ config }) => fetchUrlOf(config),
  };
}

/** The log that remembers its last head; without keys it is read and nothing is remembered anew. */
export function openEvidence(
  wire: Pick<Wire, 'stateStore' | 'evidenceLog' | 'clock' | 'logKey'>,
  git: Git,
  documents: PolicyDocuments,
  keys: ApplyKeys | undefined,
): EvidenceLog {
  const { config, roles } = documents;
  const remote = config.forge?.remote ?? 'origin';
  const state = wire.stateStore(stateDir(git.dir, config));
  const common = { git, remote, clock: wire.clock, verifier: roles.log.key };
  if (!keys)
    return rememberingEvidenceLog(wire.evidenceLog(common), {
      read: (name) => state.read(name),
      write: async () => undefined,
    });
  if (keys.log === undefined) throw noKeys();
  const writer = { key: wire.logKey(keys.log), signer: botSigner(documents, keys) };
  return rememberingEvidenceLog(wire.evidenceLog({ ...common, writer }), state);
}

function botSigner({ roles }: Pick<PolicyDocuments, 'roles'>, keys: ApplyKeys): Signer {
  const [email] = roles.bot.principals;
  if (keys.bot === undefined || email === undefined) throw noKeys();
  return { name: 'Patchwarden', email, key: keys.bot };
}

const noKeys = (): PatchwardenError =>
  new PatchwardenError('usage', 'apply signs evidence: the bot key and the log key are needed');
