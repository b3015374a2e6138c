import { resolve } from 'node:path';
import { runDoctor } from '../../app/doctor.ts';
import { type DoctorGravity, gravityOf } from '../../domain/doctor.ts';
import { doctorJson, doctorText } from '../../report/doctor.ts';
import { BOT_OPTIONS, credentialsOf, keysOf, trustAnchorOf } from '../bot-options.ts';
import { type Command, text } from '../command.ts';
import { EXIT, type ExitCode, highest } from '../exit-codes.ts';

const BY_GRAVITY: Readonly<Record<DoctorGravity, ExitCode>> = {
  fine: EXIT.ok,
  refused: EXIT.policySaysNo,
  unasked: EXIT.sourceFailed,
  unverified: EXIT.unverified,
};

export const doctorCommand: Command = {
  usage: 'doctor',
  describe: 'Check the set-up (clone, keys, forge, clocks, hosts) and name each remedy; writes nothing',
  builder: (y) =>
    y
      .option('repo', {
        type: 'string',
        default: '.',
        requiresArg: true,
        describe: 'Clone of the policy repository',
      })
      .options(BOT_OPTIONS)
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'Output' }),
  run: async (args, io) => {
    const { bot, log } = keysOf(args, io);
    const checks = await runDoctor(io.wire, {
      repo: resolve(io.cwd, text(args, 'repo') ?? '.'),
      trustAnchor: trustAnchorOf(args, io),
      keys: { bot: bot && resolve(io.cwd, bot), log: log && resolve(io.cwd, log) },
      credentials: credentialsOf(io),
    });
    io.out(text(args, 'format') === 'json' ? doctorJson(checks) : doctorText(checks));
    return highest(checks.map((c) => BY_GRAVITY[gravityOf(c)]));
  },
};
