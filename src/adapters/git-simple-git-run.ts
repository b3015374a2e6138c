import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { simpleGit } from 'simple-git';
import { PatchwardenError } from '../domain/errors.ts';
import { printable } from '../util/printable.ts';

interface GitRunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: readonly string[];
  /** Exit codes besides 0 that are answers, not failures. */
  readonly answers?: readonly number[];
  /** Read the user's own settings (identity, credentials, proxies) instead of none. */
  readonly ownConfig?: boolean;
}

interface GitOutput {
  readonly code: number;
  readonly bytes: Buffer;
  /** stdout as UTF-8 without the last newline. */
  readonly text: string;
  readonly stderr: string;
}

export type GitRun = (args: readonly string[], options?: GitRunOptions) => Promise<GitOutput>;

/** What a child may know of the process around it: where things are, how to reach a network, never how Git behaves. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'SSH_AUTH_SOCK',
  'XDG_CONFIG_HOME',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'SystemRoot',
] as const;

/** Settings of the user that only a command with `ownConfig` sees. */
const OWN = ['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_SSH_COMMAND', 'GIT_ASKPASS'] as const;

/** Same answers on every machine: no prompts, no replaced or grafted history, no download behind our back. */
const FIXED = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null',
  GIT_NO_LAZY_FETCH: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
} as const;

const CONFIG = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  // A commit-graph file can claim parents that the commits do not have.
  'core.commitGraph=false',
  'gpg.format=ssh',
  'gpg.ssh.program=ssh-keygen',
  'gc.auto=0',
  'maintenance.auto=false',
] as const;

const pick = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((n) => (process.env[n] === undefined ? [] : [[n, process.env[n] ?? '']])));

function environment(dir: string, options: GitRunOptions): Record<string, string> {
  const isolated = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  return {
    ...pick(PASSED_ON),
    ...FIXED,
    // A directory inside some other repository is not that repository.
    GIT_CEILING_DIRECTORIES: dir.replace(/\/[^/]*\/?$/, '') || '/',
    ...(options.ownConfig ? pick(OWN) : isolated),
    ...options.env,
  };
}

/** Git in one directory through simple-git. An unexpected exit code throws `forge-failed` with Git's own sentence. */
export function gitRunner(dir: string, settings: readonly string[] = []): GitRun {
  return async (args, options = {}) => {
    const env = environment(dir, options);
    let output: GitOutput | undefined;
    try {
      await simpleGit({
        baseDir: dir,
        config: [...CONFIG, ...settings, ...(options.config ?? [])],
        allowEnvironment: Object.keys(env),
        // Every argument is ours: what the guard would block here is what isolates us.
        unsafe: {
          allowUnsafeConfigPaths: true,
          allowUnsafeHooksPath: true,
          allowUnsafeFsMonitor: true,
          allowUnsafeGpgProgram: true,
          allowUnsafeSshCommand: true,
          allowUnsafeAskPass: true,
        },
        // Without end of input a command that reads it would wait for ever.
        input: () => Buffer.from(options.input ?? ''),
        completion: { onClose: true, onExit: false },
        timeout: { block: 300_000 },
        // simple-git takes a failure without words for success; here every exit code is looked at.
        errors: (error, { exitCode, stdOut, stdErr }) => {
          const bytes = Buffer.concat(stdOut);
          const stderr = Buffer.concat(stdErr).toString('utf8');
          output = { code: exitCode, bytes, text: bytes.toString('utf8').replace(/\n$/, ''), stderr };
          return exitCode < 0 ? error : undefined;
        },
      })
        .env(env)
        .raw([...args]);
    } catch (error) {
      throw spawnFailure(dir, args, error);
    }
    if (output && (output.code === 0 || options.answers?.includes(output.code))) return output;
    throw gitFailure(args, output?.stderr ?? '');
  };
}

/** A Git that goes on answering, with the same isolation; simple-git runs commands that end. */
export function gitServer(
  dir: string,
  args: readonly string[],
  settings: readonly string[],
): ChildProcessWithoutNullStreams {
  const config = [...CONFIG, ...settings].flatMap((setting) => ['-c', setting]);
  return spawn('git', [...config, ...args], { cwd: dir, env: environment(dir, {}), stdio: 'pipe' });
}

/** Git's own first complaint, as one short printable line. */
export function complaint(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((l) => l.trim())
    .filter((l) => l !== '' && !l.startsWith('hint:') && !l.startsWith('warning:'));
  const line = lines.find((l) => /^(fatal|error|remote): /.test(l)) ?? lines[0] ?? 'no message';
  const short = printable(line.replace(/^(fatal|error|remote): (error: )?/, ''));
  return short.length > 300 ? `${short.slice(0, 299)}…` : short;
}

export const gitFailure = (args: readonly string[], stderr: string): PatchwardenError =>
  new PatchwardenError('forge-failed', `git ${args[0] ?? ''} failed: ${complaint(stderr)}`, {
    cause: stderr.slice(0, 4000),
  });

function spawnFailure(dir: string, args: readonly string[], error: unknown): PatchwardenError {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('directory that does not exist'))
    return new PatchwardenError('not-a-repository', `${dir} does not exist; name a Git repository`, {
      cause: error,
    });
  if (message.includes('ENOENT'))
    return new PatchwardenError('forge-failed', 'git is not on PATH; install git 2.34 or newer', {
      cause: error,
    });
  return new PatchwardenError('forge-failed', `git ${args[0] ?? ''} could not run: ${complaint(message)}`, {
    cause: error,
  });
}

/** Object id of bytes as Git computes it, in the hash of the repository that `like` belongs to. @see gitformat-pack(5) */
export function objectId(type: 'commit' | 'blob', data: string | Uint8Array, like: string): string {
  const bytes = Buffer.from(data);
  return createHash(like.length === 64 ? 'sha256' : 'sha1')
    .update(`${type} ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}
