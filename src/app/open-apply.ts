import { resolve } from 'node:path';
import { rememberingEvidenceLog } from '../audit/remember-head.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { observeRoot } from '../observe/host-root.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { Git } from '../ports/git.ts';
import type { ApplyPorts } from './apply.ts';
import { governedAssets } from './governed.ts';
import { stateDir } from './locations.ts';
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
    governed: (documents) => governedAssets(wire, git.dir, documents),
    clock: wire.clock,
    log: wire.log,
    runLock: wire.runLock,
    stateStore: wire.stateStore,
    artifactStore: wire.artifactStore,
    rootDriver: wire.rootDriver,
    evidenceLog: (documents, mode) => openEvidence(wire, git, documents, mode === 'apply' ? keys : undefined),
    observe: async ({ config }, asset) => {
      const driver = (config.drivers ?? []).find((d) => d.asset === asset);
      if (!driver) throw new PatchwardenError('usage', `no driver for ${asset} in patchwarden.json`);
      const root = resolve(git.dir, driver.path);
      return observeRoot(wire.fileTree(root), { live: root === '/' });
    },
  };
}

/** The log that remembers its last head; without keys it is read and nothing is remembered anew. */
export function openEvidence(
  wire: Pick<Wire, 'stateStore' | 'evidenceLog' | 'clock' | 'logKey'>,
  git: Git,
  { config, roles }: PolicyDocuments,
  keys: ApplyKeys | undefined,
): EvidenceLog {
  const remote = config.forge?.remote ?? 'origin';
  const state = wire.stateStore(stateDir(git.dir, config));
  const common = { git, remote, clock: wire.clock, verifier: roles.log.key };
  if (!keys)
    return rememberingEvidenceLog(wire.evidenceLog(common), {
      read: (name) => state.read(name),
      write: async () => undefined,
    });
  const email = roles.bot.principals[0];
  if (keys.bot === undefined || keys.log === undefined || email === undefined)
    throw new PatchwardenError('usage', 'apply signs evidence: the bot key and the log key are needed');
  const writer = { key: wire.logKey(keys.log), signer: { name: 'Patchwarden', email, key: keys.bot } };
  return rememberingEvidenceLog(wire.evidenceLog({ ...common, writer }), state);
}
