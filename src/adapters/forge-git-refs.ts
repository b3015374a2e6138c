import { PatchwardenError } from '../domain/errors.ts';
import type { Git } from '../ports/git.ts';

const PULLS = 'refs/patchwarden/pulls/';

export const pullRef = (number: number): string => `${PULLS}${number}`;

/** Where a clone keeps what it knows of a remote. `seen` only ever grows: what was there once must stay there. */
export const trackingOf = (remote: string) =>
  ({
    heads: `refs/remotes/${remote}/`,
    pulls: `refs/patchwarden/remotes/${remote}/pulls/`,
    seen: `refs/patchwarden/seen/${remote}/pulls/`,
  }) as const;

/** Brings branches and pull requests of a remote up to date in the clone. */
export async function fetchPulls(git: Pick<Git, 'fetch'>, remote: string): Promise<void> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(remote))
    throw new PatchwardenError(
      'usage',
      'the remote of the forge must be the name of a remote, such as origin',
    );
  const { heads, pulls } = trackingOf(remote);
  await git.fetch(remote, [`+refs/heads/*:${heads}*`, `+${PULLS}*:${pulls}*`]);
}

/** Pull requests by number, as last fetched. A reference that is no number throws: what it hides is unknown. */
export async function trackedPulls(
  git: Pick<Git, 'refs'>,
  remote: string,
): Promise<ReadonlyMap<number, string>> {
  const { pulls } = trackingOf(remote);
  const found = new Map<number, string>();
  for (const [ref, commit] of await git.refs(pulls)) {
    const name = ref.slice(pulls.length);
    if (!/^[1-9]\d{0,6}$/.test(name))
      throw new PatchwardenError(
        'forge-failed',
        `${PULLS}${name} on the remote is no pull request; remove it there`,
      );
    found.set(Number(name), commit);
  }
  return found;
}

/**
 * Says what this clone saw earlier and the remote no longer has: a deleted or rewritten chain must not look like a pull
 * request that never was (R5). What is whole is remembered.
 */
export async function missingHistory(
  git: Pick<Git, 'refs' | 'isAncestor' | 'updateRefs'>,
  remote: string,
  now: ReadonlyMap<number, string>,
): Promise<string | undefined> {
  const { seen } = trackingOf(remote);
  const before = await git.refs(seen);
  const updates: { ref: string; to: string; expected: string | null }[] = [];
  for (const [ref, commit] of before) {
    const current = now.get(Number(ref.slice(seen.length)));
    if (current === commit) continue;
    if (current === undefined || !(await git.isAncestor(commit, current)))
      return `pull request ${ref.slice(seen.length)} was ${current === undefined ? 'deleted' : 'rewritten'} on the remote; find out who did that, then accept it with: git update-ref -d ${ref}`;
    updates.push({ ref, to: current, expected: commit });
  }
  for (const [number, to] of now)
    if (!before.has(`${seen}${number}`)) updates.push({ ref: `${seen}${number}`, to, expected: null });
  await git.updateRefs(updates);
  return undefined;
}
