import { PatchwardenError } from '../domain/errors.ts';
import { branchOther, otherThanSeen } from '../domain/seen-pulls.ts';
import type { Forge, Listing, PullRequest } from '../ports/forge.ts';
import {
  type HostedForgeOptions,
  type HostedGit,
  hostedBranches,
  moved,
  subjectOf,
} from './forge-hosted-branches.ts';
import { ignoreLostLease, listingFailure, told } from './forge-hosted-failure.ts';
import { hostedMerges } from './forge-hosted-merges.ts';
import { hostedMerging } from './forge-hosted-merging.ts';
import { hostedPages } from './forge-hosted-pages.ts';
import { hostedPulls, labelOf, OURS } from './forge-hosted-pulls.ts';
import { askForReviews } from './forge-hosted-reviewers.ts';
import { isOurTitle, marked, replaceMarked } from './forge-hosted-text.ts';
import { type HostedApi, HostedFailure, type HostedPull } from './hosted-api.ts';
import { withBoxes } from './hosted-boxes.ts';

/**
 * Pull requests on a forge with pages (GitHub, Gitea). What a proposal is, is read from our own signed commit on its
 * branch, never from a text that people can edit. Branches move by Git with leases; the forge's API has none, so that a
 * person's commit is looked for right before every write.
 */
export function openHostedForge(git: HostedGit, given: HostedApi, options: HostedForgeOptions): Forge {
  const api = withBoxes(given);
  const { remote, base } = options;
  const branches = hostedBranches(git, options);
  const { fetchBranches, tipOf, isOurs, ourCommit, move } = branches;
  const { place, branch } = hostedPulls(api, branches, options);
  const { approving, merged } = hostedMerges(git, api, branches, base);
  const pages = hostedPages(api);
  const { note, check, dashboard, dashboardText } = pages;
  const autoMerge = hostedMerging(api, pages, base);

  const current = async (number: number): Promise<HostedPull> => {
    const pull = await api.pull(number);
    if (pull.state !== 'open')
      throw new PatchwardenError('refused', `pull request ${number} is ${pull.state} already`);
    if (pull.labels.includes(labelOf('hold')))
      throw new PatchwardenError('refused', `pull request ${number} is on hold now`);
    return pull;
  };
  const ownOf = async (branch: string): Promise<readonly HostedPull[]> =>
    (await api.pullsOf(branch)).filter((p) => p.ownBranch);

  return {
    ...(autoMerge ? { autoMerge } : {}),
    reviews: (number, head) => told(() => approving(number, head)),
    check: (head, wanted) => told(() => check(head, wanted)),
    dashboard: (title, body) => told(() => dashboard(title, body)),
    dashboardText: () => told(dashboardText),
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
        // The branch stands: since it was decided, somebody may have opened one of it again, or closed one; or an old
        // answer did not show it.
        const other =
          pull.expectedBranch === null ? undefined : otherThanSeen(pull.seen, await ownOf(pull.branch));
        if (other !== undefined) throw branchOther(pull.branch, other);
        await move(pull);
        const body = marked(pull.body, pull.contentDigest, pull.title);
        try {
          const opened = await api.create({ title: pull.title, body, branch: pull.branch, base });
          if (pull.reviewers) await askForReviews(api, opened, pull.reviewers);
          return await place(opened);
        } catch (error) {
          if (!(error instanceof HostedFailure) || !['exists', 'unknown', 'refused'].includes(error.kind))
            throw error;
          // No answer, or the answer that there is one: what counts is whether it is there.
          const open = (await ownOf(pull.branch)).find((p) => p.state === 'open');
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
        // What was asked for is for the content of before.
        if (await autoMerge?.asked(number)) await autoMerge?.takeBack(number);
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
