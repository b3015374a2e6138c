import { resolve } from 'node:path';
import { dryRunStateStore } from '../../app/dry-run.ts';
import { validateRepository } from '../../app/validate.ts';
import { validationJson, validationText } from '../../report/validation.ts';
import { type Command, flag, text } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const validateCommand: Command = {
  usage: 'validate',
  describe: 'Check every document of a policy repository, and the build of its own rules',
  builder: (y) =>
    y
      .option('repo', { type: 'string', default: '.', requiresArg: true, describe: 'Policy repository' })
      .option('fix', { type: 'boolean', default: false, describe: 'Write right documents in canonical form' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Only say what --fix would write' })
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'Output' }),
  run: async (args, { cwd, wire, out }) => {
    const dir = resolve(cwd, text(args, 'repo') ?? '.');
    const dryRun = flag(args, 'dryRun');
    const store = wire.stateStore(dir);
    const ports = {
      tree: wire.fileTree(dir, { links: 'refuse' }),
      store: dryRun ? dryRunStateStore(store, wire.log) : store,
      ownPolicy: wire.ownPolicy,
    };
    const result = await validateRepository(ports, { fix: flag(args, 'fix') });
    out(text(args, 'format') === 'json' ? validationJson(result) : validationText(result, dryRun));
    return result.ok ? EXIT.ok : EXIT.usage;
  },
};
