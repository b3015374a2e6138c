import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateLogKey } from '../../../src/adapters/log-keys.ts';
import { canonicalDocument } from '../../../src/contracts/canonical.ts';
import type { Signer } from '../../../src/ports/git.ts';
import { type CliResult, cli } from '../../support/cli.ts';
import { BASELINE, CONFIG, createWorld, git, ROLES, type World } from '../../support/git-fixtures.ts';
import { osvRecord } from './osv-record.ts';
import type { TestRepository } from './repository.ts';
import type { TestRoot } from './root.ts';

/** A policy repository over one Debian root directory and one apt repository, driven through the command line only. */
export interface LoopWorld extends World {
  readonly intel: string;
  readonly artifacts: string;
  /** Runs a verb on the clone; `as` sets who the clone's owner is first. */
  readonly run: (args: readonly string[], as?: Signer) => Promise<CliResult>;
  /** The same with the keys of the bot and the trust anchor. */
  readonly bot: (...args: string[]) => Promise<CliResult>;
}

const ADVISORY = osvRecord('CVE-2026-1000', { name: 'pw-app', fixed: '1.1' });

export function buildLoopWorld(root: TestRoot, repository: TestRepository): LoopWorld {
  const home = mkdtempSync(join(tmpdir(), 'patchwarden-loop-'));
  const intel = join(home, 'intel');
  mkdirSync(intel);
  writeFileSync(join(intel, `${ADVISORY.id}.json`), JSON.stringify(ADVISORY));
  const log = generateLogKey('loop.example.org/evidence');
  const logKey = join(home, 'log.key');
  writeFileSync(logKey, log.signer, { mode: 0o600 });
  const artifacts = join(home, 'artifacts');
  const world = createWorld({
    'patchwarden.json': canonicalDocument('Config', {
      ...CONFIG,
      fleet: { sources: [{ kind: 'root', id: 'web-1', path: root.dir }] },
      intel: { feeds: [{ kind: 'osv', path: intel }] },
      packages: { sources: [{ id: 'pw', kind: 'apt-directory', path: repository.dir }] },
      state: { kind: 'directory', path: join(home, 'state') },
      artifacts: { kind: 'directory', path: artifacts },
      drivers: [{ kind: 'root', asset: 'web-1', path: root.dir }],
    }),
    'baselines/servers.json': canonicalDocument('Baseline', {
      ...BASELINE,
      mode: 'apply',
      verify: { soakSeconds: 0 },
      rings: [{ id: 'all', select: {}, merge: 'human' }],
    }),
    'locks/servers/prod.lock.json': null,
    'roles.json': canonicalDocument('Roles', { ...ROLES, log: { key: log.verifier } }),
  });
  const run = (args: readonly string[], as?: Signer) => {
    if (as)
      for (const [key, value] of Object.entries({ name: as.name, email: as.email, signingkey: as.key }))
        git(world.clone, ['config', `user.${key}`, value]);
    return cli([...args, '--repo', world.clone]);
  };
  const keys = ['--bot-key', world.keys.bot.key, '--log-key', logKey, '--trust-anchor', world.anchor];
  return { ...world, intel, artifacts, run, bot: (...args) => run([...args, ...keys]) };
}
