import { PatchwardenError } from '../domain/errors.ts';
import type { ExportedReview } from '../domain/merge-export.ts';
import type { ProposalKind } from '../domain/proposal.ts';
import { keepChecked } from '../domain/pull-boxes.ts';
import { TRAILER } from '../domain/pull-trailers.ts';
import type {
  BranchState,
  Forge,
  Listing,
  MergedPull,
  NewPull,
  PullAsk,
  PullCheck,
  PullRequest,
} from '../ports/forge.ts';
import type { Git, GitCommit } from '../ports/git.ts';
import { isOurTitle, marked, markedDigest, noteMark, replaceMarked } from './forge-hosted-text.ts';
import { type HostedApi, HostedFailure, type HostedPull, type HostedReview } from './hosted-api.ts';
import { withBoxes } from './hosted-boxes.ts';

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

type HostedGit = Pick<
  Git,
  'fetch' | 'push' | 'resolve' | 'refs' | 'readCommit' | 'verifyCommit' | 'commitsBetween'
>;

const KINDS: readonly ProposalKind[] = [
  ...(['remediate', 'promote', 'drift', 'housekeeping', 'pins', 'rollback', 'expedited'] as const),
];
/** What the protected branch should require. */
const CHECK = 'patchwarden/change';
const ASKS: readonly PullAsk[] = ['hold', 'rebase', 'expedite'];
const labelOf = (ask: PullAsk): string => `patchwarden/${ask}`;
const OURS = /^patchwarden\/([a-z]+)\/(.+)$/;

/**
 * Pull requests on a forge with pages (GitHub, Gitea). What a proposal is, is read from our own signed commit on its
 * branch, never from a text that people can edit. Branches move by Git with leases; the forge's API has none, so that a
 * person's commit is looked for right before every write.
 */
export function openHostedForge(git: HostedGit, given: HostedApi, options: HostedForgeOptions): Forge {
  const api = withBoxes(given);
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

  const place = async (pull: HostedPull): Promise<PullRequest> => {
    const [, kind, rest] = OURS.exec(pull.branch) ?? [];
    const ours = pull.ownBranch ? KINDS.find((k) => k === kind) : undefined;
    const tip = pull.ownBranch ? await tipOf(pull.branch) : null;
    const open = pull.state === 'open';
    const over = ours && pull.state !== 'merged';
    const asks = over || open || pull.head === null;
    const end = open && tip !== null ? tip : asks ? await endOf(pull) : (pull.head ?? '');
    const commit = over ? await ourCommit(end) : undefined;
    const content = commit && contentOf(commit);
    // Text that was not written for this content (a crash in between) makes it other content, which is refreshed.
    const said = open ? markedDigest(pull.body) : undefined;
    const { number, title, body, state, author, openedAt, merge } = pull;
    const openedBy = await principalOf(author);
    // A person may have opened it from a branch of ours: then it is theirs, whatever is on the branch.
    const mine = openedBy === bot[0];
    return {
      ...{ number, branch: pull.branch, base: pull.base, title, body, state, openedAt, merge, tip },
      kind: ours ?? 'manual',
      scope: content?.scope ?? rest ?? pull.branch,
      head: commit?.id ?? end,
      foreign: open && (!mine || (tip !== null && commit?.id !== tip)),
      contentDigest: content && (said === undefined || said === content.digest) ? content.digest : '',
      openedBy,
      asks: ASKS.filter((ask) => pull.labels.includes(labelOf(ask))),
      approvals: [],
      closeReason: null,
      closedBy: state === 'closed' ? await closerOf(pull, tip !== null && commit?.id === tip) : null,
    };
  };

  /** @param standing whether its branch is there, with its commit */
  const closerOf = async (
    { number, ownBranch, branch: name }: HostedPull,
    standing: boolean,
  ): Promise<string> => {
    if (!ownBranch || !OURS.test(name)) return '';
    const closed = await api.closedBy(number);
    // Some forges act on a deletion seconds later, and then on a new branch of the name: nobody refused that.
    if (closed?.byDeletion && standing) return bot[0] ?? closed.account;
    return principalOf(closed?.account ?? 'somebody');
  };

  const principalOf = async (account: string): Promise<string> =>
    account !== '' && account === (await api.login()) ? (bot[0] ?? account) : account;

  const branch = async (name: string): Promise<BranchState> => {
    const pulls: PullRequest[] = [];
    const found = await api.pullsOf(name);
    await fetchBranches();
    const own = found.filter((p) => p.ownBranch);
    await fetchEnds(own.filter((p) => p.state !== 'open'));
    for (const pull of own) pulls.push(await place(pull));
    const tip = await tipOf(name);
    return { pulls, tip, ours: tip === null || (await isOurs(tip)) };
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

  const current = async (number: number): Promise<HostedPull> => {
    const pull = await api.pull(number);
    if (pull.state !== 'open')
      throw new PatchwardenError('refused', `pull request ${number} is ${pull.state} already`);
    if (pull.labels.includes(labelOf('hold')))
      throw new PatchwardenError('refused', `pull request ${number} is on hold now`);
    return pull;
  };

  /** Says something once, however often it is asked to. */
  const note = async (number: number, key: string, text: string): Promise<void> => {
    const me = await api.login();
    const mark = noteMark(key);
    const comments = await api.comments(number);
    if (comments.some((c) => c.author === me && c.body.includes(mark))) return;
    await api.comment(number, `${text}\n\n${mark}`);
  };

  const approving = async (number: number, head: string): Promise<readonly ExportedReview[]> => {
    const last = new Map<string, HostedReview>();
    for (const review of await api.reviews(number))
      if (review.verdict !== 'none') last.set(review.account, review);
    return [...last.values()]
      .filter((r) => r.verdict === 'approved' && r.commit === head)
      .map(({ account, id, at }) => ({ account, id, at }));
  };

  const check = async (head: string, { state, description }: PullCheck): Promise<boolean> => {
    const next = { state, description: [...description].slice(0, 140).join('') };
    const now = await api.status(head, CHECK);
    if (
      now !== undefined &&
      now.state === next.state &&
      now.description === next.description &&
      now.author === (await api.login())
    )
      return false;
    await api.setStatus(head, CHECK, next);
    return true;
  };

  /** An answer that got lost leaves an issue that the next run finds by its mark. */
  const dashboard = async (title: string, text: string): Promise<boolean> => {
    const mark = noteMark('dashboard');
    const issue = await api.findIssue(await api.login(), mark);
    // What was checked since it was read is for the next run.
    const body = keepChecked(`${text.trim()}\n\n${mark}`, issue?.body ?? '');
    if (issue === undefined) await api.createIssue(title, body);
    else if (issue.state !== 'open' || issue.body.replace(/\r\n/g, '\n').trim() === body) return false;
    else await api.updateIssue(issue.number, body);
    return true;
  };

  const merged = async (commit: string): Promise<MergedPull | undefined> => {
    const found = await api.mergedAs(commit);
    if (found === undefined || found.pull.base !== base) return undefined;
    const { pull, merger } = found;
    // What a merge brought, it says itself; after a squash only the forge knows.
    const head = (await git.readCommit(commit)).parents[1] ?? (await endOf(pull));
    const [, kind, rest] = OURS.exec(pull.branch) ?? [];
    const ours = pull.ownBranch ? KINDS.find((k) => k === kind) : undefined;
    const content = ours && (await ourCommit(head));
    const scope = (content && contentOf(content)?.scope) ?? rest;
    return {
      ...{ number: pull.number, head, merger },
      kind: ours ?? 'manual',
      scope: (ours && scope) ?? pull.branch,
      reviews: await approving(pull.number, head),
    };
  };

  return {
    reviews: (number, head) => told(() => approving(number, head)),
    check: (head, wanted) => told(() => check(head, wanted)),
    dashboard: (title, body) => told(() => dashboard(title, body)),
    dashboardText: () =>
      told(async () => {
        const issue = await api.findIssue(await api.login(), noteMark('dashboard'));
        return issue?.state === 'open' ? issue.body : undefined;
      }),
    asker: (number, ask) =>
      told(async () => {
        const account = await api.labelledBy(number, labelOf(ask));
        return account === undefined ? undefined : { account };
      }),
    merged: (commit) => told(() => merged(commit)),
    note: (number, key, text) => told(() => note(number, key, text)),

    async list(): Promise<Listing> {
      try {
        // A page that shifts shows one twice.
        const open = new Map((await api.openPulls()).map((p) => [p.number, p]));
        await fetchBranches();
        const pulls: PullRequest[] = [];
        for (const [, pull] of [...open].sort(([a], [b]) => a - b)) pulls.push(await place(pull));
        return { complete: true, pulls };
      } catch (error) {
        const reason = listingFailure(error);
        if (reason === undefined) throw error;
        return { complete: false, reason };
      }
    },

    branch: (name) => told(() => branch(name)),

    open: (pull) =>
      told(async () => {
        await move(pull);
        const body = marked(pull.body, pull.contentDigest, pull.title);
        try {
          return await place(await api.create({ title: pull.title, body, branch: pull.branch, base }));
        } catch (error) {
          if (!(error instanceof HostedFailure) || !['exists', 'unknown', 'refused'].includes(error.kind))
            throw error;
          // No answer, or the answer that there is one: what counts is whether it is there.
          const open = (await api.pullsOf(pull.branch)).find((p) => p.state === 'open' && p.ownBranch);
          if (!open) throw error;
          await fetchBranches();
          return place(open);
        }
      }),

    refresh: (number, next) =>
      told(async () => {
        const before = await current(number);
        // The listing may be older than the answer to what was asked.
        if (next.asked && !before.labels.includes(labelOf('rebase')))
          throw new PatchwardenError('refused', `pull request ${number} is not to be made anew any more`);
        const was = await tipOf(next.branch);
        const mine = was === null ? undefined : await ourCommit(was);
        await move(next);
        const part = marked(next.body, next.contentDigest, next.title);
        const body = replaceMarked(before.body, part);
        // A title that neither our mark nor our commit knows is a person's.
        const known = isOurTitle(before.body, before.title) || (mine && before.title === subjectOf(mine));
        const title = known ? next.title : before.title;
        const changed = title !== before.title || body !== before.body;
        const after = changed
          ? await api.update(number, { title, body, version: before.version })
          : await api.pull(number);
        if (!next.asked) return place(after);
        await api.unlabel(number, labelOf('rebase'));
        return place(await api.pull(number));
      }),

    close: (number, reason, _at, _by, { deleteBranch = false } = {}) =>
      told(async () => {
        const pull = await current(number);
        await fetchBranches();
        const tip = await tipOf(pull.branch);
        if (tip !== null && !(await isOurs(tip))) throw moved(pull.branch);
        await note(number, `closed ${tip ?? 'gone'}`, `Closed: ${reason}`);
        const closed = await api.update(number, { state: 'closed' });
        const goes = deleteBranch && tip !== null && OURS.test(pull.branch);
        // A person may have opened another one from the branch: it would end with it.
        if (goes && !(await api.pullsOf(pull.branch)).some((p) => p.state === 'open')) {
          await git
            .push(remote, [{ ref: `refs/heads/${pull.branch}`, to: null, expected: tip }])
            .catch(ignoreLostLease);
          await fetchBranches();
        }
        return place(closed);
      }),
  };
}

const one = (commit: GitCommit, key: string): string | undefined => {
  const found = commit.trailers.filter((t) => t.key === key);
  return found.length === 1 ? found[0]?.value : undefined;
};

function contentOf(commit: GitCommit): { readonly scope: string; readonly digest: string } | undefined {
  const scope = one(commit, TRAILER.scope);
  const digest = one(commit, TRAILER.content);
  return scope === undefined || digest === undefined ? undefined : { scope, digest };
}

const subjectOf = (commit: GitCommit): string => commit.message.split('\n', 1)[0] ?? '';

const moved = (branch: string): PatchwardenError =>
  new PatchwardenError(
    'lease-lost',
    `somebody else changed the branch ${branch} first; nothing was pushed, run the command again`,
  );

/** Somebody pushed to the branch after the look at it: then it stays. */
function ignoreLostLease(error: unknown): void {
  if (!(error instanceof PatchwardenError) || error.code !== 'lease-lost') throw error;
}

/** Why a listing is not whole; undefined for what is no failure of the forge. */
function listingFailure(error: unknown): string | undefined {
  if (error instanceof HostedFailure) return error.message;
  if (error instanceof PatchwardenError && error.code === 'forge-failed') return error.message;
  return undefined;
}

const CODES = {
  missing: 'usage',
  exists: 'lease-lost',
  refused: 'forge-failed',
  limited: 'forge-limited',
  unknown: 'forge-failed',
} as const;

/** Failures of the API in the words of the port. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HostedFailure)
      throw new PatchwardenError(CODES[error.kind], error.message, { cause: error });
    throw error;
  }
}
