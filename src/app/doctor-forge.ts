import { readDocument } from '../audit/history/read-document.ts';
import { judgeForge, tokenMissing } from '../audit/setup/forge.ts';
import { judgeEvidenceClock, judgeForgeClock } from '../audit/setup/surroundings.ts';
import type { Config, GiteaForgeConfig, GitHubForgeConfig } from '../contracts/generated/config.ts';
import type { Roles } from '../contracts/generated/roles.ts';
import { type DoctorCheck, unanswered } from '../domain/doctor.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { EVIDENCE_BRANCH } from '../domain/evidence.ts';
import type { Instant } from '../domain/time.ts';
import type { ForgeInspector } from '../ports/forge-inspector.ts';
import type { Git } from '../ports/git.ts';
import { remoteChecks } from './doctor-remote.ts';
import { stateDir } from './locations.ts';
import { PACE_FILE } from './open-forge.ts';
import type { ForgeCredentials, Wire } from './wire.ts';

export interface ForgePlace {
  readonly config: Config;
  readonly roles: Roles;
  /** Head of the protected branch. */
  readonly head: string;
  readonly now: Instant;
  readonly credentials: ForgeCredentials;
}

type Ports = Pick<
  Wire,
  'git' | 'fileTree' | 'forgeInspector' | 'evidenceLog' | 'stateStore' | 'clock' | 'log'
>;

/** The set-up of the forge that the configuration names, and this machine's clock against it. */
export async function forgeChecks(wire: Ports, git: Git, place: ForgePlace): Promise<readonly DoctorCheck[]> {
  const { config, now } = place;
  const { forge } = config;
  if (forge === undefined || forge.kind === 'git')
    return [
      ...(await remoteChecks(wire, git, forge?.remote ?? 'origin')),
      await evidenceClock(wire, git, place, now),
    ];
  const inspector = await opened(wire, git, place, forge);
  if ('problem' in inspector) return [tokenMissing(inspector.problem)];
  const inspection = await inspector.inspect({
    base: config.branch ?? 'main',
    evidence: EVIDENCE_BRANCH.replace('refs/heads/', ''),
  });
  return [
    ...judgeForge(inspection, {
      ...{ kind: forge.kind, roles: place.roles, config, now },
      autoRings: await hasAutoRings(git, place.head),
    }),
    ...(inspection.kind === 'asked' ? [judgeForgeClock(inspection.facts.skewSeconds)] : []),
  ];
}

async function hasAutoRings(git: Pick<Git, 'listTree' | 'readObjects'>, head: string): Promise<boolean> {
  const paths = (await git.listTree(head, 'baselines/')).map((f) => f.path);
  const bytes = await git.readObjects(paths.map((path) => `${head}:${path}`));
  const baselines = paths.flatMap((path, i) => readDocument(bytes[i], path, 'Baseline') ?? []);
  return baselines.some((b) => b.rings.some((r) => r.merge === 'auto'));
}

async function opened(
  wire: Ports,
  git: Git,
  { config, credentials }: ForgePlace,
  forge: GitHubForgeConfig | GiteaForgeConfig,
): Promise<ForgeInspector | { readonly problem: string }> {
  const state = wire.stateStore(stateDir(git.dir, config));
  try {
    return await wire.forgeInspector({
      ...{ config: forge, credentials, clock: wire.clock, log: wire.log },
      store: { read: () => state.read(PACE_FILE), write: async () => undefined },
    });
  } catch (error) {
    if (error instanceof PatchwardenError && error.code === 'usage') return { problem: error.message };
    throw error;
  }
}

async function evidenceClock(
  wire: Ports,
  git: Git,
  { config, roles }: ForgePlace,
  now: Instant,
): Promise<DoctorCheck> {
  const remote = config.forge?.remote ?? 'origin';
  try {
    const log = wire.evidenceLog({ git, remote, clock: wire.clock, verifier: roles.log.key });
    const times = (await log.entries()).map((e) => e.time);
    return judgeEvidenceClock(times.length === 0 ? null : times.reduce((a, b) => (a > b ? a : b)), now);
  } catch (error) {
    if (!(error instanceof PatchwardenError)) throw error;
    return unanswered(
      'clock',
      `the evidence cannot be read: ${error.message}`,
      'patchwarden audit verify says what is wrong with it',
    );
  }
}
