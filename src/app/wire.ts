import { join } from 'node:path';
import { directoryArtifactStore } from '../adapters/artifact-store-directory.ts';
import { type SshSourceOptions, sshAssetSource } from '../adapters/asset-source-ssh.ts';
import { systemClock } from '../adapters/clock-system.ts';
import { loadCompliance } from '../adapters/compliance-packaged.ts';
import { writeDurably } from '../adapters/durable-file.ts';
import { type EvidenceLogOptions, gitEvidenceLog } from '../adapters/evidence-log-git.ts';
import { directoryFileTree, type FileTreeOptions } from '../adapters/file-tree-directory.ts';
import { type GitForgeOptions, openForge } from '../adapters/forge-git.ts';
import type { ForgeCredentials, HostedPlace } from '../adapters/forge-open-hosted.ts';
import { openGit } from '../adapters/git-simple-git.ts';
import { createLocalChannel } from '../adapters/host-channel-local.ts';
import { createHelperDriver } from '../adapters/host-driver-helper.ts';
import { type NamedInput, readInput } from '../adapters/input-path.ts';
import { instanceName } from '../adapters/instance-name.ts';
import { directoryIntelFeed, type IntelFeedOptions } from '../adapters/intel-feed-directory.ts';
import { type UrlFeed, type UrlFeedDeps, urlIntelFeed } from '../adapters/intel-feed-url.ts';
import { type GitLeaseOptions, gitLease } from '../adapters/lease-git.ts';
import { readLogKey } from '../adapters/log-keys.ts';
import { stderrLogger } from '../adapters/logger-stderr.ts';
import { createAptSolver } from '../adapters/package-solver-apt.ts';
import { solverByStream } from '../adapters/package-solver-by-stream.ts';
import { createDnfSolver } from '../adapters/package-solver-dnf.ts';
import { aptDirectorySource } from '../adapters/package-source-apt-directory.ts';
import { aptListsSource } from '../adapters/package-source-apt-lists.ts';
import { aptUrlSource } from '../adapters/package-source-apt-url.ts';
import { rpmUrlSource } from '../adapters/package-source-rpm-url.ts';
import type { UrlSourceDeps } from '../adapters/package-source-url.ts';
import { ownPolicyTools } from '../adapters/policy-own-tools.ts';
import { programDigest } from '../adapters/program-digest.ts';
import { stderrProgress } from '../adapters/progress-stderr.ts';
import { rpmProgram } from '../adapters/rpm-database-program.ts';
import { socketRunLock } from '../adapters/run-lock-socket.ts';
import { openSshFleet, type SshFleet, type SshFleetOptions } from '../adapters/ssh-fleet.ts';
import { directoryStateStore } from '../adapters/state-store-directory.ts';
import { localWorkspace } from '../adapters/workspace-local.ts';
import type { Compliance } from '../contracts/generated/compliance.ts';
import type { AptUrlPackageSource, RpmUrlPackageSource } from '../contracts/generated/config.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { AssetSource } from '../ports/asset-source.ts';
import type { Clock } from '../ports/clock.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { FileTree } from '../ports/file-tree.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { Forge, GitForge } from '../ports/forge.ts';
import type { Git } from '../ports/git.ts';
import type { HostDriver } from '../ports/host-driver.ts';
import type { IntelFeed } from '../ports/intel-feed.ts';
import type { Lease } from '../ports/lease.ts';
import type { Logger } from '../ports/logger.ts';
import type { OwnFiles, OwnPolicy, OwnPolicyTools } from '../ports/own-rules.ts';
import type { PackageSolver } from '../ports/package-solver.ts';
import type { PackageIndex, PackageSource, RpmIndex } from '../ports/package-source.ts';
import type { PolicyEngine, PolicyRule } from '../ports/policy-engine.ts';
import type { Progress } from '../ports/progress.ts';
import type { RpmDatabase } from '../ports/rpm-database.ts';
import type { RunLock } from '../ports/run-lock.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { Workspace } from '../ports/workspace.ts';
import type { NoteSigner } from '../util/tlog/note-keys.ts';

export type { ForgeCredentials };

/** The technologies of this process: made here, the only importer of adapters, and handed to the application. */
export interface Wire {
  readonly clock: Clock;
  readonly log: Logger;
  readonly progress: Progress;
  /** A path that a user named: a directory, or a file with its bytes. */
  input(path: string): Promise<NamedInput>;
  fileTree(dir: string, options?: FileTreeOptions): FileTree;
  /** The hosts of an inventory, over ssh. */
  sshAssets(options: SshSourceOptions): AssetSource;
  /** Advisories, the KEV catalogue, scores and claims: a directory, an archive of one, or one record file. */
  intelFeed(path: string, options?: IntelFeedOptions): IntelFeed;
  /** The same on a web server. What was fetched is kept in a state store. */
  intelFeedUrl(feed: UrlFeed, place: Pick<UrlFeedDeps, 'state' | 'remember'>): IntelFeed;
  /** What the last `apt-get update` of a host brought, by its root directory. */
  aptLists(root: string, id?: string): PackageSource;
  /** An apt repository in a directory. */
  aptDirectory(dir: string, id?: string): PackageSource;
  /** A repository on a web server. What was accepted of it is remembered in a state store. */
  urlSource(
    source: AptUrlPackageSource | RpmUrlPackageSource,
    place: Pick<UrlSourceDeps, 'repo' | 'state' | 'clock' | 'remember'>,
  ): PackageSource<PackageIndex | RpmIndex>;
  /** Real rpm, where it is installed. */
  readonly rpmDatabase: RpmDatabase;
  /** Real apt or dnf, where it is installed. */
  readonly solver: PackageSolver;
  readonly workspace: Workspace;
  stateStore(dir: string): StateStore;
  /** Whole or not at all; `path` is relative to `dir`. */
  writeFile(dir: string, path: string, bytes: Uint8Array): Promise<void>;
  artifactStore(dir: string): ArtifactStore;
  git(dir: string): Promise<Git>;
  /** The embedded forge on a remote of a clone. */
  forge(git: Git, options: GitForgeOptions): GitForge;
  /** A forge with pages of its own. */
  hostedForge(git: Git, place: HostedPlace): Promise<Forge>;
  /** The compiled policy that ships with the program. */
  policy(): Promise<PolicyEngine>;
  /** The rules of that policy. */
  rules(): Promise<readonly PolicyRule[]>;
  /** Which controls of which standards those rules serve. */
  compliance(): Promise<readonly Compliance[]>;
  /** The policy that the rules of a policy repository were compiled into; undefined where it has none. */
  ownPolicy(files: OwnFiles): Promise<OwnPolicy | undefined>;
  /** What compiles and tests those rules. */
  readonly ownPolicyTools: OwnPolicyTools;
  /** Digest of the program itself: what it answers may hang on nothing else that is not asked. */
  programDigest(): Promise<string>;
  /** An empty fleet store that can reach files below the state location only. */
  fleetStore(directory: string): Promise<FleetStore>;
  evidenceLog(options: EvidenceLogOptions): EvidenceLog;
  /** Private key of the evidence log, from a file. */
  logKey(file: string): NoteSigner;
  /** Keeps a second apply away from the same state location. */
  readonly runLock: RunLock;
  /** Has one controller at a time on a remote. */
  lease(options: GitLeaseOptions): Lease;
  /** A name that no other process has. */
  readonly instance: string;
  /** Changes a root directory of this machine, or the machine itself. */
  rootDriver(options: { readonly asset: string; readonly root: string }): HostDriver;
  /** Changes the hosts of an inventory over ssh. */
  sshFleet(options: SshFleetOptions): Promise<SshFleet>;
}

export const createWire = (): Wire => ({
  clock: systemClock,
  log: stderrLogger,
  progress: stderrProgress(),
  input: readInput,
  fileTree: directoryFileTree,
  sshAssets: sshAssetSource,
  intelFeed: directoryIntelFeed,
  intelFeedUrl: urlIntelFeed,
  aptLists: (root, id = 'apt-lists') => aptListsSource({ id, root }),
  aptDirectory: (dir, id = 'apt-directory') => aptDirectorySource({ id, dir }),
  urlSource: (source, place) => {
    const deps = { ...place, log: stderrLogger };
    return source.kind === 'apt-url' ? aptUrlSource(source, deps) : rpmUrlSource(source, deps);
  },
  rpmDatabase: rpmProgram(),
  solver: solverByStream({ dpkg: createAptSolver(), rpm: createDnfSolver() }),
  workspace: localWorkspace,
  stateStore: directoryStateStore,
  writeFile: (dir, path, bytes) => writeDurably(join(dir, path), bytes),
  artifactStore: directoryArtifactStore,
  git: openGit,
  forge: openForge,
  hostedForge: async (git, place) =>
    (await import('../adapters/forge-open-hosted.ts')).openHosted(git, place),
  // Loaded when first needed: most verbs use neither, and both take longer to load than everything else together.
  policy: async () => (await import('../adapters/policy-opa-wasm.ts')).loadPolicyEngine(),
  rules: async () => (await import('../adapters/policy-opa-wasm.ts')).loadRuleCatalogue(),
  compliance: loadCompliance,
  ownPolicy: async (files) => (await import('../adapters/policy-own.ts')).loadOwnPolicy(files),
  ownPolicyTools,
  programDigest,
  fleetStore: async (directory) =>
    (await import('../adapters/fleet-duckdb.ts')).openFleetDuckdb({ directory }),
  evidenceLog: gitEvidenceLog,
  logKey: readLogKey,
  runLock: socketRunLock,
  lease: gitLease,
  instance: instanceName(),
  rootDriver: ({ asset, root }) => createHelperDriver({ asset, channel: createLocalChannel({ root }) }),
  sshFleet: openSshFleet,
});
