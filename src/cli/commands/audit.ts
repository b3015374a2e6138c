import { resolve } from 'node:path';
import { auditLog, auditVerify } from '../../app/audit.ts';
import { PatchwardenError } from '../../domain/errors.ts';
import { auditLogJson, auditLogText } from '../../report/audit-log.ts';
import { auditVerifyJson, auditVerifyText } from '../../report/audit-verify.ts';
import { TRUST_ANCHOR, trustAnchorOf } from '../bot-options.ts';
import { type Command, text } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const auditCommand: Command = {
  usage: 'audit <action>',
  describe: 'Show or verify the evidence',
  builder: (y) =>
    y
      .positional('action', {
        choices: ['log', 'verify', 'export'],
        describe: 'What to do with the evidence',
      })
      .option('repo', { type: 'string', default: '.', requiresArg: true, describe: 'Policy repository' })
      .option('trust-anchor', TRUST_ANCHOR)
      .option('format', { choices: ['text', 'json'], default: 'text', describe: 'Output' }),
  run: async (args, { cwd, env, wire, out }) => {
    const git = await wire.git(resolve(cwd, text(args, 'repo') ?? '.'));
    const json = text(args, 'format') === 'json';
    switch (text(args, 'action')) {
      case 'log': {
        const entries = await auditLog({ git });
        out(json ? auditLogJson(entries) : auditLogText(entries));
        return EXIT.ok;
      }
      case 'verify': {
        const { log, policy, stateStore } = wire;
        const trustAnchor = trustAnchorOf(args, { env });
        const verdict = await auditVerify({ git, log, policy, stateStore }, { trustAnchor });
        out(json ? auditVerifyJson(verdict) : auditVerifyText(verdict));
        return verdict.ok ? EXIT.ok : EXIT.unverified;
      }
      default:
        throw new PatchwardenError('not-built', `audit ${text(args, 'action') ?? ''} is not built yet`);
    }
  },
};
