import { resolve } from 'node:path';
import { openEvidence } from '../../app/open-apply.ts';
import { runStop } from '../../app/stop.ts';
import { PatchwardenError } from '../../domain/errors.ts';
import { stopJson, stopText } from '../../report/stop.ts';
import { BOT_OPTIONS, keysOf } from '../bot-options.ts';
import { type Command, flag, text } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { signerOf } from '../signer.ts';

export const stopCommand: Command = {
  usage: 'stop <scope>',
  describe: 'Halt rollouts at once, or lift a halt',
  builder: (y) =>
    y
      .positional('scope', {
        type: 'string',
        describe: 'all, <baseline>, <baseline>/<ring> or <stream>/<package>=<version>',
      })
      .option('repo', { type: 'string', default: '.', requiresArg: true, describe: 'Policy repository' })
      .option('reason', { type: 'string', requiresArg: true, describe: 'Why; goes into the evidence' })
      .option('lift', { type: 'boolean', default: false, describe: 'End the halts of exactly this scope' })
      .option('key', {
        type: 'string',
        requiresArg: true,
        describe: 'SSH key of the operator (default: user.signingkey of the clone)',
      })
      .options({ 'bot-key': BOT_OPTIONS['bot-key'], 'log-key': BOT_OPTIONS['log-key'] })
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'Output' }),
  run: async (args, io) => {
    const reason = text(args, 'reason')?.trim() ?? '';
    if (reason === '')
      throw new PatchwardenError('usage', 'say why with --reason: it goes into the evidence');
    const keys = keysOf(args, io);
    const complete = keys.bot !== undefined && keys.log !== undefined;
    const git = await io.wire.git(resolve(io.cwd, text(args, 'repo') ?? '.'));
    const by = await signerOf(git, args, io.cwd);
    const { clock } = io.wire;
    const evidenceLog = (documents: Parameters<typeof openEvidence>[2]) =>
      openEvidence(io.wire, git, documents, complete ? keys : undefined);
    const request = { scope: text(args, 'scope') ?? '', reason, lift: flag(args, 'lift'), by };
    const result = await runStop({ git, clock, evidenceLog, keys: complete }, request);
    io.out(text(args, 'format') === 'json' ? stopJson(result) : stopText(result));
    return EXIT.ok;
  },
};
