import type { StandIn } from '../../support/github/stand-in.ts';
import { BASE, BOT_EMAIL, branchOf, contentOf, OTHER_BASE, OWNER, REPO, wantedAt } from './facts.ts';
import type { Commit, Files, ObjectStore, Remote } from './memory-git.ts';
import type { PersonAct, Scenario, TopicSpec } from './scenario.ts';

export interface PeopleDeps {
  readonly scenario: Scenario;
  readonly store: ObjectStore;
  readonly remote: Remote;
  readonly hub: StandIn;
  /** RFC 3339 UTC. */
  readonly now: () => string;
  /** Sends a request with a person's own token; undefined when the forge refuses. */
  readonly ask: (who: string, method: string, path: string, body?: object) => Promise<unknown>;
  /** Moves a reference as a person does with `git push --force`, and the forge hears of it. */
  readonly push: (who: string, ref: string, to: string | null) => Promise<void>;
}

type Pull = StandIn['state']['issues'][number] & { readonly pull: object };

/** What a person does. @returns whether there was anything to do it to */
export async function doAct(deps: PeopleDeps, { who, pick, act }: PersonAct): Promise<boolean> {
  const { scenario, store, remote, hub, ask, push } = deps;
  const heads = 'refs/heads/';
  const chosen = <T>(all: readonly T[]): T | undefined => all[pick % Math.max(1, all.length)];
  const pulls = hub.state.issues.filter((i) => i.pull !== undefined) as readonly Pull[];
  const open = pulls.filter((p) => p.state === 'open');
  const proposals = open.filter((p) => p.pull.head.startsWith('patchwarden/'));
  const tipOf = (branch: string): string | undefined => remote.refs.get(heads + branch);
  const main = tipOf(BASE) ?? '';
  const words = `«${act} ${pick} by ${who}»`;
  const person = { name: who, email: `${who}@example.org`, at: deps.now() };
  const write = (parents: readonly string[], files: Files, message: string, as = person): string =>
    store.write({ parents, files, message, author: person, committer: as, signer: null }).id;
  const withFile = (id: string, path: string, text: string | null): Files => {
    const files = new Map(store.get(id).files);
    if (text === null) files.delete(path);
    else files.set(path, text);
    return files;
  };
  const onBranch = async (pull: Pull | undefined, next: (tip: Commit) => string): Promise<boolean> => {
    const tip = pull && tipOf(pull.pull.head);
    if (!pull || tip === undefined) return false;
    await push(who, heads + pull.pull.head, next(store.get(tip)));
    return true;
  };
  const onPull = async (
    pull: Pull | undefined,
    method: string,
    end: string,
    body?: (pull: Pull) => object,
  ): Promise<boolean> => {
    if (!pull) return false;
    const path = `/repos/${OWNER}/${REPO}/${end.replace('{n}', String(pull.number))}`;
    return (await ask(who, method, path, body?.(pull))) !== undefined;
  };
  const topic = chosen<TopicSpec>(scenario.topics);
  const pull = chosen(proposals);
  const edit = (body: (pull: Pull) => object) => onPull(pull, 'PATCH', 'pulls/{n}', body);
  const commit = async (path: string, text: string | null): Promise<boolean> => {
    await push(who, heads + BASE, write([main], withFile(main, path, text), `${words}\n`));
    return true;
  };
  const file = pick % 2 === 0 ? 'README.md' : (topic?.path ?? 'README.md');

  switch (act) {
    case 'push':
      return onBranch(pull, (tip) => write([tip.id], withFile(tip.id, file, words), `${words}\n`));
    case 'push-unwanted': {
      const ms = Date.parse(deps.now()) - scenario.start;
      const wanted = new Set(wantedAt(scenario, ms, store.get(main).files).map((p) => p.branch));
      const unwanted = chosen(proposals.filter((p) => !wanted.has(p.pull.head)));
      return onBranch(unwanted, (tip) => write([tip.id], withFile(tip.id, file, words), `${words}\n`));
    }
    case 'push-as-bot':
      return onBranch(pull, (tip) =>
        write([tip.id], withFile(tip.id, file, words), tip.message, { ...person, email: BOT_EMAIL }),
      );
    case 'amend':
      return onBranch(pull, (tip) => write(tip.parents, withFile(tip.id, file, words), tip.message));
    case 'update-branch':
      return onBranch(pull, (tip) => {
        const merged = store.merge(tip.id, main);
        const files = 'conflicts' in merged ? tip.files : merged.files;
        return write([tip.id, main], files, `Merge branch '${BASE}'\n`);
      });
    case 'reset-to-base':
      return onBranch(pull, () => main);
    case 'take-name': {
      const branch = topic && branchOf(topic);
      if (branch === undefined || tipOf(branch) !== undefined) return false;
      await push(
        who,
        heads + branch,
        pick % 3 === 0 ? main : write([main], withFile(main, file, words), `${words}\n`),
      );
      return true;
    }
    case 'close':
      return edit(() => ({ state: 'closed' }));
    case 'close-and-delete':
      if (!(await edit(() => ({ state: 'closed' })))) return false;
      if (pull) await push(who, heads + pull.pull.head, null);
      return true;
    case 'reopen':
      return onPull(chosen(pulls.filter((p) => p.state === 'closed')), 'PATCH', 'pulls/{n}', () => ({
        state: 'open',
      }));
    case 'merge':
    case 'squash':
    case 'rebase-merge': {
      const method = act === 'rebase-merge' ? 'rebase' : act;
      return onPull(chosen(open), 'PUT', 'pulls/{n}/merge', () => ({ merge_method: method }));
    }
    case 'title':
      return edit(() => ({ title: words }));
    case 'body-append':
      return edit((p) => ({ body: `${p.body ?? ''}\n\n${words}` }));
    case 'body-replace':
      return edit(() => ({ body: words }));
    case 'body-clear':
      return edit(() => ({ body: '' }));
    case 'delete-branch': {
      const own = [...remote.refs.keys()].filter((r) => r.startsWith(`${heads}patchwarden/`)).sort();
      const ref = chosen(own);
      if (ref === undefined) return false;
      await push(who, ref, null);
      return true;
    }
    case 'comment':
      return onPull(pull, 'POST', 'issues/{n}/comments', () => ({ body: words }));
    case 'label':
    case 'hold':
    case 'ask-rebase': {
      const label =
        act === 'label' ? `team-${pick % 3}` : `patchwarden/${act === 'hold' ? 'hold' : 'rebase'}`;
      return onPull(pull, 'POST', 'issues/{n}/labels', () => ({ labels: [label] }));
    }
    case 'check-box': {
      const boxed = chosen(proposals.filter((p) => (p.body ?? '').includes('- [ ]')));
      return onPull(boxed, 'PATCH', 'pulls/{n}', (p) => ({ body: (p.body ?? '').replace('- [ ]', '- [x]') }));
    }
    case 'unhold': {
      const held = proposals.filter((p) => p.labels.includes('patchwarden/hold'));
      return onPull(chosen(held), 'DELETE', 'issues/{n}/labels/patchwarden%2Fhold');
    }
    case 'own-pull': {
      const branch = `feature/${who}-${pick}`;
      await push(who, heads + branch, write([main], withFile(main, `docs/${pick}.md`, words), `${words}\n`));
      const body = { title: words, head: branch, base: BASE, body: words };
      return (await ask(who, 'POST', `/repos/${OWNER}/${REPO}/pulls`, body)) !== undefined;
    }
    case 'adopt': {
      const bare = [...remote.refs.keys()]
        .filter((r) => r.startsWith(`${heads}patchwarden/`))
        .map((r) => r.slice(heads.length))
        .filter((b) => !open.some((p) => p.pull.head === b))
        .sort();
      const head = chosen(bare);
      if (head === undefined) return false;
      const body = { title: words, head, base: BASE, body: words };
      return (await ask(who, 'POST', `/repos/${OWNER}/${REPO}/pulls`, body)) !== undefined;
    }
    case 'retarget':
      return edit(() => ({ base: OTHER_BASE }));
    case 'commit':
      return commit(`docs/${pick}.md`, words);
    case 'commit-same-path':
      return topic ? commit(topic.path, words) : false;
    case 'commit-wanted': {
      const wish = topic?.wishes.find((w) => w.content !== null);
      if (!topic || !wish || wish.content === null || topic.kind === 'housekeeping') return false;
      return commit(topic.path, contentOf(topic, wish.content));
    }
    default:
      return act satisfies never;
  }
}
