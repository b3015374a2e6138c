import { spawn } from 'node:child_process';
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
