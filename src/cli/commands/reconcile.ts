import { resolve } from 'node:path';
import { runReconcile } from '../../app/run-reconcile.ts';
import { reconcileJson, reconcileText } from '../../report/reconcile.ts';
import { BOT_OPTIONS, credentialsOf, keysOf, requireKeys, trustAnchorOf } from '../bot-options.ts';
import { type Command, flag, text } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const reconcileCommand: Command = {
  usage: 'reconcile',
  describe: 'Open, refresh and close pull requests for what the fleet misses',
  builder: (y) =>
    y
      .option('repo', {
        type: 'string',
        default: '.',
        requiresArg: true,
        describe: 'Clone of the policy repository',
      })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Only say what would be written' })
      .options(BOT_OPTIONS)
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'Output' }),
  run: async (args, io) => {
    const keys = keysOf(args, io);
    requireKeys('reconcile', keys);
    const result = await runReconcile(io.wire, {
      repo: resolve(io.cwd, text(args, 'repo') ?? '.'),
      trustAnchor: trustAnchorOf(args, io),
      keys: { bot: resolve(io.cwd, keys.bot ?? ''), log: resolve(io.cwd, keys.log ?? '') },
      credentials: credentialsOf(io),
      dryRun: flag(args, 'dryRun'),
    });
    io.out(text(args, 'format') === 'json' ? reconcileJson(result) : reconcileText(result));
    const failed =
      result.leftOut.some((l) => l.cause === 'bytes') || result.actions.some((a) => a.action === 'failed');
    return failed ? EXIT.sourceFailed : EXIT.ok;
  },
};
