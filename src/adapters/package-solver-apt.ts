import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import { parseStream } from '../domain/stream.ts';
import type { PackageSolver, SolveAnswer, SolveRequest } from '../ports/package-solver.ts';
import { compareCodePoints, sortedBy } from '../util/sort.ts';
import { aptSentence, parseSimulation } from './apt-simulation.ts';
import { CLEAN_ENV, runProcess } from './process.ts';

/** Real apt resolves; a full Debian index is 50 MB. */
const MAX_BYTES = 256 << 20;
const TIMEOUT_MS = 120_000;

// Names, versions and architectures become words of an argument vector, so they must look like ones.
const NAME = /^[a-z0-9][a-z0-9+.-]*$/;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9.+:~-]*$/;
const ARCH = /^[a-z0-9][a-z0-9-]*$/;

/**
 * Asks real `apt-get -s` about one component set: private state, cache and configuration, one `file:` source that
 * holds only the given stanzas. Works without root and without network, and changes nothing outside a temp directory.
 * @see apt.conf(5), "DIRECTORIES"; sources.list(5), option `trusted`
 */
export function createAptSolver(
  options: { readonly program?: string; readonly tempDir?: string } = {},
): PackageSolver {
  const { program = 'apt-get', tempDir = tmpdir() } = options;
  return {
    async solve(request) {
      const arch = parseStream(request.stream)?.arch;
      if (request.status === null)
        return { kind: 'unavailable', message: 'no status file: closure unchecked' };
      if (arch === undefined || !ARCH.test(arch))
        return { kind: 'unavailable', message: `"${request.stream}" is no stream of apt packages` };
      if (Buffer.byteLength(request.status) + Buffer.byteLength(request.packages) > MAX_BYTES)
        return { kind: 'unavailable', message: 'status file and packages are larger than 256 MiB' };
      const odd = request.wanted.find((w) => !NAME.test(w.name) || !VERSION.test(w.version));
      if (odd) return { kind: 'unsolvable', message: `"${odd.name} ${odd.version}" is no Debian package` };
      const dir = await mkdtemp(join(tempDir, 'patchwarden-solve-'));
      try {
        await layOut(dir, request, arch);
        return await ask(program, dir, request);
      } catch (error) {
        if (error instanceof PatchwardenError) throw error;
        throw new PatchwardenError(
          'store-failed',
          `cannot prepare apt's question in ${dir}: ${String(error)}`,
          {
            cause: error,
          },
        );
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    },
  };
}

async function layOut(dir: string, request: SolveRequest, arch: string): Promise<void> {
  // apt's own sandbox user must be able to read what it is given.
  await chmod(dir, 0o755);
  const folders = [
    'state/lists/partial',
    'cache/archives/partial',
    'etc/apt.conf.d',
    'etc/sources.list.d',
    'etc/preferences.d',
    'etc/trusted.gpg.d',
    'source',
  ];
  for (const folder of folders) await mkdir(join(dir, folder), { recursive: true });
  const architectures = [arch, ...foreignArchitectures(request, arch)];
  await writeFile(join(dir, 'state/status'), request.status ?? '');
  await writeFile(join(dir, 'source/Packages'), request.packages);
  await writeFile(join(dir, 'etc/sources.list'), `deb [trusted=yes] file:${dir}/source ./\n`);
  await writeFile(join(dir, 'apt.conf'), configuration(dir, arch, architectures));
}

/** Only words of our own and of ARCH get into the configuration: nothing from the input can add a directive. */
const configuration = (dir: string, arch: string, architectures: readonly string[]): string =>
  [
    `Dir "${dir}";`,
    `Dir::Etc "${dir}/etc";`,
    'Dir::Etc::main "/dev/null";',
    `Dir::State "${dir}/state";`,
    `Dir::State::status "${dir}/state/status";`,
    `Dir::Cache "${dir}/cache";`,
    `Dir::Log "${dir}/cache";`,
    `APT::Architecture "${arch}";`,
    ...architectures.map((a) => `APT::Architectures:: "${a}";`),
    'APT::Install-Recommends "false";',
    'APT::Install-Suggests "false";',
    'APT::Get::Always-Include-Phased-Updates "true";',
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    '',
  ].join('\n');

const foreignArchitectures = (request: SolveRequest, arch: string): string[] =>
  [...new Set([...request.components, ...request.wanted].map((c) => c.arch))]
    .filter((a) => a !== 'all' && a !== arch && ARCH.test(a))
    .sort(compareCodePoints);

async function ask(program: string, dir: string, request: SolveRequest): Promise<SolveAnswer> {
  const env = { ...CLEAN_ENV, APT_CONFIG: join(dir, 'apt.conf'), TMPDIR: dir };
  const run = (...args: string[]) =>
    runProcess([program, '-q', ...args], { env, timeoutMs: TIMEOUT_MS, cwd: dir });
  const update = await run('update');
  if (update.kind === 'missing') return { kind: 'unavailable', message: `${program} is not installed` };
  if (update.kind === 'killed') return { kind: 'unavailable', message: update.reason };
  if (update.code !== 0) return { kind: 'unavailable', message: aptSentence(update) };
  const wanted = sortedBy(
    request.wanted,
    (w) => w.name,
    (w) => w.arch,
  ).map((w) =>
    w.arch === 'all' || !ARCH.test(w.arch) ? `${w.name}=${w.version}` : `${w.name}:${w.arch}=${w.version}`,
  );
  // Downgrades are only simulated; whether one is allowed is for the caller to say.
  const answer = await run(
    '-s',
    '--allow-downgrades',
    '--allow-change-held-packages',
    'install',
    '--',
    ...wanted,
  );
  if (answer.kind !== 'exited')
    return {
      kind: 'unavailable',
      message: answer.kind === 'killed' ? answer.reason : 'apt-get has vanished',
    };
  if (answer.code !== 0) return { kind: 'unsolvable', message: aptSentence(answer) };
  const { installs, removes } = parseSimulation(answer.stdout);
  return { kind: 'solved', installs, removes };
}
