import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Config } from '../../../src/contracts/generated/config.ts';
import { cliRunner } from '../../support/cli-runner.ts';
import { git, rawCommit } from '../../support/git-fixtures.ts';
import type { Who } from '../../support/keys.ts';
import { type buildPaperFleet, type PaperFleet, printed } from '../../support/paper-fleet.ts';

type FleetOptions = Parameters<typeof buildPaperFleet>[1];
export type MergeStyle = 'merge' | 'squash' | 'rebase';

/** What people do on a forge, whichever it is. */
export interface Reviewers {
  readonly approve: (number: number, who: 'approver' | 'approver2') => Promise<void>;
  /** By the person who may; a forge with one way to merge takes that. */
  readonly merge: (number: number, style: MergeStyle) => Promise<void>;
  readonly close: (number: number) => Promise<void>;
  /** A commit of a person on a branch. */
  readonly push: (branch: string) => Promise<void>;
  /** Says that the bot may have a branch again on which a person pushed. */
  readonly handBack: (number: number, branch: string) => Promise<void>;
}

/** What only forges with pages have. */
export interface Pages {
  readonly label: (number: number, label: string) => Promise<void>;
  readonly unlabel: (number: number, label: string) => Promise<void>;
  /** The newest state of `patchwarden/change` at the head of a pull request. */
  readonly check: (number: number) => Promise<string>;
}

/** A forge with a fleet behind it, for one scenario. */
export interface ForgeStage {
  /** `owner/name`, where the forge has pages. */
  readonly repository?: string;
  readonly fleet: PaperFleet;
  readonly people: Reviewers;
  readonly pages?: Pages;
  /** What was written to the forge while something was done; empty when it is as it was. */
  readonly writes: (work: () => Promise<unknown>) => Promise<readonly string[]>;
  readonly dispose: () => Promise<void>;
}

type Build = (options: FleetOptions) => PaperFleet;
export type MakeStage = (build: Build) => Promise<ForgeStage>;

const run = promisify(execFile);

/** Talks to the remote of a clone, which a server in this process may be. @returns stdout without the last newline */
export async function talk(dir: string, ...args: string[]): Promise<string> {
  const env = {
    ...{ PATH: process.env.PATH, HOME: '/nonexistent', LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
    ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
  };
  return (await run('git', args, { cwd: dir, env, maxBuffer: 64 << 20 })).stdout.replace(/\n$/, '');
}

/** A commit of a person on top of a branch of the remote. */
async function personCommits({ clone, keys }: PaperFleet, branch: string): Promise<string> {
  await talk(clone, 'fetch', '-q', 'origin');
  const on = git(clone, ['rev-parse', `origin/${branch}`]);
  const files = { 'notes.md': 'mine\n' };
  return rawCommit(clone, { base: on, files, parents: [on], message: 'm\n', signer: keys.approver });
}

/** The embedded forge: people use the command line. */
export const gitStage: MakeStage = async (build) => {
  const runner = cliRunner();
  const fleet = build({ here: runner.run });
  const pr = async (args: readonly string[], who: Who) => {
    printed(await fleet.run(['pr', ...args, '--format', 'json'], fleet.keys[who]));
  };
  const refs = () => git(fleet.origin, ['for-each-ref', '--format=%(refname) %(objectname)']).split('\n');
  const put = (from: string, branch: string) =>
    talk(fleet.clone, 'push', '-q', 'origin', `+${from}:refs/heads/${branch}`);
  return {
    fleet,
    people: {
      approve: (number, who) => pr(['approve', String(number)], who),
      merge: (number) => pr(['merge', String(number)], 'merger'),
      close: (number) => pr(['close', String(number), '--reason', 'no'], 'approver'),
      push: async (branch) => {
        await put(await personCommits(fleet, branch), branch);
      },
      // Without labels, a person takes the commit away again.
      handBack: async (_number, branch) => {
        await put(git(fleet.origin, ['rev-parse', `${branch}^`]), branch);
      },
    },
    writes: async (work) => {
      const before = new Set(refs());
      await work();
      return refs().filter((r) => !before.has(r));
    },
    dispose: async () => {
      await runner.stop();
      fleet.dispose();
    },
  };
};

/** One repository of a forge with pages, empty at first. */
export interface StagedRepository {
  readonly config: NonNullable<Config['forge']>;
  /** Accounts of people by their id, and of `bot`. */
  readonly accounts: Readonly<Record<string, readonly string[]>>;
  readonly botToken: string;
  /** Address to clone from, with somebody's credentials. */
  readonly url: (who: 'bot' | 'approver') => string;
  /** Settles when the first push is known on the pages. */
  readonly noticed: () => Promise<void>;
  readonly people: Pick<Reviewers, 'approve' | 'merge' | 'close'>;
  readonly pages: Pages;
  readonly writes: ForgeStage['writes'];
  readonly remove: () => Promise<void>;
}

/** People use the pages of the forge: its own reviews, labels and its merge button. */
export const hostedStage =
  (make: () => Promise<StagedRepository>): MakeStage =>
  async (build) => {
    const { config, accounts, botToken, url, noticed, people, pages, writes, remove } = await make();
    const runner = cliRunner();
    const fleet = build({
      ...{ config: { forge: config }, accounts, here: runner.run },
      env: { PATCHWARDEN_FORGE_TOKEN: botToken },
    });
    const dispose = async (): Promise<void> => {
      await runner.stop();
      fleet.dispose();
      await remove();
    };
    try {
      git(fleet.clone, ['remote', 'set-url', 'origin', url('bot')]);
      await talk(fleet.clone, 'push', '-q', 'origin', 'main');
      await noticed();
    } catch (error) {
      await dispose();
      throw error;
    }
    return {
      ...('owner' in config ? { repository: `${config.owner}/${config.repo}` } : {}),
      ...{ fleet, pages, writes },
      people: {
        ...people,
        push: async (branch) => {
          const commit = await personCommits(fleet, branch);
          await talk(fleet.clone, 'push', '-q', url('approver'), `${commit}:refs/heads/${branch}`);
        },
        handBack: (number) => pages.label(number, 'patchwarden/rebase'),
      },
      dispose,
    };
  };
