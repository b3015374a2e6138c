import { PROPOSAL_KINDS } from '../domain/proposal.ts';
import type { BranchState, PullAsk, PullRequest } from '../ports/forge.ts';
import { contentOf, type HostedBranches, type HostedForgeOptions } from './forge-hosted-branches.ts';
import { markedDigest } from './forge-hosted-text.ts';
import type { HostedApi, HostedPull } from './hosted-api.ts';

const ASKS: readonly PullAsk[] = ['hold', 'rebase', 'expedite'];
export const labelOf = (ask: PullAsk): string => `patchwarden/${ask}`;
export const OURS = /^patchwarden\/([a-z]+)\/(.+)$/;

/** What kind of proposal a branch is for, by its name; `ours` only when it is in the repository itself. */
export function branchName(pull: HostedPull) {
  const [, kind, rest] = OURS.exec(pull.branch) ?? [];
  const ours = pull.ownBranch ? PROPOSAL_KINDS.find((k) => k === kind) : undefined;
  return { ours, rest };
}

/** Pull requests of a forge with pages in the words of the port: what they are is read from our own commits. */
export function hostedPulls(
  api: HostedApi,
  { fetchBranches, tipOf, isOurs, ourCommit, fetchEnds, endOf }: HostedBranches,
  { bot }: Pick<HostedForgeOptions, 'bot'>,
) {
  const place = async (pull: HostedPull): Promise<PullRequest> => {
    const { ours, rest } = branchName(pull);
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

  return { place, branch };
}
