import { waitUntil } from './fleet-run.ts';
import { hostedStage, type MakeStage, type MergeStyle, type StagedRepository, talk } from './forge-stage.ts';
import { must } from './gitea-api.ts';
import { type GithubPlace, type GithubRepository, githubRepository } from './github-repository.ts';

interface Numbered {
  readonly number: number;
  readonly state: string;
  readonly updated_at: string;
  readonly pull_request?: object | null;
}

/** A repository of an organisation on GitHub, or on what stands for it. */
export const githubStage = (place: GithubPlace): MakeStage =>
  hostedStage(async (): Promise<StagedRepository> => {
    const made = await githubRepository(place);
    const { owner, repo, as, tokenOf, account, url, noticed, remove } = made;
    const headOf = async (number: number): Promise<string> =>
      (await must<{ readonly head: { readonly sha: string } }>(as('bot')('GET', `/pulls/${number}`))).head
        .sha;
    const accounts = {
      ...{
        ben: [await account('approver')],
        cleo: [await account('approver2')],
        bot: [await account('bot')],
      },
      // Ben may merge as well, so that two people are enough.
      mia: tokenOf('merger') === tokenOf('approver') ? [] : [await account('merger')],
    };
    return {
      config: { kind: 'github', owner, repo, baseUrl: place.api },
      ...{ accounts, url, noticed, remove },
      botToken: tokenOf('bot'),
      people: {
        approve: async (number, one) => {
          const review = { event: 'APPROVE', commit_id: await headOf(number) };
          await must(as(one)('POST', `/pulls/${number}/reviews`, review));
        },
        merge: async (number: number, style: MergeStyle) => {
          // GitHub answers 405 until it has looked at whether the two conflict.
          await waitUntil(`pull request ${number} is merged`, 30_000, async () => {
            const answer = await as('merger')('PUT', `/pulls/${number}/merge`, { merge_method: style });
            if (answer.status === 405) return false;
            await must(Promise.resolve(answer));
            return true;
          });
        },
        close: async (number) => {
          await must(as('approver')('PATCH', `/pulls/${number}`, { state: 'closed' }));
        },
      },
      pages: {
        label: async (number, label) => {
          await must(as('approver')('POST', `/issues/${number}/labels`, { labels: [label] }));
        },
        unlabel: async (number, label) => {
          await must(as('approver')('DELETE', `/issues/${number}/labels/${encodeURIComponent(label)}`));
        },
        check: async (number) => {
          const path = `/commits/${await headOf(number)}/statuses`;
          const all = await must<readonly { readonly context: string; readonly state: string }[]>(
            as('bot')('GET', path),
          );
          return all.find((one) => one.context === 'patchwarden/change')?.state ?? 'none';
        },
      },
      writes: async (work) => {
        const noted = () => place.writes?.(`${owner}/${repo}`);
        const before = noted() ?? (await everything(made));
        await work();
        const after = noted();
        if (after) return after.slice(before.length);
        return (await everything(made)).filter((line) => !before.includes(line));
      },
    };
  });

/** What shows a write where no log of the server is to be had. */
async function everything({ as, url }: GithubRepository): Promise<readonly string[]> {
  const refs = (await talk('/', 'ls-remote', url('bot'))).split('\n');
  const lines = [...refs];
  for (let page = 1; ; page += 1) {
    const path = `/issues?state=all&per_page=100&page=${page}`;
    const found = await must<readonly Numbered[]>(as('bot')('GET', path));
    for (const one of found) {
      lines.push(`#${one.number} ${one.state} ${one.updated_at}`);
      if (!one.pull_request || one.state !== 'open') continue;
      const { head } = await must<{ readonly head: { readonly sha: string } }>(
        as('bot')('GET', `/pulls/${one.number}`),
      );
      const statuses = await must<readonly { readonly id: number }[]>(
        as('bot')('GET', `/commits/${head.sha}/statuses?per_page=100`),
      );
      lines.push(...statuses.map(({ id }) => `#${one.number} status ${id}`));
    }
    if (found.length < 100) return lines;
  }
}
