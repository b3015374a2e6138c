import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { PatchwardenError } from '../domain/errors.ts';
import { classifySsh, type SshFailureKind, sshReason } from './ssh-classify.ts';
import { type SshTarget, sshArgv } from './ssh-target.ts';

export { closeSshMasters, openSshControl } from './ssh-control.ts';
export { type SshTarget, sshTarget } from './ssh-target.ts';

export interface SshRunOptions {
  /** Data for the remote program. */
  readonly stdin?: Uint8Array | string | Readable;
  /** Milliseconds until the local ssh is killed; default 60 000. What runs on the host is not ended by it. */
  readonly timeoutMs?: number;
  /** Bytes of stdout and stderr together until the local ssh is killed; default 16 MiB. */
  readonly maxBytes?: number;
  /** The environment of ssh; default: what it needs of ours to find keys, agent and configuration. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a call ended. Only `exited` says anything about the host's own state, and its output is whole. */
export type SshRunResult =
  | {
      readonly kind: 'exited';
      readonly code: number;
      readonly stdout: Uint8Array;
      readonly stderr: string;
    }
  | { readonly kind: SshFailureKind; readonly reason: string };

const INHERITED = ['HOME', 'USER', 'LOGNAME', 'PATH', 'SSH_AUTH_SOCK', 'KRB5CCNAME', 'XDG_RUNTIME_DIR'];
/** A background master of an old ssh may hold stderr open after the call is over. */
const STDERR_GRACE_MS = 200;
const MAX_LOG = 64 << 10;

/**
 * Runs a program on a host: system OpenSSH, words only, data on stdin. Calls to one target share a connection.
 * @throws PatchwardenError `bug` for an unsafe remote word, `host-failed` when ssh cannot be started at all
 */
export async function sshRun(
  target: SshTarget,
  remoteArgv: readonly string[],
  options: SshRunOptions = {},
): Promise<SshRunResult> {
  const log = join(target.controlDir, `log-${randomUUID()}`);
  const argv = sshArgv(target, remoteArgv, log);
  try {
    const ended = await runLocal(argv, options);
    if (ended.kind !== 'exited' || ended.code !== 255) return ended;
    const said = await readLog(log);
    // Without a word of ssh itself, 255 is what the remote program returned.
    if (said.trim() === '') return ended;
    const kind = classifySsh(said);
    return { kind, reason: sshReason(said, kind) };
  } finally {
    await rm(log, { force: true });
  }
}

/** Ssh's own words; a jump host may have added to them, so the size is capped. */
async function readLog(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    const buffer = Buffer.alloc(MAX_LOG);
    const { bytesRead } = await file.read(buffer, 0, MAX_LOG, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** What ssh needs of our environment to find keys, agent and configuration. */
export function sshEnv(): Record<string, string> {
  const kept = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

function runLocal(argv: readonly string[], options: SshRunOptions): Promise<SshRunResult> {
  const [program = '', ...args] = argv;
  const { timeoutMs = 60_000, maxBytes = 16 << 20 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...(options.env ?? sshEnv()) }, stdio: 'pipe' });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let size = 0;
    let stopped: SshRunResult | undefined;
    const stop = (result: SshRunResult) => {
      stopped ??= result;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(
      () => stop({ kind: 'timed-out', reason: `no end within ${timeoutMs / 1000} seconds` }),
      timeoutMs,
    );
    const keep = (list: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) stop({ kind: 'too-large', reason: `more than ${maxBytes} bytes` });
      else list.push(chunk);
    };
    child.stdout.on('data', keep(out));
    child.stderr.on('data', keep(err));
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (error.code === 'ENOENT')
        resolve({ kind: 'missing', reason: `the program ${program} is not installed here` });
      else
        reject(
          new PatchwardenError('host-failed', `cannot run ${program}: ${error.message}`, { cause: error }),
        );
    });
    whenOver(child, (code, signal) => {
      clearTimeout(timer);
      if (stopped !== undefined) resolve(stopped);
      else if (code === null)
        resolve({ kind: 'unreachable', reason: `ssh was ended by ${signal ?? 'a signal'}` });
      else
        resolve({
          kind: 'exited',
          code,
          stdout: Buffer.concat(out),
          stderr: Buffer.concat(err).toString('utf8'),
        });
    });
    feed(child, options.stdin ?? '', stop);
  });
}

type Over = (code: number | null, signal: NodeJS.Signals | null) => void;

/** The end of the process and of its stdout; stderr gets a moment only. */
function whenOver(child: ChildProcess, over: Over): void {
  let told = false;
  const finish: Over = (code, signal) => {
    if (told) return;
    told = true;
    child.stdout?.destroy();
    child.stderr?.destroy();
    over(code, signal);
  };
  child.on('close', finish);
  child.on('exit', (code, signal) => {
    const late = () => setTimeout(() => finish(code, signal), STDERR_GRACE_MS);
    if (child.stdout === null || child.stdout.readableEnded || code === null) late();
    else child.stdout.once('end', late);
  });
}

function feed(
  child: ChildProcess,
  data: Uint8Array | string | Readable,
  stop: (result: SshRunResult) => void,
): void {
  const { stdin } = child;
  if (stdin === null) return;
  // A program that ends without reading its input closes the pipe; its exit code tells the story.
  stdin.on('error', () => undefined);
  if (!(data instanceof Readable)) {
    stdin.end(data);
    return;
  }
  data.on('error', (error) =>
    stop({ kind: 'unreachable', reason: `the data for the host could not be read: ${error.message}` }),
  );
  data.pipe(stdin);
}
