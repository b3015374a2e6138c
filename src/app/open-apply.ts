import { resolve } from 'node:path';
import { rememberingEvidenceLog } from '../audit/remember-head.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { observeRoot } from '../observe/host-root.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { Git } from '../ports/git.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import type { Governed } from '../rollout/targets.ts';
import type { ApplyPorts } from './apply.ts';
import type { Wire } from './wire.ts';

/** Paths of keys, never their content. */
export interface ApplyKeys {
  /** SSH key that signs the commits of the evidence branch. */
  readonly bot: string | undefined;
  /** Private key of the evidence log. */
  readonly log: string | undefined;
}

export interface ApplyParts {
  readonly git: Git;
  readonly policy: Pick<PolicyEngine, 'change'>;
  /** Baseline and ring of every asset, by the documents of the verified head. */
  readonly governed: (documents: PolicyDocuments) => Promise<readonly Governed[]>;
}

/** Real technologies for {@link ApplyPorts}. */
export const openApply = (wire: Wire, parts: ApplyParts, keys: ApplyKeys): ApplyPorts => ({
  ...parts,
  clock: wire.clock,
  log: wire.log,
  runLock: wire.runLock,
  stateStore: wire.stateStore,
  artifactStore: wire.artifactStore,
  rootDriver: wire.rootDriver,
  evidenceLog: (documents, mode) =>
    openEvidence(wire, parts.git, documents, mode === 'apply' ? keys : undefined),
  observe: async ({ config }, asset) => {
    const driver = (config.drivers ?? []).find((d) => d.asset === asset);
    if (!driver) throw new PatchwardenError('usage', `no driver for ${asset} in patchwarden.json`);
    const root = resolve(parts.git.dir, driver.path);
    return observeRoot(wire.fileTree(root), { live: root === '/' });
  },
});

/** The log that remembers its last head; without keys it is read and nothing is remembered anew. */
function openEvidence(
  wire: Wire,
  git: Git,
  { config, roles }: PolicyDocuments,
  keys: ApplyKeys | undefined,
): EvidenceLog {
  const remote = config.forge?.remote ?? 'origin';
  const state = wire.stateStore(resolve(git.dir, config.state.path));
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
