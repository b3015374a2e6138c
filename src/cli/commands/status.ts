import { resolve } from 'node:path';
import { fleetFindings } from '../../app/fleet-findings.ts';
import { fleetVex } from '../../app/fleet-vex.ts';
import { loadDocuments } from '../../app/load-documents.ts';
import { readRollouts } from '../../app/rollouts.ts';
import { fleetStatus } from '../../app/status.ts';
import { parseSelector } from '../../contracts/selector-text.ts';
import { PatchwardenError } from '../../domain/errors.ts';
import { lastFullHour } from '../../domain/time.ts';
import { findingsCsv, findingsCsvHead } from '../../report/findings-csv.ts';
import { openVexJson } from '../../report/openvex.ts';
import { rolloutsJson, rolloutsText } from '../../report/rollouts.ts';
import { statusJson } from '../../report/status-json.ts';
import { statusText } from '../../report/status-text.ts';
import { type Command, flag, text } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { instantOption } from '../instant-option.ts';

export const statusCommand: Command = {
  usage: 'status',
  describe: 'Decisions over the fleet',
  builder: (y) =>
    y
      .option('repo', { type: 'string', default: '.', requiresArg: true, describe: 'Policy repository' })
      .option('as-of', {
        type: 'string',
        requiresArg: true,
        describe: 'Decide as of a moment, RFC 3339 (default: the last full hour, so that runs agree)',
      })
      .option('select', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe:
          'Only these assets: label=a,b, label!=a, label^=start, label, !label (all hold), or one JSON selector',
      })
      .option('by', { choices: ['control'], describe: 'Count by the controls of compliance overlays, too' })
      .option('rollouts', {
        type: 'boolean',
        default: false,
        describe: 'Where the rollout of each ring stands, by the evidence',
      })
      .option('format', {
        choices: ['text', 'json', 'openvex', 'csv'],
        default: 'text',
        describe: 'Output; openvex: the risks that exceptions accept; csv: each finding of each asset',
      }),
  run: async (args, { cwd, wire, out }) => {
    const repo = resolve(cwd, text(args, 'repo') ?? '.');
    const given = text(args, 'asOf');
    const terms = Array.isArray(args.select) ? args.select.map(String) : [];
    const format = text(args, 'format');
    const json = format === 'json';
    if (flag(args, 'rollouts')) {
      if (format === 'openvex' || format === 'csv')
        throw new PatchwardenError('usage', `--rollouts has no ${format} form; drop one of them`);
      if (given !== undefined) throw new PatchwardenError('usage', '--rollouts is as of now; drop --as-of');
      if (terms.length > 0)
        throw new PatchwardenError('usage', '--rollouts is of whole rings; drop --select');
      const rings = await readRollouts(wire, repo);
      out(json ? rolloutsJson(rings) : rolloutsText(rings));
      return EXIT.ok;
    }
    const asOf = given === undefined ? lastFullHour(wire.clock.now()) : instantOption('as-of', given);
    const documents = await loadDocuments(wire, repo);
    const select = terms.length === 0 ? {} : { select: parseSelector(terms) };
    const byControl = text(args, 'by') === 'control';
    if (format === 'openvex') {
      if (terms.length > 0)
        throw new PatchwardenError('usage', 'the openvex form is of the whole fleet; drop --select');
      out(openVexJson(await fleetVex(wire, { repo, documents, asOf })));
      return EXIT.ok;
    }
    if (format === 'csv') {
      if (byControl) throw new PatchwardenError('usage', 'the csv form has no controls; drop --by');
      let head = findingsCsvHead();
      await fleetFindings(wire, { repo, documents, asOf, ...select }, (lines) => {
        out(head + findingsCsv(lines));
        head = '';
      });
      out(head);
      return EXIT.ok;
    }
    const status = await fleetStatus(wire, { repo, documents, asOf, byControl, ...select });
    out(json ? statusJson(status.report) : statusText(status));
    return EXIT.ok;
  },
};
