import { resolve } from 'node:path';
import { buildPolicy, testPolicy } from '../../app/policy-build.ts';
import { PatchwardenError } from '../../domain/errors.ts';
import { builtJson, builtText, policyTestJson, policyTestText } from '../../report/policy.ts';
import { type Command, flag, text } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

const ACTIONS = ['build', 'test'] as const;

export const policyCommand: Command = {
  usage: 'policy <action>',
  describe: 'Compile, or test, the own rules of a policy repository (needs OPA)',
  builder: (y) =>
    y
      .positional('action', { choices: ACTIONS, describe: 'What to do' })
      .option('repo', { type: 'string', default: '.', requiresArg: true, describe: 'Policy repository' })
      .option('verify', {
        type: 'boolean',
        default: false,
        describe: 'Compile and compare every byte with policies/build, write nothing',
      })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Compile and write nothing' })
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'Output' }),
  run: async (args, { cwd, wire, out }) => {
    const dir = resolve(cwd, text(args, 'repo') ?? '.');
    const json = text(args, 'format') === 'json';
    const dryRun = flag(args, 'dryRun');
    const verify = flag(args, 'verify');
    const tree = wire.fileTree(dir, { links: 'refuse' });
    const ports = {
      ...{ tree, tools: wire.ownPolicyTools },
      write: async (path: string, bytes: Uint8Array) => {
        if (!dryRun) await wire.writeFile(dir, path, bytes);
      },
    };
    if (text(args, 'action') === 'build') {
      const files = await buildPolicy(ports, { verify });
      out(json ? builtJson(files) : builtText(files, !dryRun));
      return EXIT.ok;
    }
    if (verify || dryRun)
      throw new PatchwardenError('usage', 'policy test writes nothing; drop --verify and --dry-run');
    const tests = await testPolicy(ports);
    out(json ? policyTestJson(tests) : policyTestText(tests));
    return tests.every((t) => t.opa && t.wasm) ? EXIT.ok : EXIT.policySaysNo;
  },
};
