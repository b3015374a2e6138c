import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { PatchwardenError } from '../domain/errors.ts';

export interface RunOptions {
  /** The whole environment of the child; nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  /** Milliseconds until the child is killed; default 60 000. */
  readonly timeoutMs?: number;
  /** Bytes of stdout and stderr together until the child is killed; default 16 MiB. */
  readonly maxBytes?: number;
}

/** How a child ended. Everything but `exited` means that its output must not be used. */
export type RunResult =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'missing'; readonly program: string }
  | { readonly kind: 'killed'; readonly reason: string };

/** The environment of every child: fixed words, a fixed language, no prompts. */
export const CLEAN_ENV = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  DEBIAN_FRONTEND: 'noninteractive',
} as const;

/** Runs a program to its end: argument vector, no shell, bounded in time and output. */
export function runProcess(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [program = '', ...args] = argv;
  const { timeoutMs = 60_000, maxBytes = 16 << 20 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...(options.env ?? CLEAN_ENV) },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let size = 0;
    let killed: string | undefined;
    const kill = (reason: string) => {
      killed ??= reason;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => kill(`${program} ran longer than ${timeoutMs} ms`), timeoutMs);
    const keep = (list: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) kill(`${program} wrote more than ${maxBytes} bytes`);
      else list.push(chunk);
    };
    child.stdout.on('data', keep(out));
    child.stderr.on('data', keep(err));
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (error.code === 'ENOENT') resolve({ kind: 'missing', program });
      else
        reject(
          new PatchwardenError('host-failed', `cannot run ${program}: ${error.message}`, { cause: error }),
        );
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (killed !== undefined) resolve({ kind: 'killed', reason: killed });
      else if (code === null)
        resolve({ kind: 'killed', reason: `${program} was ended by ${signal ?? 'a signal'}` });
      else
        resolve({
          kind: 'exited',
          code,
          stdout: Buffer.concat(out).toString('utf8'),
          stderr: Buffer.concat(err).toString('utf8'),
        });
    });
    // A child that ends without reading its input closes the pipe; its exit code tells the story.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

export interface DetachedOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Receives stdout and stderr. A file, so that the child lives on when this process dies (a pipe would break). */
  readonly logFile: string;
  /** Milliseconds after which we stop waiting; the child is left alone. */
  readonly patienceMs: number;
}

/**
 * Starts a program in a session of its own and waits for it; it survives this process.
 * @returns its exit code, or `still-running` when patience ended.
 */
export function runDetached(
  argv: readonly string[],
  options: DetachedOptions,
): Promise<number | 'still-running'> {
  const [program = '', ...args] = argv;
  const log = openSync(options.logFile, 'a', 0o600);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...(options.env ?? CLEAN_ENV) },
      cwd: '/',
      detached: true,
      stdio: ['ignore', log, log],
    });
    const timer = setTimeout(() => {
      child.unref();
      resolve('still-running');
    }, options.patienceMs);
    const done = () => {
      clearTimeout(timer);
      closeSync(log);
    };
    child.on('error', (error) => {
      done();
      reject(
        new PatchwardenError('host-failed', `cannot run ${program}: ${error.message}`, { cause: error }),
      );
    });
    // A child ended by a signal has no exit code; 128 is what shells say of it.
    child.on('exit', (code) => {
      done();
      resolve(code ?? 128);
    });
  });
}
