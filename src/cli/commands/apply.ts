import { resolve } from 'node:path';
import { runApply, runApplyPlan } from '../../app/apply.ts';
import { openApply } from '../../app/open-apply.ts';
import { PatchwardenError } from '../../domain/errors.ts';
import { applyEventJson, applyEventText } from '../../report/apply-event.ts';
import { applyPlanJson, applyPlanText } from '../../report/apply-plan.ts';
import { applyResultJson, applyResultText } from '../../report/apply-result.ts';
import { BOT_OPTIONS, keysOf, requireKeys, trustAnchorOf } from '../bot-options.ts';
import { type Args, type Command, flag, text } from '../command.ts';
import { EXIT, exitCodeOf, highest } from '../exit-codes.ts';
import { instantOption } from '../instant-option.ts';

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
      .option('parallel', { type: 'number', default: 20, requiresArg: true, describe: 'Hosts at a time' })
      .option('patience', {
        type: 'number',
        default: 60,
        requiresArg: true,
        describe:
          'Minutes to wait for hosts that are under way; they go on alone, and the next run finds them',
      })
      .options(BOT_OPTIONS)
      .option('format', {
        choices: ['text', 'json'],
        default: 'text',
        describe: 'Output; json: a line for each event, the result last',
      }),
  run: async (args, io) => {
    const plan = flag(args, 'plan') || flag(args, 'dryRun');
    const given = text(args, 'asOf');
    if (given !== undefined && !plan)
      throw new PatchwardenError('usage', '--as-of goes with --plan: hosts are only ever changed as of now');
    const asOf = given === undefined ? {} : { asOf: instantOption('as-of', given) };
    const parallel = count(args, 'parallel', 1, 200);
    const patienceMs = count(args, 'patience', 0, 1440) * 60_000;
    const keys = keysOf(args, io);
    if (!plan) requireKeys('apply', keys);
    const ports = await openApply(io.wire, resolve(io.cwd, text(args, 'repo') ?? '.'), keys);
    const trustAnchor = trustAnchorOf(args, io);
    const json = text(args, 'format') === 'json';
    if (plan) {
      const result = await runApplyPlan(ports, { trustAnchor, parallel, ...asOf });
      io.out(json ? applyPlanJson(result) : applyPlanText(result));
      return EXIT.ok;
    }
    const result = await runApply(ports, {
      ...{ trustAnchor, parallel, patienceMs },
      on: (event) => {
        if (json) io.out(applyEventJson(event));
        else if (io.isTty) io.err(applyEventText(event));
      },
    });
    io.out(json ? applyResultJson(result) : applyResultText(result));
    const codes = [...result.rings, ...result.hosts].flatMap((r) => (r.code === null ? [] : [r.code]));
    return highest([EXIT.ok, ...codes.map(exitCodeOf)]);
  },
};

function count(args: Args, name: string, min: number, max: number): number {
  const value = Number(args[name]);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new PatchwardenError('usage', `--${name} is a whole number from ${min} to ${max}`);
}
