import type { AutoMerge } from '../ports/forge.ts';
import { escapeMarkdown } from '../util/markdown.ts';
import { told } from './forge-hosted-failure.ts';
import { CHECK, type hostedPages } from './forge-hosted-pages.ts';
import { noteMark } from './forge-hosted-text.ts';
import { type HostedApi, HostedFailure } from './hosted-api.ts';

/** Merging by the forge itself. A refusal is said below the pull request, and not tried again for that head. */
export function hostedMerging(
  api: HostedApi,
  { note }: Pick<ReturnType<typeof hostedPages>, 'note'>,
  base: string,
): AutoMerge | undefined {
  const { autoMerge } = api;
  if (autoMerge === undefined) return undefined;
  const refused = (head: string): string => `auto-merge ${head}`;

  const possible = async (number: number, head: string): Promise<boolean> => {
    const me = await api.login();
    if ((await autoMerge.askedBy(number)) !== undefined) return false;
    const by = await autoMerge.takenBackBy(number);
    if (by !== undefined && by !== me) return false;
    const mark = noteMark(refused(head));
    if ((await api.comments(number)).some((c) => c.author === me && c.body.includes(mark))) return false;
    return autoMerge.possible(base, CHECK);
  };

  const ask = async (number: number, head: string): Promise<void> => {
    try {
      await autoMerge.ask(number, head);
    } catch (error) {
      if (!(error instanceof HostedFailure)) throw error;
      // Somebody was faster.
      if (error.kind === 'exists' && (await autoMerge.askedBy(number)) !== undefined) return;
      if (error.kind === 'refused') await note(number, refused(head), refusalText(error));
      throw error;
    }
  };

  return {
    asked: (number) => told(async () => (await autoMerge.askedBy(number)) === (await api.login())),
    possible: (number, head) => told(() => possible(number, head)),
    ask: (number, head) => told(() => ask(number, head)),
    takeBack: (number) => told(() => autoMerge.takeBack(number)),
  };
}

const refusalText = ({ message }: HostedFailure): string =>
  'This needs nobody, and I asked for it to be merged once all that is required is there. That was refused: ' +
  `${escapeMarkdown(message)}. Somebody may merge it by hand, when the check is green.`;
