import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs a program with a clean environment. @returns stdout; throws with stderr when it fails. */
export function run(argv: readonly string[], options: RunOptions = {}): string {
  const [program = '', ...args] = argv;
  try {
    return execFileSync(program, args, {
      cwd: options.cwd,
      input: options.input ?? '',
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      maxBuffer: 256 << 20,
    }).toString('utf8');
  } catch (error) {
    const { stderr, stdout } = error as { readonly stderr?: Buffer; readonly stdout?: Buffer };
    throw new Error(`${argv.join(' ')} failed:\n${String(stdout ?? '')}${String(stderr ?? error)}`, {
      cause: error,
    });
  }
}

export const onPath = (program: string): boolean =>
  (process.env.PATH ?? '').split(':').some((dir) => {
    try {
      accessSync(join(dir, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** Why suites with a real root directory cannot run here; undefined when they can. */
export function whyNoRoot(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root for chroot';
  const missing = ['debootstrap', 'chroot', 'dpkg-deb', 'apt-ftparchive', 'gpg'].filter((p) => !onPath(p));
  return missing.length > 0 ? `needs ${missing.join(', ')}` : undefined;
}
