import { execFile, spawn } from 'node:child_process';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunAsyncOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds, after which the program is killed and the code is 124. Default two minutes. */
  readonly timeout?: number;
}

/** Runs a program with a clean environment and never throws: who asks looks at `code` (127 when it cannot start). */
export function runAsync(argv: readonly string[], options: RunAsyncOptions = {}): Promise<Ran> {
  const [program = '', ...args] = argv;
  const { cwd, input = '', timeout = 120_000 } = options;
  const env = {
    PATH: process.env.PATH ?? '',
    LC_ALL: 'C',
    DEBIAN_FRONTEND: 'noninteractive',
    ...options.env,
  };
  return new Promise((resolve) => {
    const limits = { cwd, env, timeout, killSignal: 'SIGKILL' as const, maxBuffer: 64 << 20 };
    const child = execFile(program, args, limits, (error, stdout, stderr) => {
      const code = !error ? 0 : error.killed ? 124 : typeof error.code === 'number' ? error.code : 127;
      resolve({ code, stdout, stderr: stderr === '' && error ? error.message : stderr });
    });
    // A program that ends without reading its input closes the pipe under us.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** As {@link runAsync}, for what must not fail. @returns stdout */
export async function mustRun(argv: readonly string[], options: RunAsyncOptions = {}): Promise<string> {
  const ran = await runAsync(argv, options);
  if (ran.code !== 0) throw new Error(`${argv.join(' ')} failed (${ran.code}):\n${ran.stdout}${ran.stderr}`);
  return ran.stdout;
}

/** A program in the background that dies with this process, whatever ends it. */
export interface Background {
  readonly pid: number;
  /** Ends it (SIGKILL) and waits until it is gone. */
  readonly stop: () => Promise<void>;
  /** Settles with the exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts a program in the background; its output goes to the open file `log`. */
export function background(argv: readonly string[], log: number): Background {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...argv], { stdio: ['ignore', log, log] });
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code));
  });
  return {
    pid: child.pid ?? -1,
    ended,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs `act` over a list, so many at a time. @returns the results in the order of the list. */
export async function inParallel<T, R>(
  list: readonly T[],
  limit: number,
  act: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < list.length; i = next++) results[i] = await act(list[i] as T, i);
  };
  await Promise.all(Array.from({ length: Math.min(limit, list.length) }, worker));
  return results;
}

/** Asks again and again until it is so; throws with `what` when `ms` have passed. @returns milliseconds waited. */
export async function waitUntil(
  what: string,
  ms: number,
  ask: () => Promise<boolean> | boolean,
  every = 50,
): Promise<number> {
  const from = performance.now();
  for (;;) {
    if (await ask()) return performance.now() - from;
    if (performance.now() - from > ms) throw new Error(`after ${ms} ms still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
