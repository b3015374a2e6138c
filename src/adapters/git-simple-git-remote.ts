import { PatchwardenError } from '../domain/errors.ts';
import type { Git, RefUpdate } from '../ports/git.ts';
import { printable, quote } from '../util/printable.ts';
import { revision } from './git-simple-git-read.ts';
import { complaint, type GitRun } from './git-simple-git-run.ts';

/** What a remote says when a reference is not where the lease expected it, also when it moved during the push. */
const LOST =
  /stale info|fetch first|non-fast-forward|cannot lock ref|failed to update ref|already exists|reference is missing|failed to lock|incorrect old value/;

/** The half of Git that talks to a remote: with the user's own credentials and proxies. */
export function gitRemote(run: GitRun): Pick<Git, 'fetch' | 'push'> {
  return {
    async fetch(remote, refspecs) {
      await run(
        [
          'fetch',
          '--no-tags',
          '--no-write-fetch-head',
          '--no-recurse-submodules',
          '--prune',
          '--verbose',
          revision(remote),
          ...refspecs,
        ],
        { ownConfig: true },
      ).catch((error: unknown) => {
        throw new PatchwardenError('forge-failed', `cannot fetch from ${quote(remote)}: ${words(error)}`, {
          cause: error,
        });
      });
    },
    async push(remote, updates) {
      if (updates.length === 0) return;
      const result = await run(
        [
          'push',
          '--porcelain',
          '--atomic',
          '--no-verify',
          ...updates.map(({ ref, expected }) => `--force-with-lease=${ref}:${expected ?? ''}`),
          revision(remote),
          ...updates.map(({ ref, to }) => `${to ?? ''}:${ref}`),
        ],
        { ownConfig: true, answers: [1, 128] },
      );
      if (result.code !== 0) throw pushFailure(remote, updates, result.text, result.stderr);
    },
  };
}

const words = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^git fetch failed: /, '') : String(error);

/** `<flag> TAB <from>:<to> TAB <summary> (<reason>)` @see git-push(1), "OUTPUT" */
function pushFailure(
  remote: string,
  updates: readonly RefUpdate[],
  stdout: string,
  stderr: string,
): PatchwardenError {
  const rejected = stdout
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.split('\t'))
    .map(([, refs = '', summary = '']) => ({ ref: refs.slice(refs.indexOf(':') + 1), summary }))
    .filter(
      (r) => !r.summary.includes('atomic push failed') && !r.summary.includes('atomic transaction failed'),
    );
  const lost = rejected.filter((r) => LOST.test(r.summary)).map((r) => r.ref);
  // Lost between the remote's greeting and its transaction: then only its own words tell.
  if (lost.length === 0 && LOST.test(stderr)) lost.push(/'(refs\/[^']+)'/.exec(stderr)?.[1] ?? 'a reference');
  if (lost.length > 0)
    return new PatchwardenError(
      'lease-lost',
      `somebody else changed ${lost.map(printable).join(', ')} on ${quote(remote)} first; nothing was pushed, run the command again`,
    );
  const why = rejected.map((r) => `${r.ref} ${r.summary}`).join('; ') || complaint(stderr);
  return new PatchwardenError(
    'forge-failed',
    `cannot push ${updates.map((u) => u.ref).join(', ')} to ${quote(remote)}: ${printable(why).slice(0, 300)}`,
    { cause: stderr.slice(0, 4000) },
  );
}
