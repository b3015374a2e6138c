import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDeb, type Deb, type PackageSpec, STANDARD } from './packages.ts';
import type { TestRoot } from './root.ts';
import { run } from './run.ts';

export interface RepositoryOptions {
  readonly packages?: readonly PackageSpec[];
  /** Fields of the Release file; by default those of a distribution's security archive. */
  readonly origin?: string;
  readonly label?: string;
  readonly suite?: string;
  readonly codename?: string;
}

/** A signed apt repository in a directory, as a mirror has it. */
export interface TestRepository {
  /** Holds `dists/` and `pool/`. */
  readonly dir: string;
  readonly codename: string;
  readonly debs: readonly Deb[];
  /** Armoured public key. */
  readonly keyring: string;
  /** Offers more packages: builds them, writes the indexes anew and signs. */
  readonly publish: (specs: readonly PackageSpec[]) => readonly Deb[];
  /** Makes the repository a source of a root (copied to /srv/pw-repository inside) and runs `apt-get update` there. */
  readonly addTo: (root: TestRoot) => void;
  readonly remove: () => void;
}

/** Builds the packages, indexes and signs them with a throw-away key. */
export function buildRepository(options: RepositoryOptions = {}): TestRepository {
  const { origin = 'Debian', label = 'Debian-Security', suite = 'stable-security' } = options;
  const codename = options.codename ?? 'bookworm-security';
  const dir = mkdtempSync(join(tmpdir(), 'patchwarden-repository-'));
  const home = mkdtempSync(join(tmpdir(), 'patchwarden-gpg-'));
  const arch = run(['dpkg', '--print-architecture']).trim();
  const keyring = join(dir, 'key.asc');
  const gpg = (...args: string[]) => run(['gpg', '--homedir', home, '--batch', '--quiet', ...args]);
  gpg(
    '--passphrase',
    '',
    '--quick-generate-key',
    'Patchwarden Test <test@example.org>',
    'ed25519',
    'sign',
    'never',
  );
  writeFileSync(keyring, gpg('--armor', '--export'));

  const debs: Deb[] = [];
  const publish = (specs: readonly PackageSpec[]): readonly Deb[] => {
    mkdirSync(join(dir, 'pool'), { recursive: true });
    const added = specs.map((s) => buildDeb(join(dir, 'pool'), s));
    debs.push(...added);
    const release = join(dir, 'dists', codename);
    const binary = join(release, 'main', `binary-${arch}`);
    mkdirSync(binary, { recursive: true });
    writeFileSync(join(binary, 'Packages'), run(['apt-ftparchive', 'packages', 'pool'], { cwd: dir }));
    for (const name of ['InRelease', 'Release']) rmSync(join(release, name), { force: true });
    const fields = {
      Origin: origin,
      Label: label,
      Suite: suite,
      Codename: codename,
      Architectures: arch,
      Components: 'main',
    };
    const flags = Object.entries(fields).flatMap(([k, v]) => ['-o', `APT::FTPArchive::Release::${k}=${v}`]);
    writeFileSync(join(release, 'Release'), run(['apt-ftparchive', ...flags, 'release', release]));
    gpg('--clearsign', '-o', join(release, 'InRelease'), join(release, 'Release'));
    return added;
  };
  publish(options.packages ?? STANDARD);

  return {
    dir,
    codename,
    debs,
    keyring,
    publish,
    addTo: (root) => {
      const inside = join(root.dir, 'srv/pw-repository');
      rmSync(inside, { recursive: true, force: true });
      cpSync(dir, inside, { recursive: true });
      // apt reads keys and files as a user of its own.
      run(['chmod', '-R', 'a+rX', inside]);
      writeFileSync(
        join(root.dir, 'etc/apt/sources.list.d/pw.list'),
        `deb [signed-by=/srv/pw-repository/key.asc] file:/srv/pw-repository ${codename} main\n`,
      );
      const only = ['-o', 'Dir::Etc::sourcelist=sources.list.d/pw.list', '-o', 'Dir::Etc::sourceparts=-'];
      root.inside('apt-get', 'update', '-q', ...only, '-o', 'APT::Get::List-Cleanup=0');
    },
    remove: () => {
      for (const path of [dir, home]) if (existsSync(path)) rmSync(path, { recursive: true, force: true });
    },
  };
}
