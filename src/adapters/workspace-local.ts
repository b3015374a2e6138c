import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PatchwardenError } from '../domain/errors.ts';
import type { Workspace } from '../ports/workspace.ts';
import { gitRunner } from './git-simple-git-run.ts';
import { generateLogKey } from './log-keys.ts';
import { CLEAN_ENV, runProcess } from './process.ts';

/** Sources and build output are both one folder below the package's root. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The directories of this machine. */
export const localWorkspace: Workspace = {
  temporary: (prefix) => wrap('make a temporary directory', () => mkdtemp(join(tmpdir(), prefix))),
  empty: async (dir) => {
    await wrap(`make ${dir}`, () => mkdir(dir, { recursive: true, mode: 0o700 }));
    if ((await wrap(`read ${dir}`, () => readdir(dir))).length > 0)
      throw new PatchwardenError('usage', `${dir} is not empty; name a new directory`);
  },
  remove: (dir) => wrap(`remove ${dir}`, () => rm(dir, { recursive: true, force: true })),
  sshKey: async (file) => {
    const argv = ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file];
    const result = await runProcess(argv, {
      env: { ...CLEAN_ENV, PATH: process.env.PATH ?? CLEAN_ENV.PATH },
    });
    if (result.kind === 'missing')
      throw new PatchwardenError('usage', 'ssh-keygen is not on PATH; install the OpenSSH client');
    if (result.kind !== 'exited' || result.code !== 0)
      throw new PatchwardenError('store-failed', `ssh-keygen could not write ${file}`);
    return (await wrap(`read ${file}.pub`, () => readFile(`${file}.pub`, 'utf8'))).trim();
  },
  logKey: async (file, name) => {
    const key = generateLogKey(name);
    await wrap(`write ${file}`, () => writeFile(file, `${key.signer}\n`, { mode: 0o600, flag: 'wx' }));
    return key.verifier;
  },
  initBare: async (dir, branch) => {
    await wrap(`make ${dir}`, () => mkdir(dir, { recursive: true }));
    await gitRunner(dir)(['init', '--quiet', '--bare', '--initial-branch', branch, '.']);
  },
  clone: async (origin, dir, config) => {
    await gitRunner(dirname(dir))(['clone', '--quiet', '--no-hardlinks', '--', origin, dir]);
    for (const [key, value] of Object.entries(config)) await gitRunner(dir)(['config', key, value]);
  },
  shipped: (path) => join(ROOT, path),
  hostname,
};

async function wrap<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PatchwardenError('store-failed', `cannot ${what}: ${reason}`, { cause });
  }
}
