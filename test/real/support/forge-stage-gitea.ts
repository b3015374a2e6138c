import { waitUntil } from './fleet-run.ts';
import { hostedStage, type MakeStage, type MergeStyle } from './forge-stage.ts';
import { type GiteaPull, messageOf, must } from './gitea-api.ts';
import { writesOf } from './gitea-log.ts';
import type { GiteaPeople } from './gitea-people.ts';

type Headed = GiteaPull & { readonly head: { readonly sha: string } };
type Named = { readonly id: number; readonly name: string };

/** A repository of a real Gitea. */
export const giteaStage = ({ gitea, who, repository }: GiteaPeople): MakeStage =>
  hostedStage(async () => {
    const name = await repository(['author', 'approver', 'approver2', 'merger']);
    const [owner = '', repo = ''] = name.split('/');
    const as = (
      one: 'bot' | 'approver' | 'approver2' | 'merger',
      method: string,
      path: string,
      body?: unknown,
    ) => who[one].api(method, `/repos/${name}${path}`, body);
    const headOf = async (number: number) =>
      (await must<Headed>(as('bot', 'GET', `/pulls/${number}`))).head.sha;
    const labels = (number: number) => must<readonly Named[]>(as('bot', 'GET', `/issues/${number}/labels`));
    return {
      config: { kind: 'gitea', owner, repo, baseUrl: `${gitea.url}/api/v1` },
      accounts: {
        ...{ anna: [who.author.account], ben: [who.approver.account], cleo: [who.approver2.account] },
        ...{ mia: [who.merger.account], bot: [who.bot.account] },
      },
      botToken: who.bot.token,
      url: (one) => gitea.gitUrl(name, { user: who[one].name, token: who[one].token }),
      noticed: async () => {
        await waitUntil(
          'the push is noticed',
          30_000,
          async () => (await as('bot', 'GET', '/pulls')).status === 200,
        );
      },
      people: {
        approve: async (number, one) => {
          const review = { event: 'APPROVED', commit_id: await headOf(number) };
          await must(as(one, 'POST', `/pulls/${number}/reviews`, review));
        },
        merge: async (number: number, Do: MergeStyle) => {
          await waitUntil(`pull request ${number} is merged`, 30_000, async () => {
            const answer = await as('merger', 'POST', `/pulls/${number}/merge`, { Do });
            if (answer.status === 405 && messageOf(answer) === 'Please try again later') return false;
            await must(Promise.resolve(answer));
            return true;
          });
        },
        close: async (number) => {
          await must(as('approver', 'PATCH', `/pulls/${number}`, { state: 'closed' }));
        },
      },
      pages: {
        label: async (number, label) => {
          await as('bot', 'POST', '/labels', { name: label, color: '#00aabb' });
          await must(as('approver', 'POST', `/issues/${number}/labels`, { labels: [label] }));
        },
        unlabel: async (number, label) => {
          const id = (await labels(number)).find((one) => one.name === label)?.id;
          await must(as('approver', 'DELETE', `/issues/${number}/labels/${id}`));
        },
        check: async (number) => {
          const path = `/commits/${await headOf(number)}/statuses?sort=recentupdate`;
          const all = await must<readonly { readonly context: string; readonly status: string }[]>(
            as('bot', 'GET', path),
          );
          return all.find((one) => one.context === 'patchwarden/change')?.status ?? 'none';
        },
      },
      writes: async (work) => {
        const before = (await gitea.accessLog()).length;
        await work();
        return writesOf((await gitea.accessLog()).slice(before))
          .filter((r) => new RegExp(`/${name}(?![\\w-])`).test(r.path))
          .map((r) => `${r.method} ${r.path}`);
      },
      remove: async () => undefined,
    };
  });
