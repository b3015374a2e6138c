import { PatchwardenError } from '../domain/errors.ts';
import type { DriverStep, InstallFile } from '../ports/root-driver.ts';

/** Our directory on the host, as the host sees it. */
export const AREA = '/var/lib/patchwarden';

// Words of a lock become file names and arguments on a host, so they must look like what they claim to be.
const NAME = /^[a-z0-9][a-z0-9+.-]{0,127}$/;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9.+:~-]{0,127}$/;
const ARCH = /^[a-z0-9][a-z0-9-]{0,31}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** Directory and file of a staged package below {@link AREA}; the colon of an epoch is written as apt writes it. */
export function stagedPath(file: InstallFile): { readonly folder: string; readonly name: string } {
  const { name, version, arch, sha256 } = file;
  if (!NAME.test(name) || !VERSION.test(version) || !ARCH.test(arch) || !SHA256.test(sha256))
    throw new PatchwardenError(
      'bad-document',
      `the lock entry ${JSON.stringify([name, version, arch])} is no Debian package: its words cannot name a file`,
    );
  return {
    folder: `stage/${sha256}`,
    name: `${name}_${version.replaceAll(':', '%3a')}_${arch}.deb`,
  };
}

const insideStage = (file: InstallFile): string => {
  const { folder, name } = stagedPath(file);
  return `${AREA}/${folder}/${name}`;
};

/**
 * apt with nothing to fetch from (no sources, no lists), its caches in memory, and a private list of automatic marks, so
 * that upgrading from a file does not turn the host's automatic packages into manual ones.
 */
const APT = [
  '/usr/bin/apt-get',
  '-q',
  ...[
    `Dir::State::lists=${AREA}/apt/lists`,
    `Dir::State::extended_states=${AREA}/apt/extended_states`,
    'Dir::Etc::sourcelist=/dev/null',
    'Dir::Etc::sourceparts=/dev/null',
    'Dir::Cache::pkgcache=',
    'Dir::Cache::srcpkgcache=',
    'APT::Sandbox::User=root',
    'APT::Get::AllowUnauthenticated=true', // the bytes are checked by SHA-256; a file has no signature of its own
    'Dpkg::Use-Pty=0',
    'Dpkg::Options::=--force-confdef',
    'Dpkg::Options::=--force-confold',
  ].flatMap((o) => ['-o', o]),
];

const lockWait = (seconds: number): string[] => ['-o', `DPkg::Lock::Timeout=${seconds}`];

/** The argument vectors for one root directory. */
export function commandsFor(root: string, lockSeconds: number) {
  const inside = (...argv: string[]) => ['chroot', root, ...argv];
  const downgrade = (files: readonly InstallFile[]) =>
    files.some((f) => f.downgrade) ? ['--allow-downgrades'] : [];
  return {
    /** Takes dpkg's locks, waiting for whoever holds them, and gives them back. Changes nothing. */
    check: () => inside(...APT, ...lockWait(lockSeconds), 'check'),
    audit: () => inside('/usr/bin/dpkg', '--audit'),
    mend: () => inside('/usr/bin/dpkg', '--force-confdef', '--force-confold', '--configure', '-a'),
    simulate: (files: readonly InstallFile[]) =>
      inside(...APT, '-s', '--no-install-recommends', 'install', ...files.map(insideStage)),
    install: (files: readonly InstallFile[]) =>
      inside(
        ...APT,
        ...lockWait(lockSeconds),
        '-y',
        '--no-remove',
        '--no-install-recommends',
        ...downgrade(files),
        'install',
        ...files.map(insideStage),
      ),
    mark: (names: readonly string[]) => inside('/usr/bin/apt-mark', 'auto', ...names),
  } as const;
}

/** What a run with these files does, in order. */
export function stepsFor(root: string, lockSeconds: number, files: readonly InstallFile[], mend: boolean) {
  const commands = commandsFor(root, lockSeconds);
  const steps: DriverStep[] = mend ? [{ step: 'mend', argv: commands.mend() }] : [];
  if (files.length === 0) return steps;
  for (const file of files)
    steps.push({
      step: 'stage',
      sha256: file.sha256,
      path: `${root === '/' ? '' : root}${insideStage(file)}`,
    });
  steps.push({ step: 'simulate', argv: commands.simulate(files) });
  steps.push({ step: 'install', argv: commands.install(files) });
  const fresh = files.filter((f) => f.fresh).map((f) => f.name);
  if (fresh.length > 0) steps.push({ step: 'mark', argv: commands.mark(fresh) });
  return steps;
}
