export interface GitPerson {
  readonly name: string;
  readonly email: string;
  /** ISO 8601, UTC. */
  readonly date: string;
}

export interface GitCommit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: GitPerson;
  readonly committer: GitPerson;
  readonly message: string;
}

export interface ChangedFile {
  readonly filename: string;
  readonly status: 'added' | 'modified' | 'removed';
  /** Id of the blob after the change; of the one that went when removed. */
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
}

export type MergeMethod = 'merge' | 'squash' | 'rebase';

export interface Merge {
  readonly base: string;
  /** Commit that is merged. */
  readonly head: string;
  readonly method: MergeMethod;
  readonly message: string;
  readonly by: GitPerson;
}

/** What the stand-in asks of Git: refs and commits of the one repository behind it. */
export interface GitBackend {
  /** Name without `refs/heads/` → commit. */
  branches(): Promise<ReadonlyMap<string, string>>;
  /** @param commitish a whole commit id. */
  commit(commitish: string): Promise<GitCommit | undefined>;
  isAncestor(older: string, newer: string): Promise<boolean>;
  /** Commits of head that base lacks, oldest first. */
  commits(base: string, head: string): Promise<readonly GitCommit[]>;
  /** Files that differ between the merge base of both and head, by name. */
  files(base: string, head: string): Promise<readonly ChangedFile[]>;
  mergeable(base: string, head: string): Promise<boolean>;
  /** Moves the branch `base`. @returns its new commit, or undefined when the two conflict or the base moved meanwhile. */
  merge(merge: Merge): Promise<string | undefined>;
  /** @param ref whole name, such as `refs/pull/1/head`. */
  setRef(ref: string, sha: string): Promise<void>;
  deleteBranch(name: string): Promise<void>;
}
