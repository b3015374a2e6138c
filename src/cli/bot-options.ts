import type { ApplyKeys } from '../app/open-apply.ts';
import type { ForgeCredentials } from '../app/wire.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { type Args, type Io, text } from './command.ts';

export const TRUST_ANCHOR = {
  type: 'string',
  requiresArg: true,
  describe: 'Commit from which the protected branch is verified (or PATCHWARDEN_TRUST_ANCHOR)',
} as const;

/** Options of the verbs that write as the bot; each has an environment variable for runners. */
export const BOT_OPTIONS = {
  'trust-anchor': TRUST_ANCHOR,
  'bot-key': { type: 'string', requiresArg: true, describe: 'SSH key of the bot (or PATCHWARDEN_BOT_KEY)' },
  'log-key': {
    type: 'string',
    requiresArg: true,
    describe: 'File with the key of the evidence log (or PATCHWARDEN_LOG_KEY)',
  },
} as const;

/** An option, or the environment variable that stands for it; an empty one counts as none. */
const optionOr = (args: Args, io: Pick<Io, 'env'>, name: string, variable: string): string | undefined =>
  text(args, name) ?? (io.env[variable] || undefined);

export const trustAnchorOf = (args: Args, io: Pick<Io, 'env'>): string | undefined =>
  optionOr(args, io, 'trustAnchor', 'PATCHWARDEN_TRUST_ANCHOR');

export const keysOf = (args: Args, io: Io): ApplyKeys => ({
  bot: optionOr(args, io, 'botKey', 'PATCHWARDEN_BOT_KEY'),
  log: optionOr(args, io, 'logKey', 'PATCHWARDEN_LOG_KEY'),
});

/** Secrets of the forge; they have no options, for argv is no place for them. */
export const credentialsOf = ({ env }: Pick<Io, 'env'>): ForgeCredentials => ({
  token: env['PATCHWARDEN_FORGE_TOKEN'] || undefined,
  appKeyFile: env['PATCHWARDEN_FORGE_APP_KEY'] || undefined,
});

/** Throws `usage` when one of the two is missing. */
export function requireKeys(verb: string, keys: ApplyKeys): void {
  if (keys.bot !== undefined && keys.log !== undefined) return;
  throw new PatchwardenError(
    'usage',
    `${verb} signs what it writes: give --bot-key and --log-key (or PATCHWARDEN_BOT_KEY and PATCHWARDEN_LOG_KEY)`,
  );
}
