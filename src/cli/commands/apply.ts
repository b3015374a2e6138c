import { resolve } from 'node:path';
import { runApply, runApplyPlan } from '../../app/apply.ts';
import { openApply } from '../../app/open-apply.ts';
import { PatchwardenError } from '../../domain/errors.ts';
import { applyPlanJson, applyPlanText } from '../../report/apply-plan.ts';
import { applyResultJson, applyResultText } from '../../report/apply-result.ts';
import { BOT_OPTIONS, keysOf, requireKeys, trustAnchorOf } from '../bot-options.ts';
import { type Command, flag, text } from '../command.ts';
import { EXIT, exitCodeOf, highest } from '../exit-codes.ts';

export const applyCommand: Command = {
  usage: 'apply',
  describe: 'Bring hosts to the merged locks',
  builder: (y) =>
    y
      .option('repo', { type: 'string', default: '.', requiresArg: true, describe: 'Policy repository' })
      .option('plan', { type: 'boolean', default: false, describe: 'Show what would run, change nothing' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'The same as --plan' })
      .option('as-of', {
        type: 'string',
        requiresArg: true,
        describe: 'With --plan: decide as at this moment',
      })
      .options(BOT_OPTIONS)
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'Output' }),
  run: async (args, io) => {
    const plan = flag(args, 'plan') || flag(args, 'dryRun');
    const asOf = text(args, 'asOf');
    if (asOf !== undefined && !plan)
      throw new PatchwardenError('usage', '--as-of goes with --plan: hosts are only ever changed as of now');
    if (asOf !== undefined && Number.isNaN(Date.parse(asOf)))
      throw new PatchwardenError('usage', `--as-of "${asOf}" is no RFC 3339 moment`);
    const keys = keysOf(args, io);
    if (!plan) requireKeys('apply', keys);
    const ports = await openApply(io.wire, resolve(io.cwd, text(args, 'repo') ?? '.'), keys);
    const request = { trustAnchor: trustAnchorOf(args, io) };
    const json = text(args, 'format') === 'json';
    if (plan) {
      const result = await runApplyPlan(ports, request);
      io.out(json ? applyPlanJson(result) : applyPlanText(result));
      return EXIT.ok;
    }
    const result = await runApply(ports, request);
    io.out(json ? applyResultJson(result) : applyResultText(result));
    return highest(result.hosts.map((h) => (h.code === null ? EXIT.ok : exitCodeOf(h.code))));
  },
};
