import { execFileSync } from 'node:child_process';
import {
  accessSync,
  chownSync,
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { background } from './fleet-run.ts';
import { cacheDir } from './root.ts';
import { onPath } from './run.ts';

const MODULE = join(import.meta.dirname, '..', 'gitea', 'go.mod');

/** The version of go.mod, by which the build is named. */
export const giteaVersion = (): string =>
  /^\tcode\.gitea\.io\/gitea v(\S+)/m.exec(readFileSync(MODULE, 'utf8'))?.[1] ?? 'unknown';

const builtDir = (): string => join(cacheDir(), `gitea-${giteaVersion()}`);

/** Why suites with a real forge cannot run here; undefined when they can. */
export function whyNoGitea(): string | undefined {
  const missing = ['git', 'setpriv'].filter((p) => !onPath(p));
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  try {
    accessSync(join(builtDir(), 'gitea'), constants.X_OK);
    return undefined;
  } catch {
    return `needs Gitea ${giteaVersion()}, which test/real/build-gitea builds`;
  }
}

/** A running server without accounts. */
export interface GiteaServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly dir: string;
  readonly pid: number;
  /** Runs a verb of the program on the same data. @returns stdout */
  readonly command: (...args: string[]) => string;
  /** Ends the server and removes what it had. */
  readonly stop: () => Promise<void>;
}

const settings = (dir: string, port: number, runUser: string): string =>
  [
    'APP_NAME = forge',
    `RUN_USER = ${runUser}`,
    'RUN_MODE = prod',
    `WORK_PATH = ${dir}`,
    '[server]',
    'HTTP_ADDR = 127.0.0.1',
    `HTTP_PORT = ${port}`,
    `ROOT_URL = http://127.0.0.1:${port}/`,
    `STATIC_ROOT_PATH = ${builtDir()}`,
    'OFFLINE_MODE = true',
    'DISABLE_SSH = true',
    '[database]',
    'DB_TYPE = sqlite3',
    '[security]',
    'INSTALL_LOCK = true',
    'SECRET_KEY = of-a-test',
    'PASSWORD_HASH_ALGO = pbkdf2_v1',
    '[service]',
    'DISABLE_REGISTRATION = true',
    '[repository]',
    'DEFAULT_BRANCH = main',
    '[indexer]',
    'ISSUE_INDEXER_TYPE = db',
    '[actions]',
    'ENABLED = false',
    '[cron.update_checker]',
    'ENABLED = false',
    '[webhook]',
    'ALLOWED_HOST_LIST = loopback',
    '[log]',
    'MODE = console',
    'LEVEL = warn',
    'logger.access.MODE = requests',
    '[log.requests]',
    'MODE = file',
    'LEVEL = info',
    `FILE_NAME = ${join(dir, 'access.log')}`,
    'LOG_ROTATE = false',
    '',
  ].join('\n');

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

const idOf = (flag: '-u' | '-g', user: string): number =>
  Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));

/** Starts the program on a free loopback port with data of its own; as `nobody` where we are root, which it refuses. */
export async function startGiteaServer(): Promise<GiteaServer> {
  const root = process.getuid?.() === 0;
  const [runUser, uid, gid] = root
    ? ['nobody', idOf('-u', 'nobody'), idOf('-g', 'nobody')]
    : [userInfo().username, userInfo().uid, userInfo().gid];
  const dir = mkdtempSync(join(tmpdir(), 'patchwarden-gitea-'));
  const config = join(dir, 'app.ini');
  const port = await freePort();
  writeFileSync(config, settings(dir, port, runUser), { mode: 0o600 });
  for (const path of [dir, config]) chownSync(path, uid, gid);
  const demoted = root ? ['--reuid', String(uid), '--regid', String(gid), '--clear-groups'] : [];
  const argv = ['env', '-i', `PATH=${process.env.PATH ?? ''}`, `HOME=${dir}`, 'LC_ALL=C.UTF-8'];
  const program = (...args: string[]) => [...argv, join(builtDir(), 'gitea'), '--config', config, ...args];

  const log = openSync(join(dir, 'server.log'), 'a');
  // Whoever changes user is no longer killed with its parent unless it asks again.
  const server = background(['setpriv', ...demoted, '--pdeathsig', 'KILL', '--', ...program('web')], log);
  closeSync(log);
  const stop = async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  const url = `http://127.0.0.1:${port}`;
  let code: number | null | undefined;
  void server.ended.then((ended) => {
    code = ended;
  });
  const until = performance.now() + 120_000;
  while (!(await isUp(url))) {
    if (code === undefined && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      continue;
    }
    const said = readFileSync(join(dir, 'server.log'), 'utf8').slice(-4000);
    await stop();
    throw new Error(`Gitea did not start (${code === undefined ? 'no answer' : `exit ${code}`}):\n${said}`);
  }
  return {
    url,
    dir,
    pid: server.pid,
    command: (...args) => {
      const [file = '', ...rest] = [...(root ? ['setpriv', ...demoted, '--'] : []), ...program(...args)];
      return execFileSync(file, rest, { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    },
    stop,
  };
}

const isUp = (url: string): Promise<boolean> =>
  fetch(`${url}/api/healthz`).then(
    async (r) => {
      await r.arrayBuffer();
      return r.ok;
    },
    () => false,
  );
