import { resolve } from 'node:path';
import { checkAsset, gateCheck } from '../../app/check.ts';
import type { Severity } from '../../domain/severity.ts';
import { checkJson } from '../../report/check-json.ts';
import { checkText } from '../../report/check-text.ts';
import { type Args, type Command, text } from '../command.ts';
import { EXIT, type ExitCode, highest } from '../exit-codes.ts';

const FLOORS = ['critical', 'high', 'medium', 'low'] as const satisfies readonly Severity[];

export const checkCommand: Command = {
  usage: 'check <target>',
  describe: 'Findings of one host or image, no policy repository needed',
  builder: (y) =>
    y
      .positional('target', {
        type: 'string',
        describe: 'Root directory, dpkg status file, package list or scan result',
      })
      .option('intel', {
        type: 'string',
        array: true,
        nargs: 1,
        requiresArg: true,
        describe:
          'Directory or archive with advisories (OSV) and the KEV catalog; may be given several times',
      })
      .option('packages', {
        type: 'string',
        requiresArg: true,
        describe: "Apt repository in a directory, instead of the host's own package lists",
      })
      .option('stream', { type: 'string', requiresArg: true, describe: 'Such as debian:12:amd64' })
      .option('fail-on', { choices: FLOORS, requiresArg: true, describe: 'Exit 1 from this severity on' })
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'Output' }),
  run: async (args, { cwd, wire, out }) => {
    const at = (path: string): string => resolve(cwd, path);
    const packages = text(args, 'packages');
    const { report, notes, problems } = await checkAsset(wire, {
      target: at(text(args, 'target') ?? '.'),
      intel: texts(args, 'intel').map(at),
      packages: packages === undefined ? undefined : at(packages),
      stream: text(args, 'stream'),
    });
    for (const note of notes) wire.log.info(note);
    for (const problem of problems) wire.log.warn(problem);
    out(text(args, 'format') === 'json' ? checkJson(report) : checkText(report));
    const codes: ExitCode[] = problems.length > 0 ? [EXIT.sourceFailed] : [];
    const floor = FLOORS.find((f) => f === text(args, 'failOn'));
    if (floor !== undefined) {
      const gate = gateCheck(report, floor);
      wire.log.info(
        `--fail-on ${floor}: ${gate.hits} findings at or above, ${gate.ignoredUnknown} of unknown severity ignored`,
      );
      if (!gate.passes) codes.push(EXIT.policySaysNo);
    }
    return highest(codes);
  },
};

function texts(args: Args, name: string): readonly string[] {
  const value = args[name];
  return Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];
}
