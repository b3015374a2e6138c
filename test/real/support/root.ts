import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.ts';

const SUITE = 'bookworm';

/** Where what is slow to make is kept between runs, outside the repository. */
export const cacheDir = (): string => process.env.PATCHWARDEN_CACHE ?? join(tmpdir(), 'patchwarden-cache');

/** The Debian mirror that this machine itself uses; none where it is not plain, and then debootstrap has its own. */
function mirror(): readonly string[] {
  const dir = '/etc/apt/sources.list.d';
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync(dir) ? readdirSync(dir).map((f) => join(dir, f)) : []),
  ];
  const text = files.flatMap((f) => (existsSync(f) ? readFileSync(f, 'utf8').split('\n') : []));
  const uris = text
    .filter((l) => /^(deb|URIs:)\s/.test(l))
    .flatMap((l) => l.split(/\s+/))
    .filter((w) => /^https?:\/\/\S*\/debian\/?$/.test(w));
  return uris.slice(0, 1);
}

/** A minimal Debian as a tarball, made once (about a minute). */
export function baseTarball(): string {
  const tarball = join(cacheDir(), `${SUITE}-minbase.tar`);
  if (existsSync(tarball)) return tarball;
  mkdirSync(cacheDir(), { recursive: true });
  const work = mkdtempSync(join(cacheDir(), 'debootstrap-'));
  try {
    run(['debootstrap', '--variant=minbase', SUITE, join(work, 'root'), ...mirror()]);
    run(['chroot', join(work, 'root'), 'apt-get', 'clean']);
    run(['tar', '-C', join(work, 'root'), '-cf', join(work, 'root.tar'), '.']);
    renameSync(join(work, 'root.tar'), tarball);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return tarball;
}

/** A Debian root directory of one test. */
export interface TestRoot {
  readonly dir: string;
  /** Runs a program inside. @returns stdout; throws when it fails. */
  readonly inside: (...argv: string[]) => string;
  /** By dpkg's own word: `version state`, such as `1.1 ii`; undefined when it does not know the package. */
  readonly dpkg: (name: string) => string | undefined;
  /** Text of a file inside; empty when there is none. */
  readonly read: (path: string) => string;
  readonly remove: () => void;
}

/** A fresh bookworm root (debootstrap minbase) in a temp directory, from the cached tarball. */
export function buildRoot(parent = tmpdir()): TestRoot {
  const dir = mkdtempSync(join(parent, 'patchwarden-root-'));
  run(['tar', '-C', dir, '-xf', baseTarball()]);
  run(['chmod', '755', dir]);
  const inside = (...argv: string[]) => run(['chroot', dir, ...argv]);
  return {
    dir,
    inside,
    dpkg: (name) => {
      try {
        const text = inside('dpkg-query', '-W', '-f', '${Version} ${db:Status-Abbrev}', name).trim();
        return text === '' ? undefined : text;
      } catch {
        return undefined;
      }
    },
    read: (path) => (existsSync(join(dir, path)) ? readFileSync(join(dir, path), 'utf8') : ''),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
