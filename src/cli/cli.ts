import yargs, { type Argv } from 'yargs';
import { PatchwardenError } from '../domain/errors.ts';
import type { Args, Command, Io } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-codes.ts';

/** Verbs of the stable command line that do not exist yet: they say so instead of doing nothing. */
const NOT_BUILT = ['init', 'import', 'review', 'report'] as const;

/** Runs one command line and returns the exit code; never ends the process. */
export async function runCli(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const run = (command: Command) => async (args: Record<string, unknown>) => {
    code = await command.run(args as Args, io);
  };
  let parser: Argv = yargs()
    .scriptName('patchwarden')
    .usage('$0 <verb>\n\nGitOps for patching servers.')
    .locale('en')
    .version('0.1.0')
    .help()
    .strict()
    .exitProcess(false)
    .showHelpOnFail(false)
    .wrap(100)
    .demandCommand(1, 'Name a verb; patchwarden --help lists them.')
    .recommendCommands()
    .fail((message, error) => {
      // yargs calls this with a message for bad usage and with the error alone for a failing command.
      throw message
        ? new PatchwardenError('usage', message, { cause: error })
        : (error ?? new PatchwardenError('usage', 'bad usage'));
    });
  for (const command of COMMANDS)
    parser = parser.command(command.usage, command.describe, command.builder, run(command));
  for (const verb of NOT_BUILT) {
    parser = parser.command(
      verb,
      false,
      (y) => y.strict().strictOptions(),
      () => {
        throw new PatchwardenError('not-built', `the verb "${verb}" is not built yet`);
      },
    );
  }
  try {
    let output = '';
    await parser.parseAsync(argv, {}, (_error, _args, text) => {
      output = text;
    });
    if (output !== '') io.out(`${output}\n`);
    return code;
  } catch (error) {
    return reportFailure(error, io);
  }
}

function reportFailure(error: unknown, io: Io): ExitCode {
  if (error instanceof PatchwardenError) {
    io.err(`patchwarden: ${error.message}\n`);
    return exitCodeOf(error.code);
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.err(`patchwarden: this is a bug, please report it\n${detail}\n`);
  return EXIT.bug;
}
