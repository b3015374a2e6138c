import { git, rawCommit } from '../../support/git-fixtures.ts';
import type { Who } from '../../support/keys.ts';
import { type buildPaperFleet, type PaperFleet, printed } from '../../support/paper-fleet.ts';
import { waitUntil } from './fleet-run.ts';
import { type GiteaPull, messageOf, must } from './gitea-api.ts';
import { writesOf } from './gitea-log.ts';
import type { GiteaPeople } from './gitea-people.ts';

type FleetOptions = Parameters<typeof buildPaperFleet>[1];
export type MergeStyle = 'merge' | 'squash' | 'rebase';

/** What people do on a forge, whichever it is. */
export interface Reviewers {
  readonly approve: (number: number, who: Who) => Promise<void>;
  /** By the person who may; a forge with one way to merge takes that. */
  readonly merge: (number: number, style: MergeStyle) => Promise<void>;
  readonly close: (number: number) => Promise<void>;
  /** A commit of a person on a branch. */
  readonly push: (branch: string) => Promise<void>;
  /** Sets a label, or takes it away. */
  readonly label: (number: number, label: string, set?: boolean) => Promise<void>;
  /** Checks the box below the text; missing where nobody can. */
  readonly check?: (number: number) => Promise<void>;
}

/** A forge with a fleet behind it, for one scenario. */
export interface ForgeStage {
  readonly fleet: PaperFleet;
  readonly people: Reviewers;
  /** What was written to the forge while something was done; empty when it is as it was. */
  readonly writes: (work: () => Promise<unknown>) => Promise<readonly string[]>;
  readonly dispose: () => void;
}

type Build = (options: FleetOptions) => PaperFleet;
export type MakeStage = (build: Build) => Promise<ForgeStage>;

/** A commit of a person on the branch as the remote has it. */
const personCommits = (fleet: PaperFleet, branch: string): string => {
  git(fleet.clone, ['fetch', '-q', 'origin']);
  const on = git(fleet.clone, ['rev-parse', `origin/${branch}`]);
  const files = { 'notes.md': 'mine\n' };
  return rawCommit(fleet.clone, {
    base: on,
    files,
    parents: [on],
    message: 'm\n',
    signer: fleet.keys.approver,
  });
};

/** The embedded forge: people use the command line. */
export const gitStage: MakeStage = async (build) => {
  const fleet = build({});
  const pr = async (args: readonly string[], who: Who) => {
    printed(await fleet.run(['pr', ...args, '--format', 'json'], fleet.keys[who]));
  };
  const refs = () => git(fleet.origin, ['for-each-ref', '--format=%(refname) %(objectname)']).split('\n');
  return {
    fleet,
    people: {
      approve: (number, who) => pr(['approve', String(number)], who),
      merge: async (number) => {
        await pr(['merge', String(number)], 'merger');
      },
      close: (number) => pr(['close', String(number), '--reason', 'no'], 'approver'),
      push: async (branch) => {
        git(fleet.clone, ['push', '-q', 'origin', `${personCommits(fleet, branch)}:refs/heads/${branch}`]);
      },
      label: (number, label, set = true) => {
        const ask = label.replace('patchwarden/', '');
        return pr(['label', String(number), ask, ...(set ? [] : ['--remove'])], 'approver');
      },
    },
    writes: async (work) => {
      const before = new Set(refs());
      await work();
      return refs().filter((r) => !before.has(r));
    },
    dispose: () => fleet.dispose(),
  };
};

/** A real Gitea: people use its own reviews and its merge button. */
export const giteaStage =
  ({ gitea, who, repository }: GiteaPeople): MakeStage =>
  async (build) => {
    const name = await repository(['author', 'approver', 'approver2', 'merger']);
    const [owner = '', repo = ''] = name.split('/');
    const fleet = build({
      config: { forge: { kind: 'gitea', owner, repo, baseUrl: `${gitea.url}/api/v1` } },
      accounts: {
        ...{ anna: [who.author.account], ben: [who.approver.account], cleo: [who.approver2.account] },
        ...{ mia: [who.merger.account], bot: [who.bot.account] },
      },
      env: { PATCHWARDEN_FORGE_TOKEN: who.bot.token },
    });
    const url = (one: Who) => gitea.gitUrl(name, { user: who[one].name, token: who[one].token });
    git(fleet.clone, ['remote', 'set-url', 'origin', url('bot')]);
    git(fleet.clone, ['push', '-q', 'origin', 'main']);
    const as = (one: Who, method: string, path: string, body?: unknown) =>
      who[one].api(method, `/repos/${name}${path}`, body);
    await waitUntil(
      'the push is noticed',
      30_000,
      async () => (await as('bot', 'GET', '/pulls')).status === 200,
    );
    return {
      fleet,
      people: {
        approve: async (number, one) => {
          const { head } = await must<GiteaPull & { readonly head: { readonly sha: string } }>(
            as(one, 'GET', `/pulls/${number}`),
          );
          await must(as(one, 'POST', `/pulls/${number}/reviews`, { event: 'APPROVED', commit_id: head.sha }));
        },
        merge: async (number, Do) => {
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
        push: async (branch) => {
          git(fleet.clone, [
            'push',
            '-q',
            url('approver'),
            `${personCommits(fleet, branch)}:refs/heads/${branch}`,
          ]);
        },
        label: async (number, label, set = true) => {
          if (set) {
            await as('bot', 'POST', '/labels', { name: label, color: '#00aabb' });
            await must(as('approver', 'POST', `/issues/${number}/labels`, { labels: [label] }));
            return;
          }
          const labels = await must<readonly { readonly id: number; readonly name: string }[]>(
            as('approver', 'GET', `/issues/${number}/labels`),
          );
          for (const { id, name: one } of labels)
            if (one === label) await must(as('approver', 'DELETE', `/issues/${number}/labels/${id}`));
        },
        check: async (number) => {
          const { body } = await must<GiteaPull>(as('approver', 'GET', `/pulls/${number}`));
          const checked = body.replace(
            '- [ ] <!-- patchwarden:box rebase',
            '- [x] <!-- patchwarden:box rebase',
          );
          await must(as('approver', 'PATCH', `/issues/${number}`, { body: checked }));
        },
      },
      writes: async (work) => {
        const before = (await gitea.accessLog()).length;
        await work();
        return writesOf((await gitea.accessLog()).slice(before)).map((r) => `${r.method} ${r.path}`);
      },
      dispose: () => fleet.dispose(),
    };
  };
