import { PatchwardenError } from '../domain/errors.ts';
import type { Forge } from '../ports/forge.ts';
import type { Git } from '../ports/git.ts';
import { stateDir } from './locations.ts';
import type { VerifiedHead } from './verified-head.ts';
import type { ForgeCredentials, Wire } from './wire.ts';

const PACE_FILE = 'forge/pace.json';

/** The forge that the configuration at the verified head names. Throws `usage` when its secrets are missing. */
export async function openForge(
  wire: Pick<Wire, 'forge' | 'hostedForge' | 'stateStore' | 'clock' | 'log'>,
  git: Git,
  { head, documents }: Pick<VerifiedHead, 'head' | 'documents'>,
  credentials: ForgeCredentials,
): Promise<Forge> {
  const { config, roles } = documents;
  const place = { remote: config.forge?.remote ?? 'origin', base: config.branch ?? 'main' };
  if (config.forge === undefined || config.forge.kind === 'git') return wire.forge(git, place);
  const allowedSigners = await git.readFile(head, 'allowed-signers');
  if (allowedSigners === undefined)
    throw new PatchwardenError('bad-document', 'the protected branch has no file allowed-signers');
  const state = wire.stateStore(stateDir(git.dir, config));
  return wire.hostedForge(git, {
    ...{ ...place, allowedSigners, credentials, bot: roles.bot.principals, config: config.forge },
    ...{ clock: wire.clock, log: wire.log },
    store: { read: () => state.read(PACE_FILE), write: (text) => state.write(PACE_FILE, text) },
  });
}
