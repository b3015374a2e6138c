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
export function findOpa(env = process.env) {
  const folders = (env.PATH ?? '').split(delimiter).concat(goFolders());
  const candidates = env.OPA ? [env.OPA] : folders.filter(Boolean).map((folder) => join(folder, 'opa'));
  return candidates.find((path) => isExecutable(path) && versionOf(path) === OPA_VERSION);
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
