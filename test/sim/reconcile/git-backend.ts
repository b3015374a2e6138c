import type { GitBackend, GitCommit } from '../../support/github/backend.ts';
import type { Commit, Mover, ObjectStore, Remote } from './memory-git.ts';

/** What the forge asks of Git, over the shared remote. `by` is who the forge acts for at the moment. */
export function gitBackend(store: ObjectStore, remote: Remote, by: () => Mover): GitBackend {
  const heads = 'refs/heads/';
  const now = async <T>(value: T): Promise<T> => value;
  const shown = (commit: Commit): GitCommit => ({
    sha: commit.id,
    tree: commit.tree,
    parents: commit.parents,
    author: { ...commit.author, date: commit.author.at },
    committer: { ...commit.committer, date: commit.committer.at },
    message: commit.message,
  });
  return {
    branches: () =>
      now(
        new Map(
          [...remote.refs].flatMap(([ref, id]) =>
            ref.startsWith(heads) ? [[ref.slice(heads.length), id] as const] : [],
          ),
        ),
      ),
    commit: (id) => now(store.has(id) ? shown(store.get(id)) : undefined),
    isAncestor: (older, newer) => now(store.isAncestor(older, newer)),
    commits: (base, head) => now(store.between(base, head).map(shown)),
    files: () => now([]),
    mergeable: (base, head) => {
      const onto = remote.refs.get(heads + base);
      return now(onto !== undefined && !('conflicts' in store.merge(onto, head)));
    },
    merge: ({ base, head, method, message, by: person }) => {
      const onto = remote.refs.get(heads + base);
      if (onto === undefined) return now(undefined);
      const merged = store.merge(onto, head);
      if ('conflicts' in merged) return now(undefined);
      const who = { name: person.name, email: person.email, at: person.date };
      const draft = { author: who, committer: who, signer: 'key-of-the-forge', files: merged.files };
      // What a rebase makes of several commits does not matter here: the last one has the files of the merge.
      const text = method === 'rebase' ? store.get(head).message : message;
      const parents = method === 'merge' ? [onto, head] : [onto];
      const { id } = store.write({ ...draft, message: text, parents });
      remote.move(heads + base, id, by());
      return now(id);
    },
    setRef: async (ref, id) => remote.move(ref, id, by()),
    deleteBranch: async (name) => remote.move(heads + name, null, by()),
  };
}
