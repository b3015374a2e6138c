/** Who writes a commit, and the SSH private key (path) that signs it. */
export interface Signer {
  readonly name: string;
  readonly email: string;
  /** Path of an SSH private key, or of a public key whose private half an agent holds. */
  readonly key: string;
}

export interface GitPerson {
  readonly name: string;
  readonly email: string;
  /** RFC 3339 UTC. */
  readonly at: string;
}

export interface GitCommit {
  readonly id: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: GitPerson;
  readonly committer: GitPerson;
  readonly message: string;
  /** Trailers of the last paragraph, in order. @see git-interpret-trailers(1) */
  readonly trailers: readonly { readonly key: string; readonly value: string }[];
}

export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly blob: string;
}

export interface TreeChange {
  readonly path: string;
  readonly change: 'added' | 'modified' | 'deleted';
  /** Blob id after the change; null when deleted. */
  readonly blob: string | null;
  readonly mode: string | null;
}

export interface RefUpdate {
  readonly ref: string;
  /** Commit id, or null to delete. */
  readonly to: string | null;
  /** What the reference must be now: a commit id, or null when it must not exist. */
  readonly expected: string | null;
}

export interface NewCommit {
  /** Commit whose tree is the start; null for an empty tree. */
  readonly base: string | null;
  /** Path → whole new content; null deletes. */
  readonly files: ReadonlyMap<string, string | Uint8Array | null>;
  readonly parents: readonly string[];
  readonly message: string;
  readonly signer: Signer;
  readonly at: string;
}

/** What a signature check found. `principal` is the name in allowed-signers that the key belongs to. */
export type SignatureCheck =
  | { readonly valid: true; readonly principal: string; readonly fingerprint: string }
  | { readonly valid: false; readonly reason: 'unsigned' | 'unknown-key' | 'bad-signature' };

/** One Git repository, bare or a clone; every reference is given in full (`refs/heads/main`). */
export interface Git {
  readonly dir: string;
  /** Commit id of a reference, commit id or other revision; undefined when there is none. */
  resolve(revision: string): Promise<string | undefined>;
  readCommit(id: string): Promise<GitCommit>;
  /** UTF-8 content of a file of a commit; undefined when absent. Refuses links and submodules. */
  readFile(commit: string, path: string): Promise<string | undefined>;
  readBytes(commit: string, path: string): Promise<Uint8Array | undefined>;
  /** Every commit reachable from `head`, itself included, parents before children. Throws `history-unverified` on an unreadable one. */
  history(head: string): Promise<readonly GitCommit[]>;
  /** The newest commit of the first-parent line of `head` that changed a path: where it was merged. */
  lastChange(head: string, path: string): Promise<string | undefined>;
  /** Contents of objects named by id or `<commit>:<path>`, all in one go; undefined where there is none. */
  readObjects(names: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** Files below a prefix (empty: all), sorted by path. */
  listTree(commit: string, prefix: string): Promise<readonly TreeEntry[]>;
  /** Differences between two trees; null is the empty tree. */
  diffTrees(from: string | null, to: string): Promise<readonly TreeChange[]>;
  /** First-parent line from `from` (exclusive) to `to` (inclusive), oldest first; undefined when `from` is not on it. */
  firstParentLine(from: string, to: string): Promise<readonly string[] | undefined>;
  /** Every version that files below a folder had on the first-parent line up to `head`, each once, sorted by path and id. */
  versionsBelow(
    head: string,
    folder: string,
  ): Promise<readonly { readonly path: string; readonly blob: string }[]>;
  /** Commits reachable from `head` and not from `base`, oldest first. */
  commitsBetween(base: string, head: string): Promise<readonly string[]>;
  isAncestor(ancestor: string, of: string): Promise<boolean>;
  refs(prefix: string): Promise<ReadonlyMap<string, string>>;
  /** Writes a signed commit object; no reference moves. */
  createCommit(commit: NewCommit): Promise<string>;
  /** Stores a raw commit object, such as evidence keeps; returns the id that its bytes have. */
  storeCommit(raw: string): Promise<string>;
  /** True when older history was cut off, so that a walk could not see it. */
  isShallow(): Promise<boolean>;
  /** Tree that merges `head` into `base` (both commits); a conflict names the paths. */
  mergeTree(
    base: string,
    head: string,
  ): Promise<{ readonly tree: string } | { readonly conflicts: readonly string[] }>;
  /** Like createCommit with a ready tree. */
  commitTree(commit: Omit<NewCommit, 'base' | 'files'> & { readonly tree: string }): Promise<string>;
  /** Checks the SSH signature of a commit against the text of an allowed-signers file, at the commit's own time. */
  verifyCommit(id: string, allowedSigners: string): Promise<SignatureCheck>;
  /** The raw commit object as stored, signature included. */
  rawCommit(id: string): Promise<string>;
  /** Moves references in this repository, all or none; throws `lease-lost` when one is not what was expected. */
  updateRefs(updates: readonly RefUpdate[]): Promise<void>;
  /** Fetches references from a remote (refspecs as Git writes them). */
  fetch(remote: string, refspecs: readonly string[]): Promise<void>;
  /** Pushes atomically with leases; throws `lease-lost` when the remote has moved, `forge-failed` otherwise. */
  push(remote: string, updates: readonly RefUpdate[]): Promise<void>;
  /** State of the clone's work tree. */
  workTree(): Promise<{
    readonly branch: string | null;
    readonly head: string | null;
    readonly dirty: readonly string[];
  }>;
  config(key: string): Promise<string | undefined>;
}
