import { directoryArtifactStore } from '../adapters/artifact-store-directory.ts';
import { systemClock } from '../adapters/clock-system.ts';
import { type EvidenceLogOptions, gitEvidenceLog } from '../adapters/evidence-log-git.ts';
import { directoryFileTree, type FileTreeOptions } from '../adapters/file-tree-directory.ts';
import { type GitForgeOptions, openForge } from '../adapters/forge-git.ts';
import { openGit } from '../adapters/git-simple-git.ts';
import { createRootDriver, type RootDriverOptions } from '../adapters/host-driver-root.ts';
import { type NamedInput, readInput } from '../adapters/input-path.ts';
import { directoryIntelFeed } from '../adapters/intel-feed-directory.ts';
import { readLogKey } from '../adapters/log-keys.ts';
import { stderrLogger } from '../adapters/logger-stderr.ts';
import { createAptSolver } from '../adapters/package-solver-apt.ts';
import { aptDirectorySource } from '../adapters/package-source-apt-directory.ts';
import { aptListsSource } from '../adapters/package-source-apt-lists.ts';
import { socketRunLock } from '../adapters/run-lock-socket.ts';
import { directoryStateStore } from '../adapters/state-store-directory.ts';
import { localWorkspace } from '../adapters/workspace-local.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { FileTree } from '../ports/file-tree.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { Forge } from '../ports/forge.ts';
import type { Git } from '../ports/git.ts';
import type { RootDriver } from '../ports/root-driver.ts';
import type { IntelFeed } from '../ports/intel-feed.ts';
import type { Logger } from '../ports/logger.ts';
import type { PackageSolver } from '../ports/package-solver.ts';
import type { PackageSource } from '../ports/package-source.ts';
import type { PolicyEngine, PolicyRule } from '../ports/policy-engine.ts';
import type { RunLock } from '../ports/run-lock.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { Workspace } from '../ports/workspace.ts';
import type { NoteSigner } from '../util/tlog/note-keys.ts';

/** The technologies of this process: made here, the only importer of adapters, and handed to the application. */
export interface Wire {
  readonly clock: Clock;
  readonly log: Logger;
  /** A path that a user named: a directory, or a file with its bytes. */
  input(path: string): Promise<NamedInput>;
  fileTree(dir: string, options?: FileTreeOptions): FileTree;
  /** Advisories and the KEV catalog: a directory, an archive of one, or one record file. */
  intelFeed(path: string, options?: { readonly label?: string }): IntelFeed;
  /** What the last `apt-get update` of a host brought, by its root directory. */
  aptLists(root: string, id?: string): PackageSource;
  /** An apt repository in a directory. */
  aptDirectory(dir: string, id?: string): PackageSource;
  /** Real apt, where it is installed. */
  readonly solver: PackageSolver;
  readonly workspace: Workspace;
  stateStore(dir: string): StateStore;
  artifactStore(dir: string): ArtifactStore;
  git(dir: string): Promise<Git>;
  /** The embedded forge on a remote of a clone. */
  forge(git: Git, options: GitForgeOptions): Forge;
  /** The compiled policy that ships with the program. */
  policy(): Promise<PolicyEngine>;
  /** The rules of that policy. */
  rules(): Promise<readonly PolicyRule[]>;
  /** An empty fleet store that can reach files below the state location only. */
  fleetStore(directory: string): Promise<FleetStore>;
  evidenceLog(options: EvidenceLogOptions): EvidenceLog;
  /** Private key of the evidence log, from a file. */
  logKey(file: string): NoteSigner;
  /** Keeps a second apply away from the same state location. */
  readonly runLock: RunLock;
  /** Patches a Debian root directory. */
  rootDriver(options: RootDriverOptions): RootDriver;
}

export const createWire = (): Wire => ({
  clock: systemClock,
  log: stderrLogger,
  input: readInput,
  fileTree: directoryFileTree,
  intelFeed: directoryIntelFeed,
  aptLists: (root, id = 'apt-lists') => aptListsSource({ id, root }),
  aptDirectory: (dir, id = 'apt-directory') => aptDirectorySource({ id, dir }),
  solver: createAptSolver(),
  workspace: localWorkspace,
  stateStore: directoryStateStore,
  artifactStore: directoryArtifactStore,
  git: openGit,
  forge: openForge,
  // Loaded when first needed: most verbs use neither, and both take longer to load than everything else together.
  policy: async () => (await import('../adapters/policy-opa-wasm.ts')).loadPolicyEngine(),
  rules: async () => (await import('../adapters/policy-opa-wasm.ts')).loadRuleCatalogue(),
  fleetStore: async (directory) =>
    (await import('../adapters/fleet-duckdb.ts')).openFleetDuckdb({ directory }),
  evidenceLog: gitEvidenceLog,
  logKey: readLogKey,
  runLock: socketRunLock,
  rootDriver: createRootDriver,
});
