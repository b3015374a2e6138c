import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import type { Git, RefUpdate, Signer } from '../ports/git.ts';
import { sortedBy } from '../util/sort.ts';
import { signatureChecker } from './git-signatures.ts';
import { type GitReads, revision } from './git-simple-git-read.ts';
import { complaint, type GitRun, gitFailure } from './git-simple-git-run.ts';
import { withScratch } from './scratch-directory.ts';

type Writes = Pick<
  Git,
  'createCommit' | 'commitTree' | 'storeCommit' | 'mergeTree' | 'verifyCommit' | 'updateRefs'
>;

/** Stores contents, all in one go, and returns their ids. */
async function writeBlobs(
  run: GitRun,
  scratch: string,
  contents: readonly (string | Uint8Array)[],
): Promise<readonly string[]> {
  if (contents.length === 0) return [];
  const files = contents.map((_, i) => join(scratch, `blob-${i}`));
  for (const [i, file] of files.entries()) await writeFile(file, contents[i] ?? '');
  const input = files.map((file) => `${file}\n`).join('');
  return (await run(['hash-object', '-w', '--no-filters', '--stdin-paths'], { input })).text.split('\n');
}

export function gitWrites(run: GitRun, reads: GitReads): Writes {
  const commitTree: Git['commitTree'] = async (commit) => {
    const { signer } = commit;
    const date = `${Math.floor(Date.parse(commit.at) / 1000)} +0000`;
    const result = await run(
      [
        'commit-tree',
        revision(commit.tree),
        ...commit.parents.flatMap((p) => ['-p', revision(p)]),
        '-S',
        '-F',
        '-',
      ],
      {
        input: commit.message,
        config: [`user.signingkey=${signer.key}`],
        env: {
          GIT_AUTHOR_NAME: signer.name,
          GIT_AUTHOR_EMAIL: signer.email,
          GIT_AUTHOR_DATE: date,
          GIT_COMMITTER_NAME: signer.name,
          GIT_COMMITTER_EMAIL: signer.email,
          GIT_COMMITTER_DATE: date,
        },
        answers: [1, 128],
      },
    );
    if (result.code !== 0) throw signFailure(signer, result.stderr);
    return result.text;
  };

  return {
    commitTree,
    createCommit: ({ base, files, ...commit }) =>
      withScratch(async (dir) => {
        const env = { GIT_INDEX_FILE: join(dir, 'index') };
        const kept = base === null ? [] : await reads.listTree(base, '');
        const entries = new Map(kept.map((e) => [e.path, `${e.mode} ${e.blob}`]));
        const contents = [...files].flatMap(([path, content]) =>
          content === null ? [] : [{ path, content }],
        );
        const blobs = await writeBlobs(
          run,
          dir,
          contents.map((c) => c.content),
        );
        for (const [path, content] of files) if (content === null) entries.delete(path);
        for (const [i, { path }] of contents.entries())
          entries.set(
            path,
            `${entries.get(path)?.startsWith('100755') ? '100755' : '100644'} ${blobs[i] ?? ''}`,
          );
        const index = [...entries].map(([path, entry]) => `${entry}\t${path}\0`).join('');
        // A temporary index: neither the user's index nor the work tree is touched.
        await run(['update-index', '-z', '--verbose', '--index-info'], { env, input: index });
        const tree = (await run(['write-tree'], { env })).text;
        return commitTree({ ...commit, tree });
      }),

    async storeCommit(raw) {
      const { text } = await run(['hash-object', '-t', 'commit', '-w', '--stdin'], { input: raw });
      return text;
    },

    async mergeTree(base, head) {
      if (await reads.isAncestor(base, head)) return { tree: (await reads.readCommit(head)).tree };
      const { code, text, stderr } = await run(
        ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', revision(base), revision(head)],
        // Without rename guessing a merge means the same in every version of Git.
        { answers: [1, 128, 129], config: ['merge.renames=false', 'merge.directoryRenames=false'] },
      );
      const [tree = '', ...conflicts] = text.split('\0').filter((r) => r !== '');
      if (code === 0) return { tree };
      if (code === 1) return { conflicts: sortedBy(new Set(conflicts), (p) => p) };
      if (code === 129 || stderr.includes('usage: git merge-tree'))
        throw new PatchwardenError(
          'forge-failed',
          'the branch is behind the protected branch, and merging it needs git 2.38 or newer; update git, or refresh the branch first',
        );
      // Nothing in common: every path is a conflict, so none is named.
      if (stderr.includes('unrelated histories')) return { conflicts: [] };
      throw gitFailure(['merge-tree'], stderr);
    },

    verifyCommit: signatureChecker(run, reads),

    async updateRefs(updates) {
      if (updates.length === 0) return;
      const input = ['start', ...updates.map(updateLine), 'prepare', 'commit', ''].join('\n');
      const result = await run(['update-ref', '--stdin', '--no-deref'], { input, answers: [1, 128] });
      if (result.code === 0) return;
      // @see refs/files-backend.c of Git: the words for "not what was expected".
      if (/but expected|already exists|unable to resolve reference|reference is missing/.test(result.stderr))
        throw new PatchwardenError('lease-lost', `a reference has moved: ${complaint(result.stderr)}`);
      throw gitFailure(['update-ref'], result.stderr);
    },
  };
}

function updateLine({ ref, to, expected }: RefUpdate): string {
  if (to === null) return expected === null ? `verify ${ref}` : `delete ${ref} ${expected}`;
  return expected === null ? `create ${ref} ${to}` : `update ${ref} ${to} ${expected}`;
}

function signFailure(signer: Signer, stderr: string): PatchwardenError {
  // Only what concerns the key is about the key; the rest is Git's.
  if (!/sign|key|ssh-keygen|passphrase/i.test(stderr)) return gitFailure(['commit-tree'], stderr);
  return new PatchwardenError(
    'usage',
    `cannot sign as ${signer.email} with the key ${signer.key}: ${complaint(stderr)}; name an SSH private key with --key, or set user.signingkey`,
    { cause: stderr.slice(0, 4000) },
  );
}
