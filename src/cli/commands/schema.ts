import { schemaText } from '../../app/schema.ts';
import { type Command, text } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const schemaCommand: Command = {
  usage: 'schema <kind>',
  describe: 'Print the JSON Schema of a document, for editors and other tools',
  builder: (y) => y.positional('kind', { type: 'string', describe: 'Such as baseline or patch-lock' }),
  run: async (args, { out }) => {
    out(schemaText(text(args, 'kind') ?? ''));
    return EXIT.ok;
  },
};
