import { resolve } from 'node:path';
import { runDemo } from '../../app/demo.ts';
import { demoJson, demoText } from '../../report/demo.ts';
import { type Command, text } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const demoCommand: Command = {
  usage: 'demo',
  describe: "The whole loop on this machine's real packages, in a throw-away repository",
  builder: (y) =>
    y
      .option('dir', {
        type: 'string',
        requiresArg: true,
        describe: 'New directory to work in (default: a temporary one)',
      })
      .option('root', {
        type: 'string',
        default: '/',
        requiresArg: true,
        describe: 'Root directory of the machine to look at',
      })
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'Output' }),
  run: async (args, { cwd, out, wire }) => {
    const dir = text(args, 'dir');
    const result = await runDemo(wire, {
      dir: dir === undefined ? undefined : resolve(cwd, dir),
      root: resolve(cwd, text(args, 'root') ?? '/'),
    });
    out(text(args, 'format') === 'json' ? demoJson(result) : demoText(result));
    return EXIT.ok;
  },
};
