import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateLogKey } from '../../../src/adapters/log-keys.ts';
import { canonicalDocument } from '../../../src/contracts/canonical.ts';
import type { Roles } from '../../../src/contracts/generated/roles.ts';
import { TRAILER, trailerLines } from '../../../src/domain/pull-trailers.ts';
import type { CliResult } from '../../support/cli.ts';
import type { CliRunner } from '../../support/cli-runner.ts';
import { CONFIG, createWorld, git, lockText, ROLES, rawCommit } from '../../support/git-fixtures.ts';
import type { Who } from '../../support/keys.ts';
import { waitUntil } from './fleet-run.ts';
import { type Api, type GiteaPull, messageOf, must } from './gitea-api.ts';
import type { GiteaPeople } from './gitea-people.ts';

/** A pull request on the server, with the commit that its branch had when it was opened. */
export interface OpenedPull {
  readonly number: number;
  readonly head: string;
  readonly branch: string;
}

/** A policy repository on Gitea without hosts, in which people propose, review and merge by its own buttons. */
export interface GiteaHistory {
  readonly anchor: string;
  readonly roles: Roles;
  /** As somebody, below `/repos/<owner>/<name>`. */
  readonly as: (who: Who | 'admin') => Api;
  /** Signs a commit on the protected branch with these files, pushes it and opens a pull request. Default: the bot's lock. */
  readonly propose: (options?: {
    readonly by?: Who;
    readonly branch?: string;
    readonly files?: Readonly<Record<string, string>>;
  }) => Promise<OpenedPull>;
  /** Puts another commit of the bot on a branch, in the place of the one that was there. */
  readonly pushAgain: (pull: OpenedPull) => string;
  /** A commit of the same files without any history. */
  readonly unrelated: () => string;
  /** Moves the protected branch by force. */
  readonly force: (commit: string) => void;
  /** @param event default: it approves @param commit default: the head that was opened */
  readonly review: (
    pull: OpenedPull,
    who: Who,
    event?: string,
    commit?: string,
  ) => Promise<{ readonly id: number }>;
  readonly merge: (pull: OpenedPull, who: Who | 'admin', by?: 'merge' | 'squash' | 'rebase') => Promise<void>;
  /** Commit of the protected branch. */
  readonly main: () => string;
  readonly reconcile: () => Promise<CliResult>;
  readonly verify: () => Promise<CliResult>;
  readonly dispose: () => void;
}

const LOCK = 'locks/servers/prod.lock.json';
const BRANCH = 'patchwarden/remediate/servers/prod';

export async function giteaHistory(
  { gitea, who, repository }: GiteaPeople,
  run: CliRunner['run'],
): Promise<GiteaHistory> {
  const name = await repository(['author', 'alias', 'approver', 'approver2', 'merger']);
  const [owner = '', repo = ''] = name.split('/');
  const home = mkdtempSync(join(tmpdir(), 'patchwarden-history-'));
  const log = generateLogKey('gitea.example.org/evidence');
  const logKey = join(home, 'log.key');
  writeFileSync(logKey, log.signer, { mode: 0o600 });
  const accounts: Readonly<Record<string, string[]>> = {
    anna: [who.author.account, who.alias.account],
    ben: [who.approver.account],
    cleo: [who.approver2.account],
    mia: [who.merger.account],
  };
  const roles: Roles = {
    ...ROLES,
    people: ROLES.people.map((p) => ({ ...p, accounts: accounts[p.id] ?? [] })),
    bot: { ...ROLES.bot, accounts: [who.bot.account] },
    log: { key: log.verifier },
  };
  const world = createWorld({
    'patchwarden.json': canonicalDocument('Config', {
      ...CONFIG,
      forge: { kind: 'gitea', owner, repo, baseUrl: `${gitea.url}/api/v1` },
      state: { kind: 'directory', path: join(home, 'state') },
    }),
    'roles.json': canonicalDocument('Roles', roles),
  });
  const { clone, keys, anchor } = world;
  const url = (one: Who) => gitea.gitUrl(name, { user: who[one].name, token: who[one].token });
  git(clone, ['remote', 'set-url', 'origin', url('bot')]);
  git(clone, ['push', '-q', 'origin', 'main']);
  const as = (one: Who | 'admin'): Api => {
    const api = one === 'admin' ? gitea.admin : who[one].api;
    return (method, path, body) => api(method, `/repos/${name}${path}`, body);
  };
  await waitUntil(
    'the push is noticed',
    30_000,
    async () => (await as('bot')('GET', '/pulls')).status === 200,
  );
  const main = (): string => {
    git(clone, ['fetch', '-q', 'origin']);
    return git(clone, ['rev-parse', 'origin/main']);
  };
  const write = (by: Who, files: Readonly<Record<string, string>>): string => {
    const base = main();
    const content = `sha256:${'0'.repeat(64)}`;
    const trailers = trailerLines([
      [TRAILER.kind, 'remediate'],
      [TRAILER.scope, 'servers/prod'],
      [TRAILER.content, content],
    ]);
    const message = by === 'bot' ? `Patch servers/prod\n\n${trailers}` : 'Change\n';
    return rawCommit(clone, { base, files, parents: [base], message, signer: keys[by] });
  };
  const program = (...args: string[]) =>
    run([...args, '--repo', clone, '--trust-anchor', anchor, '--format', 'json'], {
      env: { PATCHWARDEN_FORGE_TOKEN: who.bot.token },
    });
  return {
    ...{ anchor, roles, as, main },
    propose: async ({
      by = 'bot',
      branch = BRANCH,
      files = { [LOCK]: lockText('prod', '3.0.13-1', 2) },
    } = {}) => {
      const head = write(by, files);
      git(clone, ['push', '-q', '-f', url(by), `${head}:refs/heads/${branch}`]);
      let answer = { status: 404, body: null as unknown };
      await waitUntil(`${branch} is noticed`, 30_000, async () => {
        answer = await as(by)('POST', '/pulls', { head: branch, base: 'main', title: branch });
        return answer.status !== 404;
      });
      const { number } = await must<GiteaPull>(Promise.resolve({ ...answer, headers: new Headers() }));
      return { number, head, branch };
    },
    pushAgain: ({ branch }) => {
      const head = write('bot', { [LOCK]: lockText('prod', '3.0.14-1', 2) });
      git(clone, ['push', '-q', '-f', 'origin', `${head}:refs/heads/${branch}`]);
      return head;
    },
    unrelated: () =>
      rawCommit(clone, { base: anchor, parents: [], message: 'Start again\n', signer: keys.merger }),
    force: (commit) => {
      git(clone, ['push', '-q', '-f', 'origin', `${commit}:refs/heads/main`]);
    },
    review: ({ number, head }, one, event = 'APPROVED', commit = head) =>
      must(as(one)('POST', `/pulls/${number}/reviews`, { event, commit_id: commit, body: '.' })),
    merge: async ({ number }, one, by = 'merge') => {
      let answer = await as(one)('POST', `/pulls/${number}/merge`, { Do: by });
      await waitUntil(`pull request ${number} is looked at`, 30_000, async () => {
        if (answer.status !== 405 || messageOf(answer) !== 'Please try again later') return true;
        answer = await as(one)('POST', `/pulls/${number}/merge`, { Do: by });
        return false;
      });
      await must(Promise.resolve(answer));
    },
    reconcile: () => program('reconcile', '--bot-key', keys.bot.key, '--log-key', logKey),
    verify: () => program('audit', 'verify'),
    dispose: () => {
      rmSync(home, { recursive: true, force: true });
      world.dispose();
    },
  };
}
