import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import type { RpmDatabase, RpmDatabaseFile } from '../ports/rpm-database.ts';
import { printable } from '../util/printable.ts';
import { type RunResult, runProcess } from './process.ts';

const BACKENDS: Readonly<Record<RpmDatabaseFile, string>> = {
  'rpmdb.sqlite': 'sqlite',
  'Packages.db': 'ndb',
  Packages: 'bdb_ro',
};
const MAX_OUTPUT = 64 << 20;

export interface RpmProgramOptions {
  readonly program?: string;
}

/**
 * Databases of rpm by the `rpm` of this machine, on a private copy: even a query locks, and sqlite writes beside the
 * file it reads. No configuration of the host takes part.
 */
export function rpmProgram({ program = 'rpm' }: RpmProgramOptions = {}): RpmDatabase {
  return {
    query: async (database, files, format) => {
      const dir = await mkdtemp(join(tmpdir(), 'patchwarden-rpmdb-'));
      try {
        for (const name of [database, 'rpmdb.sqlite-wal', 'Index.db']) {
          const bytes = files.get(name);
          if (bytes !== undefined) await writeFile(join(dir, name), bytes, { mode: 0o600 });
        }
        const argv = ['--dbpath', dir, '--define', `_db_backend ${BACKENDS[database]}`];
        const result = await runProcess([program, ...argv, '--nosignature', '-qa', '--queryformat', format], {
          maxBytes: MAX_OUTPUT,
        });
        return outputOf(result, database);
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    },
  };
}

function outputOf(result: RunResult, database: RpmDatabaseFile): string {
  if (result.kind === 'missing')
    throw failed(
      `the packages are in an rpm database (${database}), which only rpm can read, and there is no "${result.program}" on the path: install it, or give the output of "rpm -qa" as a file`,
    );
  if (result.kind === 'killed') throw failed(`the rpm database ${database} cannot be read: ${result.reason}`);
  // rpm warns, and then finds nothing.
  if (/invalid %_db_backend|dummy database/.test(result.stderr))
    throw failed(
      `the rpm of this machine cannot read databases of the kind ${database}: give the output of "rpm -qa" as a file`,
    );
  if (result.code !== 0 || (result.stdout === '' && result.stderr !== ''))
    throw failed(
      `the rpm database ${database} cannot be read: ${printable(result.stderr.split('\n')[0] ?? '').slice(0, 300)}`,
    );
  return result.stdout;
}

const failed = (message: string): PatchwardenError => new PatchwardenError('source-failed', message);
