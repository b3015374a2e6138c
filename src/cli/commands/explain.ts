import { resolve } from 'node:path';
import { explain } from '../../app/explain.ts';
import { proofOf, verifiedGround } from '../../app/explain-proof.ts';
import { loadDocuments } from '../../app/load-documents.ts';
import { lastFullHour } from '../../domain/time.ts';
import { proofText } from '../../report/explain-proof.ts';
import { explainText } from '../../report/explain-text.ts';
import { TRUST_ANCHOR, trustAnchorOf } from '../bot-options.ts';
import { type Command, flag, text } from '../command.ts';
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
      .option('proof', {
        type: 'boolean',
        default: false,
        describe:
          'Decide by verified history alone, and show merges, people and evidence behind each finding',
      })
      .option('trust-anchor', TRUST_ANCHOR)
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'Output' }),
  run: async (args, { cwd, env, wire, out }) => {
    const repo = resolve(cwd, text(args, 'repo') ?? '.');
    const given = text(args, 'asOf');
    const asOf = given === undefined ? lastFullHour(wire.clock.now()) : instantOption('as-of', given);
    const about = { asset: text(args, 'asset') ?? '', advisory: text(args, 'advisory') ?? null };
    const whole = about.advisory !== null;
    const json = text(args, 'format') === 'json';
    if (!flag(args, 'proof')) {
      const documents = await loadDocuments(wire, repo);
      const found = await explain(wire, { repo, documents, asOf, ...about });
      out(json ? `${JSON.stringify(found, null, 2)}\n` : explainText(found, whole));
      return EXIT.ok;
    }
    const anchor = trustAnchorOf(args, { env });
    const { policy, stateStore } = wire;
    const ground = await verifiedGround({ git: await wire.git(repo), policy, stateStore }, anchor);
    const { documents, head: commit } = ground;
    const found = await explain(wire, { repo, documents, asOf, commit, ...about });
    const proof = await proofOf(ground, found);
    out(
      json
        ? `${JSON.stringify({ ...found, proof }, null, 2)}\n`
        : `${explainText(found, whole)}\n${proofText(proof)}`,
    );
    return EXIT.ok;
  },
};
