import { PatchwardenError } from '../domain/errors.ts';
import { TRAILER } from '../domain/pull-trailers.ts';
import type { NewPull } from '../ports/forge.ts';
import type { Git, GitCommit } from '../ports/git.ts';
import type { HostedPull } from './hosted-api.ts';

export interface HostedForgeOptions {
  /** Name of the remote of the clone that is the policy repository on the forge. */
  readonly remote: string;
  /** The protected branch, without `refs/heads/`. */
  readonly base: string;
  /** Principals of the bot; the first stands for its account on the forge. */
  readonly bot: readonly string[];
  /** Text of allowed-signers at the verified head: what tells our commits from other people's. */
  readonly allowedSigners: string;
}

export type HostedGit = Pick<
  Git,
  'fetch' | 'push' | 'resolve' | 'refs' | 'readCommit' | 'verifyCommit' | 'commitsBetween'
>;

export type HostedBranches = ReturnType<typeof hostedBranches>;

/** The side of a forge with pages that is Git: what is believed, and how branches move. */
export function hostedBranches(git: HostedGit, options: HostedForgeOptions) {
  const { remote, base, bot } = options;
  const heads = `refs/remotes/${remote}/`;
  const ends = `refs/patchwarden/remotes/${remote}/heads/`;
  const known = new Map<string, boolean>();

  const fetchBranches = () => git.fetch(remote, [`+refs/heads/*:${heads}*`]);
  const tipOf = async (branch: string): Promise<string | null> =>
    (await git.resolve(`${heads}${branch}`)) ?? null;

  const isOurs = async (id: string): Promise<boolean> => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const commit = await git.readCommit(id);
    const mine = bot.includes(commit.committer.email) && contentOf(commit) !== undefined;
    const check = mine ? await git.verifyCommit(id, options.allowedSigners) : undefined;
    const ours = check?.valid === true && bot.includes(check.principal);
    known.set(id, ours);
    return ours;
  };

  /** Our last commit at or below a commit that is not on the protected branch. */
  const ourCommit = async (tip: string): Promise<GitCommit | undefined> => {
    if (await isOurs(tip)) return git.readCommit(tip);
    const start = await git.resolve(`${heads}${base}`);
    const between = start === undefined ? [] : await git.commitsBetween(start, tip);
    for (const id of [...between].reverse()) if (await isOurs(id)) return git.readCommit(id);
    return undefined;
  };

  const isHere = async (head: string | null): Promise<boolean> =>
    head !== null && (await git.resolve(head)) === head;

  /** Brings the heads of pull requests that are over: forges keep them below refs/pull when branches go or move on. */
  const fetchEnds = async (pulls: readonly HostedPull[]): Promise<void> => {
    const wanted: string[] = [];
    for (const { number, head } of pulls)
      if (!(await isHere(head))) wanted.push(`+refs/pull/${number}/head:${ends}${number}`);
    if (wanted.length > 0) await git.fetch(remote, wanted);
  };
  const endOf = async (pull: HostedPull): Promise<string> => {
    const { number, head } = pull;
    if (head !== null && (await isHere(head))) return head;
    await fetchEnds([pull]);
    return (await git.resolve(`${ends}${number}`)) ?? head ?? '';
  };

  /** Puts a commit on a branch that is where it was expected, and is not somebody's. */
  const move = async ({ branch: name, head, expectedBranch, asked }: NewPull): Promise<void> => {
    await fetchBranches();
    const tip = await tipOf(name);
    if (tip === head) return;
    if (tip !== expectedBranch || (tip !== null && !asked && !(await isOurs(tip)))) throw moved(name);
    try {
      await git.push(remote, [{ ref: `refs/heads/${name}`, to: head, expected: tip }]);
    } catch (error) {
      // A push whose answer got lost may have arrived.
      await fetchBranches();
      if ((await tipOf(name)) !== head) throw error;
    }
  };

  return { fetchBranches, tipOf, isOurs, ourCommit, fetchEnds, endOf, move };
}

const one = (commit: GitCommit, key: string): string | undefined => {
  const found = commit.trailers.filter((t) => t.key === key);
  return found.length === 1 ? found[0]?.value : undefined;
};

export function contentOf(
  commit: GitCommit,
): { readonly scope: string; readonly digest: string } | undefined {
  const scope = one(commit, TRAILER.scope);
  const digest = one(commit, TRAILER.content);
  return scope === undefined || digest === undefined ? undefined : { scope, digest };
}

export const subjectOf = (commit: GitCommit): string => commit.message.split('\n', 1)[0] ?? '';

export const moved = (branch: string): PatchwardenError =>
  new PatchwardenError(
    'lease-lost',
    `somebody else changed the branch ${branch} first; nothing was pushed, run the command again`,
  );
