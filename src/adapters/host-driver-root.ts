import { readFile, realpath, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { InstallFile, InstallOutcome, RootDriver } from '../ports/root-driver.ts';
import { sha256, sha256Hex } from '../util/digest.ts';
import { compareCodePoints } from '../util/sort.ts';
import { aptSentence, parseSimulation } from './apt-simulation.ts';
import { errnoOf } from './durable-file.ts';
import { AREA, commandsFor, stagedPath, stepsFor } from './host-driver-root-commands.ts';
import {
  allowServices,
  area,
  failed,
  forbidServices,
  hashFile,
  namesIn,
  writeWhole,
} from './host-driver-root-files.ts';
import { workersOn } from './host-driver-root-idle.ts';
import { CLEAN_ENV, type RunResult, runDetached, runProcess } from './process.ts';

export interface RootDriverOptions {
  readonly asset: string;
  /** A Debian root directory; `/` is this machine itself. */
  readonly root: string;
  readonly clock: Clock;
  /** Seconds to wait for another package manager; default 600. */
  readonly lockSeconds?: number;
  /** Milliseconds to wait for apt; it is never killed, only left alone. Default 30 minutes. */
  readonly patienceMs?: number;
}

const ENV = { ...CLEAN_ENV, HOME: '/root' };
const POLL_MS = 200;

/**
 * Patches a Debian root directory by chroot with its own apt and dpkg. Whatever changes packages runs in a session of
 * its own with a file as output: when this process is killed, apt goes on and finishes, and the next run waits for it.
 */
export function createRootDriver(options: RootDriverOptions): RootDriver {
  const { asset, clock, lockSeconds = 600, patienceMs = 30 * 60_000 } = options;
  const { root } = options;
  const commands = commandsFor(root, lockSeconds);
  const run = async (argv: readonly string[]): Promise<Extract<RunResult, { kind: 'exited' }>> => {
    const result = await runProcess(argv, { env: ENV, timeoutMs: (lockSeconds + 120) * 1000, cwd: '/' });
    if (result.kind === 'exited' && ![125, 126, 127].includes(result.code)) return result;
    const why =
      result.kind === 'exited'
        ? result.stderr.trim()
        : result.kind === 'missing'
          ? `${result.program} is not installed`
          : result.reason;
    throw new PatchwardenError('host-failed', `${asset} (${root}): ${why}`);
  };

  async function change(run: string, what: string, argv: readonly string[]): Promise<InstallOutcome> {
    const receipts = await area(root, 'receipts');
    const name = runFile(run);
    const receipt = join(receipts, `${name}.json`);
    const logFile = join(receipts, `${name}.log`);
    const note = (more: object) =>
      writeWhole(receipt, `${JSON.stringify({ run, asset, what, argv, ...more }, null, 2)}\n`);
    const started = clock.now();
    await note({ started });
    if (root !== '/') await forbidServices(root);
    const code = await runDetached(argv, { env: ENV, logFile, patienceMs });
    if (code === 'still-running')
      return {
        outcome: 'running',
        reason: `${what} is still at work on ${asset}; it is left alone, run apply again`,
      };
    if (root !== '/') await allowServices(root);
    await note({ started, finished: clock.now(), code });
    const text = await readFile(logFile, 'utf8').catch(() => '');
    const log = sha256(text);
    return code === 0
      ? { outcome: 'installed', log }
      : { outcome: 'failed', reason: lastWords(what, code, text), log };
  }

  return {
    asset,
    steps: (files, mend) => stepsFor(root, lockSeconds, files, mend),

    async freeBytes() {
      // Each may be a file system of its own; the fullest one counts.
      const places = ['', 'usr', 'var', 'var/lib', AREA].map((p) => join(root, p));
      const free: number[] = [];
      for (const place of places) {
        const fs = await statfs(place).catch((error: unknown) => {
          if (place === root || errnoOf(error) !== 'ENOENT') throw failed('measure', place, error);
        });
        if (fs) free.push(fs.bavail * fs.bsize);
      }
      return Math.min(...free);
    },

    async waitIdle() {
      const real = await realpath(root).catch((error: unknown) => {
        throw failed('use', root, error);
      });
      for (let waited = 0; ; waited += POLL_MS) {
        const workers = await workersOn(real);
        if (workers.length === 0) break;
        if (waited >= lockSeconds * 1000)
          throw new PatchwardenError(
            'host-failed',
            `${asset}: process ${workers.join(', ')} has been changing packages in ${root} for more than ${lockSeconds} s`,
          );
        await clock.sleep(POLL_MS);
      }
      await area(root, 'apt/lists/partial');
      const check = await run(commands.check());
      if (/Unable to (acquire the dpkg|lock )/.test(check.stderr))
        throw new PatchwardenError('host-failed', `${asset}: ${aptSentence(check)}`);
      // Any other complaint (an interrupted dpkg, unmet dependencies) is a state to mend, not a reason to wait.
    },

    async interrupted() {
      const names = await namesIn(join(root, 'var/lib/dpkg/updates'));
      return names.some((n) => /^\d+$/.test(n));
    },

    async mend(run_) {
      const audit = await run(commands.audit());
      if (audit.stdout.trim() === '' && !(await this.interrupted()))
        return { outcome: 'installed', log: null };
      return change(run_, 'dpkg --configure', commands.mend());
    },

    async stage(file, bytes) {
      const { folder, name } = stagedPath(file);
      const path = join(await area(root, folder), name);
      if (sha256Hex(bytes) !== file.sha256)
        throw new PatchwardenError('digest-mismatch', `the bytes of ${name} are not those the lock names`);
      await writeWhole(path, bytes);
      const written = await hashFile(path);
      if (written !== file.sha256)
        throw new PatchwardenError('digest-mismatch', `${path} reads back as other bytes than were written`);
    },

    async simulate(files) {
      await area(root, 'apt/lists/partial');
      const result = await run(commands.simulate(files));
      const { installs, removes, needs } = parseSimulation(result.stdout + result.stderr);
      return {
        installs: installs.map((i) => `${i.name}=${i.version}`).sort(compareCodePoints),
        removes,
        needs,
        problem: result.code === 0 ? null : aptSentence(result),
      };
    },

    async install(files, run_) {
      const altered = await firstAltered(root, files);
      if (altered !== undefined)
        return {
          outcome: 'refused',
          reason: `${altered} was altered after it was staged; nothing was installed`,
        };
      return change(run_, 'apt-get install', commands.install(files));
    },

    async markAutomatic(names) {
      if (names.length === 0) return;
      const marked = await run(commands.mark(names));
      if (marked.code !== 0) throw new PatchwardenError('host-failed', `${asset}: ${aptSentence(marked)}`);
    },

    async clean() {
      for (const folder of ['stage', 'apt'])
        await rm(join(await area(root, ''), folder), { recursive: true, force: true });
      if (root !== '/') await allowServices(root);
    },
  };
}

async function firstAltered(root: string, files: readonly InstallFile[]): Promise<string | undefined> {
  for (const file of files) {
    const { folder, name } = stagedPath(file);
    const path = join(await area(root, folder), name);
    if ((await hashFile(path)) !== file.sha256) return path;
  }
  return undefined;
}

function runFile(run: string): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(run)?.[1];
  if (hex === undefined) throw new PatchwardenError('bug', `"${run}" is no run`);
  return hex;
}

/** The end of the log that tells a person what went wrong. */
function lastWords(what: string, code: number, log: string): string {
  const lines = log.split('\n').map((l) => l.trim());
  const telling = lines.filter((l) => /^E: |^dpkg: |subprocess returned error/.test(l));
  const words = (telling.length > 0 ? telling : lines.filter((l) => l !== '')).slice(-5).join('; ');
  return `${what} ended with ${code}: ${words}`.slice(0, 1000);
}
