import { checkedBoxes } from '../domain/pull-boxes.ts';
import { ownPart } from './forge-hosted-text.ts';
import type { HostedApi, HostedPull } from './hosted-api.ts';

const REBASE = 'patchwarden/rebase';

/**
 * The same forge, where the box in our part of our own text is as good as the label: forges let only people with write
 * access (and the author, who is the bot) check it. A box in a text of somebody else is nothing.
 */
export function withBoxes(api: HostedApi): HostedApi {
  const labelled = async (pull: HostedPull): Promise<HostedPull> =>
    pull.state !== 'open' ||
    pull.labels.includes(REBASE) ||
    !checkedBoxes(ownPart(pull.body)).has('rebase') ||
    pull.author !== (await api.login())
      ? pull
      : { ...pull, labels: [...pull.labels, REBASE] };
  const all = (pulls: readonly HostedPull[]) => Promise.all(pulls.map(labelled));
  return {
    ...api,
    openPulls: async () => all(await api.openPulls()),
    pullsOf: async (branch) => all(await api.pullsOf(branch)),
    pull: async (number) => labelled(await api.pull(number)),
    update: async (number, change) => labelled(await api.update(number, change)),
  };
}
