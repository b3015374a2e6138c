import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export const OPA_VERSION = '1.22.2';
const INSTALL = `go install github.com/open-policy-agent/opa@v${OPA_VERSION}`;

/** A failure with a sentence and the exit code of the product's table. */
export class BuildError extends Error {
  constructor(message, exitCode = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Path of an OPA that has the pinned version: from OPA, PATH or the Go binary folder; undefined when there is none. */
export const findOpa = (env = process.env) => candidates(env).find((path) => versionOf(path) === OPA_VERSION);

/** The first OPA of the pinned version or a newer one, for rules of a user: `{path, version}`. */
export function requireOpaSince(env = process.env) {
  const found = candidates(env).map((path) => ({ path, version: versionOf(path) }));
  const good = found.find(({ version }) => version !== undefined && isSince(version));
  if (good) return good;
  const old = found.find(({ version }) => version !== undefined);
  const what = old ? `${old.path} is OPA v${old.version}` : 'there is no OPA on PATH';
  throw new BuildError(`${what}; own rules need OPA v${OPA_VERSION} or newer, get it with: ${INSTALL}`, 3);
}

/** Whether a version is not older than the pinned one; what comes before a release is. */
export function isSince(version) {
  const [mine, theirs] = [OPA_VERSION, version].map((v) => v.split(/[.-]/).slice(0, 3).map(Number));
  const at = theirs.findIndex((n, i) => n !== mine[i]);
  return at < 0 ? !version.includes('-') : theirs[at] > mine[at];
}

export function requireOpa(env = process.env) {
  const opa = findOpa(env);
  if (opa) return opa;
  const where = env.OPA ? `OPA=${env.OPA} is not` : 'neither PATH nor the Go binary folder holds';
  throw new BuildError(
    `${where} OPA v${OPA_VERSION}, with which the policy is compiled; get it with: ${INSTALL}`,
    3,
  );
}

/** Standard output of a run of OPA; an exit status that is not expected is a failure with what OPA said. */
export function runOpa(opa, args, cwd, expected = [0]) {
  const { status, stdout, stderr, error } = spawnSync(opa, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error) throw new BuildError(`opa ${args[0]} did not run: ${error.message}`, 3);
  if (!expected.includes(status))
    throw new BuildError(`opa ${args[0]} failed:\n${`${stderr}\n${stdout}`.trim()}`);
  return stdout;
}

function candidates(env) {
  if (env.OPA) return [env.OPA].filter(isExecutable);
  const folders = (env.PATH ?? '').split(delimiter).concat(goFolders());
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, 'opa'))
    .filter(isExecutable);
}

function goFolders() {
  const { status, stdout } = spawnSync('go', ['env', 'GOBIN', 'GOPATH'], { encoding: 'utf8' });
  if (status !== 0) return [];
  const [bin = '', path = ''] = stdout.split('\n');
  return [bin, path && join(path, 'bin')];
}

const versionOf = (path) =>
  /^Version: (\S+)/.exec(spawnSync(path, ['version'], { encoding: 'utf8' }).stdout ?? '')?.[1];

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
