import { resolve } from 'node:path';
import { explain } from '../../app/explain.ts';
import { loadDocuments } from '../../app/load-documents.ts';
import { lastFullHour } from '../../domain/time.ts';
import { explainText } from '../../report/explain-text.ts';
import { type Command, text } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { instantOption } from '../instant-option.ts';

export const explainCommand: Command = {
  usage: 'explain <asset> [advisory]',
  describe: 'Every rule, fact and date behind the decisions on an asset',
  builder: (y) =>
    y
      .positional('asset', {
        type: 'string',
        demandOption: true,
        describe: 'Asset as the fleet snapshot names it',
      })
      .positional('advisory', { type: 'string', describe: 'Only this advisory, by any of its ids, in full' })
      .option('repo', { type: 'string', default: '.', requiresArg: true, describe: 'Policy repository' })
      .option('as-of', {
        type: 'string',
        requiresArg: true,
        describe: 'Decide as of a moment, RFC 3339 (default: the last full hour)',
      })
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'Output' }),
  run: async (args, { cwd, wire, out }) => {
    const repo = resolve(cwd, text(args, 'repo') ?? '.');
    const given = text(args, 'asOf');
    const asOf = given === undefined ? lastFullHour(wire.clock.now()) : instantOption('as-of', given);
    const advisory = text(args, 'advisory') ?? null;
    const documents = await loadDocuments(wire, repo);
    const found = await explain(wire, { repo, documents, asOf, asset: text(args, 'asset') ?? '', advisory });
    out(
      text(args, 'format') === 'json'
        ? `${JSON.stringify(found, null, 2)}\n`
        : explainText(found, advisory !== null),
    );
    return EXIT.ok;
  },
};
