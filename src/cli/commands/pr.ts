import { resolve } from 'node:path';
import { dryRunGitForge } from '../../app/dry-run.ts';
import {
  approvePull,
  closePull,
  labelPull,
  mergePull,
  openPull,
  type PullChange,
  type PullView,
  showPull,
} from '../../app/pr.ts';
import { listPulls, openPullPorts } from '../../app/pr-context.ts';
import { PatchwardenError } from '../../domain/errors.ts';
import { type PullChangeFacts, pullChangeJson, pullChangeText } from '../../report/pr-change.ts';
import { pullsJson, pullsText } from '../../report/pr-list.ts';
import { type PullFacts, pullJson, pullText } from '../../report/pr-show.ts';
import { type Args, type Command, flag, text } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { signerOf } from '../signer.ts';

const ACTIONS = ['list', 'show', 'open', 'approve', 'label', 'merge', 'close'] as const;
const ASKS = ['hold', 'rebase', 'expedite'] as const;

export const prCommand: Command = {
  usage: 'pr <action> [pull] [ask]',
  describe: 'List, show, approve, label, merge, close the pull requests of the embedded forge',
  builder: (y) =>
    y
      .positional('action', { choices: ACTIONS, describe: 'What to do' })
      .positional('pull', {
        type: 'string',
        describe: 'Number of the pull request; for open, a pushed branch',
      })
      .positional('ask', { choices: ASKS, describe: 'For label: what to ask of the bot' })
      .option('remove', { type: 'boolean', default: false, describe: 'Take a label away again' })
      .option('repo', {
        type: 'string',
        default: '.',
        requiresArg: true,
        describe: 'Clone of the policy repository',
      })
      .option('key', {
        type: 'string',
        requiresArg: true,
        describe: 'SSH key that signs (default: user.signingkey of the clone)',
      })
      .option('reason', { type: 'string', requiresArg: true, describe: 'Why it is closed' })
      .option('title', {
        type: 'string',
        requiresArg: true,
        describe: 'Title of a pull request that is opened',
      })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Check everything and write nothing' })
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'Output' }),
  run: async (args, { cwd, wire, out }) => {
    const action = ACTIONS.find((a) => a === text(args, 'action'));
    if (!action) throw new PatchwardenError('usage', `name one of: ${ACTIONS.join(', ')}`);
    const json = text(args, 'format') === 'json';
    refuseStrayOptions(action, args);
    const named = text(args, 'pull');
    const number = action === 'list' || action === 'open' ? 0 : pullNumber(action, named);
    const opened = await openPullPorts(wire, resolve(cwd, text(args, 'repo') ?? '.'));
    const ports = flag(args, 'dryRun')
      ? { ...opened, forge: dryRunGitForge(opened.forge, wire.log) }
      : opened;
    const tell = (what: PullChangeFacts['action'], change: PullChange) => {
      const facts = { action: what, dryRun: flag(args, 'dryRun'), ...change };
      out(json ? pullChangeJson(facts) : pullChangeText(facts));
      return EXIT.ok;
    };
    switch (action) {
      case 'list': {
        const pulls = await listPulls(ports);
        out(json ? pullsJson(pulls) : pullsText(pulls));
        return EXIT.ok;
      }
      case 'show': {
        const facts = factsOf(await showPull(ports, number));
        out(json ? pullJson(facts) : pullText(facts));
        return EXIT.ok;
      }
      case 'open': {
        if (named === undefined)
          throw new PatchwardenError('usage', 'name the branch to propose: pr open <branch>');
        return tell(
          action,
          await openPull(ports, named, text(args, 'title'), await signerOf(ports.git, args, cwd)),
        );
      }
      case 'approve':
        return tell(action, await approvePull(ports, number, await signerOf(ports.git, args, cwd)));
      case 'label': {
        const ask = ASKS.find((a) => a === text(args, 'ask'));
        if (!ask) throw new PatchwardenError('usage', `name one of: pr label <number> ${ASKS.join('|')}`);
        const wanted = { ask, set: !flag(args, 'remove') };
        return tell(action, await labelPull(ports, number, wanted, await signerOf(ports.git, args, cwd)));
      }
      case 'merge':
        return tell(action, await mergePull(ports, number, await signerOf(ports.git, args, cwd)));
      case 'close': {
        const signer = await signerOf(ports.git, args, cwd);
        return tell(action, await closePull(ports, number, text(args, 'reason') ?? '', signer));
      }
      default:
        return action satisfies never;
    }
  },
};

function pullNumber(action: string, given: string | undefined): number {
  if (given !== undefined && /^#?[1-9]\d{0,6}$/.test(given)) return Number(given.replace('#', ''));
  throw new PatchwardenError(
    'usage',
    given === undefined
      ? `name a pull request: pr ${action} <number>`
      : 'the number of a pull request is digits only',
  );
}

/** An option that has no meaning for an action is a misunderstanding, not decoration. */
function refuseStrayOptions(action: (typeof ACTIONS)[number], args: Args): void {
  const writes = action !== 'list' && action !== 'show';
  const stray = [
    ...(text(args, 'reason') !== undefined && action !== 'close' ? ['--reason'] : []),
    ...(text(args, 'title') !== undefined && action !== 'open' ? ['--title'] : []),
    ...(text(args, 'key') !== undefined && !writes ? ['--key'] : []),
    ...(flag(args, 'dryRun') && !writes ? ['--dry-run'] : []),
    ...(flag(args, 'remove') && action !== 'label' ? ['--remove'] : []),
    ...(text(args, 'ask') !== undefined && action !== 'label' ? [text(args, 'ask') ?? ''] : []),
  ];
  if (stray.length > 0) throw new PatchwardenError('usage', `pr ${action} does not take ${stray.join(', ')}`);
}

const factsOf = ({ pull, judged, verdict, trouble }: PullView): PullFacts => ({
  pull,
  verdict,
  trouble,
  paths: judged?.change.content.paths ?? [],
  meaning: judged && { ...judged.change.meaning, reasons: [...judged.change.people.reasons] },
  authors: judged?.change.people.authors ?? [],
  approvals: (judged?.approvals ?? []).map(({ commit, person }) => ({ commit, person })),
  discarded: (judged?.discarded ?? []).map(({ commit, sentence }) => ({ commit, sentence })),
});
